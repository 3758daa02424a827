"""Values in JSON files of runs and jobs, checked as they are read.

Other processes, other versions and damaged disks write them. What these functions return are finite
numbers in their ranges and text that a page can show; otherwise they raise a `DamagedError` that
says what was found.
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


class DamagedError(MoliereError):
    """A value that no version of this application has written."""


def read_json(path: Path) -> Any:
    """The document in a file.

    Raises:
        OSError: it is not there.
        DamagedError: it is too large, or no JSON; the NaN of Python's own JSON is none.
    """
    return parse(read_text(path))


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        OSError: it cannot be read.
        DamagedError: it is too large, or no UTF-8.
    """
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise DamagedError("it is larger than {megabytes} MB", megabytes=MAX_BYTES // 1_000_000)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DamagedError("it is not text in UTF-8") from error


def parse(text: str | bytes) -> Any:
    """The document in a text; DamagedError if it is no JSON."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:  # a hundred thousand brackets
        raise DamagedError(
            "it is not JSON ({reason})", reason=str(error).partition("\n")[0][:80] or "?"
        ) from error


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
        wrong(name, value)
    return value


def count(document: Mapping[str, Any], name: str, low: int = 0) -> int:
    """A whole number of the document."""
    value = document.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= MOST:
        wrong(name, value)
    return value


def text(document: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """A text of the document; `default` where it is absent, unless that is None."""
    value = document.get(name, default)
    if not isinstance(value, str) or len(value) > MAX_TEXT or not is_writable(value):
        wrong(name, value)
    return value


def is_writable(value: str) -> bool:
    """Whether a text can be sent to a browser: half a character, as JSON may hold, cannot."""
    return not any("\ud800" <= char <= "\udfff" for char in value)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def wrong(name: str, value: object) -> NoReturn:
    """Raise the DamagedError of a value that is not what its name says."""
    raise DamagedError("{name} is {value}", name=name, value=_shown(value))


def _shown(value: object) -> str:
    """A value that may be anything, fit for a sentence."""
    return ascii(value)[:40]
