"""How a run learned: what each of its snapshots predicts, and what that is compared with.

The history has one record an epoch. `snapshots.json`, beside it, has those of the other snapshots:
the untrained network, and the first updates. It is optional; `measure` computes what it holds, and
`python -m tools.measure_snapshots` writes it for the models that ship.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moliere_core.corpus import Split
from moliere_core.models.references import NGRAMS, snapshot_model
from moliere_core.runs.run import Run, Snapshot
from moliere_core.system.progress import Progress
from moliere_core.system.records import MOST, DamagedError, Record, mapping, read_json, text
from moliere_core.system.records import measure as amount
from moliere_core.system.storage import write_atomically
from moliere_core.text.normalise import normalise
from moliere_core.text.vocabulary import UNKNOWN
from moliere_core.training.session import spread_sample

MEASURES = "snapshots.json"
CARD = NGRAMS.parent / "card.json"
STREAMS = 32  # pieces of a text scored side by side: the same figure within 1e-7, twice as fast


@dataclass(frozen=True)
class Measure:
    """What a snapshot predicts, in bits per character; None where nobody measured it.

    Attributes:
        train: on a fixed sample of the training text, without dropout.
        validation: on the text held out.
    """

    train: float | None = None
    validation: float | None = None

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Measure:
        """From a record of the history or of `snapshots.json`."""
        nats = record.get("train_loss")
        train = None if nats is None else nats / math.log(2)
        return cls(train, record.get("validation_bits_per_char"))


def measured(run: Run) -> dict[str, Measure]:
    """The measures of a run's snapshots, by name; a snapshot without any is left out.

    A record of `snapshots.json` counts only for the very weights that it was measured on.
    """
    by_epoch = {record["epoch"]: record for record in run.history}
    stored = _stored(run)
    found = {}
    for snapshot in run.snapshots:
        record = by_epoch.get(snapshot.epoch)
        if record is None:
            record = stored.get(snapshot.name)
            if record is None or record.get("weights") != snapshot.digest:
                continue
        found[snapshot.name] = Measure.from_record(record)
    return found


def measure(
    run: Run, texts: Split, snapshots: Iterable[Snapshot], progress: Progress | None = None
) -> dict[str, Record]:
    """Score snapshots as training does at the end of an epoch.

    Args:
        run: whose snapshots they are.
        texts: what the run reads and holds out.
        snapshots: of the run.
        progress: told the share done, from 0 to 1.

    Returns:
        A record a snapshot, with the history's names, and a digest of the weights.
    """
    snapshots = list(snapshots)
    sample = normalise(spread_sample(texts.train_text))
    held = normalise(texts.validation_text)
    known = run.vocabulary.encode(sample) != UNKNOWN
    records = {}
    for done, snapshot in enumerate(snapshots, start=1):
        model = snapshot_model(run, snapshot)
        train = model.surprisal(sample, streams=STREAMS)[known].mean()
        records[snapshot.name] = {
            "weights": snapshot.digest,
            "train_loss": float(train) * math.log(2),
            "validation_bits_per_char": float(model.surprisal(held, streams=STREAMS).mean()),
        }
        if progress is not None:
            progress(done / len(snapshots))
    return records


def save_measures(run: Run, records: Mapping[str, Record]) -> None:
    """Write `snapshots.json`."""
    document = json.dumps(records, indent=2, ensure_ascii=False)
    write_atomically(run.path / MEASURES, document.encode())


def ladder(run: Run) -> dict[int, float]:
    """Bits per character of the shipped n-grams, by order, on the text that the run holds out.

    Empty unless that text is the one they were measured on (`assets/ngrams/card.json`).
    """
    card = json.loads(CARD.read_text(encoding="utf-8"))
    held_out = run.corpus.get("digest"), list(run.config.validation), run.config.plays
    if held_out != (card["corpus"], card["validation"], ()) or run.held_out != "plays":
        return {}
    return {int(name.removeprefix("kn-")): bits for name, bits in card["bits_per_char"].items()}


def _stored(run: Run) -> dict[str, Record]:
    try:
        documents = mapping(read_json(run.path / MEASURES))
    except (OSError, DamagedError):  # absent, or none of ours
        return {}
    found = {}
    for name, value in documents.items():
        with contextlib.suppress(DamagedError):
            record = mapping(value)
            measures = {key: amount(record, key, 0, MOST, optional=True) for key in _MEASURED}
            found[name] = {"weights": text(record, "weights"), **measures}
    return found


_MEASURED = ("train_loss", "validation_bits_per_char")
