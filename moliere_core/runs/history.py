"""The history of a run: a record an epoch, checked where it is read."""

from __future__ import annotations

from pathlib import Path

from moliere_core.system.records import (
    MOST,
    DamagedError,
    Record,
    count,
    mapping,
    measure,
    parse,
    read_text,
    text,
)

# Of a record of the history: smallest and largest value. None stands for what was not measured.
_MEASURES = {
    "seconds": (0, MOST),
    "chars_per_second": (0, MOST),
    "loss": (0, MOST),  # nats per character
    "train_loss": (0, MOST),
    "validation_bits_per_char": (0, MOST),
    "accuracy": (0, 1),
    "train_accuracy": (0, 1),
    # Of a training that started from a model, see `training.memory`.
    "old_bits_per_char": (0, MOST),  # on the text that the original knew
    "old_bits_before": (0, MOST),  # the original's own, on the same text
    "new_bits_before": (0, MOST),  # the original's, on the text held out
    "outside": (0, MOST),  # characters of the text it reads that are not in its alphabet
}


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
        lines = read_text(path).split("\n")  # and at nothing else: a sample may hold other breaks
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
    if document.get("old_text") is not None:
        record["old_text"] = text(document, "old_text")  # its kind
    return record
