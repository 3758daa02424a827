"""What other processes, other versions and damaged disks leave in JSON, checked where it is read.

Whoever reads a file of a run, or of a job, goes through here: what comes out are finite numbers in
their ranges and text that a page can show, or one `DamagedError` that says what was found.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from moliere_core.errors import MoliereError

MAX_BYTES = 10_000_000  # of a file that is not weights
MAX_TEXT = 100_000  # characters of a text in a record
MOST = 1e12  # no measure of a training is larger

Record = dict[str, Any]

# Of a record of the history: smallest and largest value. None stands for what was not measured.
_MEASURES = {
    "seconds": (0, MOST),
    "chars_per_second": (0, MOST),
    "loss": (0, MOST),  # nats per character
    "train_loss": (0, MOST),
    "validation_bits_per_char": (0, MOST),
    "accuracy": (0, 1),
}


class DamagedError(MoliereError):
    """A value that no version of this application has written."""


def read_json(path: Path) -> Any:
    """The document in a file.

    Raises:
        OSError: it is not there.
        DamagedError: it is too large, or no JSON; the NaN of Python's own JSON is none.
    """
    return parse(_read(path))


def parse(text: str | bytes) -> Any:
    """The document in a text; DamagedError if it is no JSON."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:  # a hundred thousand brackets
        raise DamagedError(
            "it is not JSON ({reason})", reason=str(error).partition("\n")[0][:80] or "?"
        ) from error


def read_history(path: Path) -> list[Record]:
    """The records of a run's epochs, from the first; none where there is no file.

    Returns:
        Of each, "epoch", "updates", the measures that it has, and the "sample" that was written.
        What this version does not know is left out.

    Raises:
        DamagedError: a line is none of a training, or an epoch is missing.
        OSError: the file cannot be read.
    """
    try:
        lines = _read(path).split("\n")  # and at nothing else: a sample may hold other breaks
    except FileNotFoundError:
        return []
    records: list[Record] = []
    for place, line in enumerate(lines, start=1):
        if not line.strip():  # an editor's
            continue
        try:
            record = epoch_record(parse(line))
            if record["epoch"] != len(records) + 1:
                raise DamagedError("its epoch is {epoch}", epoch=record["epoch"])
        except DamagedError as error:
            raise DamagedError("line {line}: {error}", line=place, error=error) from error
        records.append(record)
    return records


def epoch_record(value: object) -> Record:
    """The record of an epoch, see `read_history`; DamagedError if it is none."""
    document = mapping(value)
    record: Record = {
        "epoch": count(document, "epoch", 1),
        "updates": count(document, "updates"),
    }
    for name, (low, high) in _MEASURES.items():
        if name in document:
            record[name] = measure(document, name, low, high, optional=True)
    if document.get("sample") is not None:
        record["sample"] = text(document, "sample")
    return record


def event_record(line: str | bytes) -> Record:
    """A line of a job's events, see `jobs.job`: what this version knows of it.

    Raises:
        DamagedError: it is no event, or one of its values is of another kind.
    """
    document = mapping(parse(line))
    kind = text(document, "event")
    for name in _NEEDED.get(kind, ()):
        if name not in document:
            raise DamagedError("{name} is missing", name=name)
    record: Record = {"event": kind}
    for name in document:
        if name in _COUNTS:
            record[name] = count(document, name)
        elif name in _AMOUNTS:
            record[name] = measure(document, name, 0, MOST, optional=True)
        elif name in _TEXTS:
            record[name] = text(document, name)
    if "stored" in document:
        record["stored"] = bool(document["stored"])
    if "values" in document:  # of a sentence
        record["values"] = dict(mapping(document["values"]))
        if not is_writable(json.dumps(record["values"], ensure_ascii=False)):
            _wrong("values", record["values"])
    if "record" in document:
        record["record"] = epoch_record(document["record"])
    return record


# Of an event: what it cannot do without, and what its values are.
_NEEDED = {
    "started": ("epochs", "updates", "resumed_from"),
    "progress": ("update", "loss"),
    "epoch": ("record",),
}
_COUNTS = (
    "epoch",
    "epochs",
    "update",
    "updates",
    "resumed_from",
    "parameters",
    "vocab_size",
    "chars",
)
_AMOUNTS = ("loss", "chars_per_second", "seconds_left", "time")
_TEXTS = ("run", "path", "name", "address", "message", "template")


def mapping(value: object) -> Mapping[str, Any]:
    """A JSON object."""
    if isinstance(value, dict):
        return value
    raise DamagedError("{value} is not an object", value=_shown(value))


def measure(
    document: Mapping[str, Any], name: str, low: float, high: float, optional: bool = False
) -> Any:
    """A finite number of the document, between two others; None where it may be absent."""
    value: Any = document.get(name)
    if value is None and optional:
        return None
    known = isinstance(value, int | float) and not isinstance(value, bool)
    if not known or not low <= value <= high:  # NaN is in no range
        _wrong(name, value)
    return value


def count(document: Mapping[str, Any], name: str, low: int = 0) -> int:
    """A whole number of the document."""
    value = document.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= MOST:
        _wrong(name, value)
    return value


def text(document: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """A text of the document; `default` where it is absent, unless that is None."""
    value = document.get(name, default)
    if not isinstance(value, str) or len(value) > MAX_TEXT or not is_writable(value):
        _wrong(name, value)
    return value


def is_writable(value: str) -> bool:
    """Whether a text can be sent to a browser: half a character, as JSON may hold, cannot."""
    return not any("\ud800" <= char <= "\udfff" for char in value)


def _read(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise DamagedError("it is larger than {megabytes} MB", megabytes=MAX_BYTES // 1_000_000)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DamagedError("it is not text in UTF-8") from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _wrong(name: str, value: object) -> NoReturn:
    raise DamagedError("{name} is {value}", name=name, value=_shown(value))


def _shown(value: object) -> str:
    """A value that may be anything, fit for a sentence."""
    return ascii(value)[:40]
