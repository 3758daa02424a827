"""When do words and verse appear? What a network writes at each snapshot of its training.

At every snapshot the same texts are written, from nothing and with the same seeds, and counted:
long words that are words; whole lines of about a verse's length, those that can be read as twelve
syllables, and those that rhyme with a neighbour. Chance stands beside each: the same words in
random order, as many to a line; the same lines in random order.

Something counts as there from the first snapshot on from which all are above chance, `AGREE` of
them at least, the last one included. A single one proves nothing: of twenty, one is by luck.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np

from moliere_core.assets import ASSETS
from moliere_core.config import SamplingConfig
from moliere_core.judging import alexandrines
from moliere_core.judging.judgement import PIECE
from moliere_core.judging.wordhood import Known, long_words
from moliere_core.models.references import snapshot_model
from moliere_core.models.sampling import generate
from moliere_core.runs.run import Run, Snapshot
from moliere_core.system.progress import Progress, part
from moliere_core.system.storage import home, write_atomically
from moliere_core.text.syllables import ALEXANDRINE

TEMPERATURE = 0.8
SEEDS = tuple(range(1, 13))
VERSE_LENGTH = range(10, 15)  # syllables of a line that is about as long as a verse
SHIPPED = ASSETS / "emergence"
REAL = SHIPPED / "real.json"
ERRORS = 2  # standard errors above chance that are no luck
AGREE = 2  # snapshots, the last ones, that must be above it


@dataclass(frozen=True)
class Tally:
    """What was counted in one text.

    Attributes:
        lines: whole ones that are not empty: what follows the last line break is cut, and left out.
        lengthy: of them, those of about a verse's length.
        twelve: of them, those that can be read as twelve syllables.
        shuffled: the same by chance, with the words in random order.
        rhymed: of them, those that rhyme with a neighbour.
        mixed: the same by chance, with the lines in random order.
        words: of five letters or more.
        real: of them, those that are words.
    """

    lines: int
    lengthy: int
    twelve: int
    shuffled: float
    rhymed: int
    mixed: float
    words: int
    real: int


@dataclass(frozen=True)
class Moment:
    """A snapshot, and what was counted in its texts.

    Attributes:
        name: of the snapshot.
        epoch: that it ended, None inside the first.
        update: after which it was taken.
        weights: a digest, so that figures of others are not taken for its own.
        texts: in the order of the seeds.
    """

    name: str
    epoch: int | None
    update: int
    weights: str
    texts: tuple[Tally, ...]

    def share(self, name: str) -> float | None:
        """A count over what it is a share of; None where there is nothing to count."""
        return share(self.texts, name)

    def error(self, name: str) -> float:
        """Standard error of a share over the texts, as of a ratio (Cochran 1977, section 2.11)."""
        of = np.array([float(getattr(text, _whole(name))) for text in self.texts])
        found = np.array([float(getattr(text, name)) for text in self.texts])
        if len(of) < 2 or not of.sum():
            return 0.0
        residuals = found - of * (found.sum() / of.sum())
        return float(residuals.std(ddof=1) * np.sqrt(len(of)) / of.sum())

    def above(self, name: str, chance: str) -> bool:
        """Whether a count exceeds chance's by more than luck, text by text."""
        gains = np.array([getattr(t, name) - getattr(t, chance) for t in self.texts], float)
        if len(gains) < 2:
            return False
        return bool(gains.mean() > ERRORS * gains.std(ddof=1) / np.sqrt(len(gains)))


def share(texts: Iterable[Tally], name: str) -> float | None:
    """A count of some texts over what it is a share of; None where there is nothing to count."""
    texts = tuple(texts)
    whole = sum(getattr(text, _whole(name)) for text in texts)
    return float(sum(getattr(text, name) for text in texts) / whole) if whole else None


def _whole(name: str) -> str:
    return "words" if name == "real" else "lines"


def lasting(moments: Sequence[Moment], holds: Callable[[Moment], bool]) -> Moment | None:
    """The first moment from which on something holds to the end.

    None where it does not hold at the last `AGREE` moments, or at the only one.
    """
    last = list(takewhile(holds, reversed(moments)))
    return last[-1] if len(last) >= min(AGREE, max(len(moments), 1)) else None


# Counting


def tally(text: str, known: Known, lines: Sequence[str] | None = None, seed: int = 0) -> Tally:
    """Count one normalised text.

    Args:
        text: any.
        known: what else is a word beside the wider lexicon's.
        lines: of the text, where they are known better than by its line breaks.
        seed: of the random orders.
    """
    lines = text.split("\n")[:-1] if lines is None else lines
    kept = [line.strip() for line in lines if line.strip()]
    found = alexandrines.verse(kept, seed)
    words, real = long_words(text, known)
    return Tally(
        lines=len(kept),
        lengthy=sum(count.best in VERSE_LENGTH for count in found.lines),
        twelve=sum(ALEXANDRINE in count.readings for count in found.lines),
        shuffled=round((found.chance or 0) * len(kept), 2),
        rhymed=sum(other is not None for other in found.rhymes),
        mixed=round((alexandrines.rhyme_chance(kept, seed) or 0) * len(kept), 2),
        words=words,
        real=real,
    )


def measure(
    run: Run,
    snapshots: Iterable[Snapshot],
    known: Known,
    progress: Progress | None = None,
    seeds: Sequence[int] = SEEDS,
    chars: int = PIECE,
) -> list[Moment]:
    """Have a run's network write at some of its snapshots, and count what it writes.

    Args:
        run: whose snapshots they are.
        snapshots: of the run.
        known: see `tally`.
        progress: told the share done, from 0 to 1.
        seeds: of the texts.
        chars: of each text.
    """
    wanted, told = list(snapshots), progress or (lambda share: None)
    return [
        _at(run, snapshot, known, part(told, done, len(wanted)), seeds, chars)
        for done, snapshot in enumerate(wanted)
    ]


def _at(
    run: Run, snapshot: Snapshot, known: Known, told: Progress, seeds: Sequence[int], chars: int
) -> Moment:
    """What is written and counted at one snapshot; see `measure`."""
    model, configs = snapshot_model(run, snapshot), [SamplingConfig(TEMPERATURE)] * len(seeds)
    writing, counting = part(told, 0, 2), part(told, 1, 2)
    texts = generate(model, [""] * len(seeds), configs, seeds, chars, writing)
    counted = []
    for seed, text in zip(seeds, texts, strict=True):
        counted.append(tally(text, known, seed=seed))
        counting(len(counted) / len(texts))
    name, epoch, update = snapshot.name, snapshot.epoch, snapshot.update
    return Moment(name, epoch, update, snapshot.digest, tuple(counted))


# Figures that are there already: those that are shipped, and those measured on this machine


def find(reference: str, run: Run) -> tuple[Moment, ...]:
    """What was measured of the snapshots that a run has now, in their order.

    Args:
        reference: of the run, without a snapshot.
        run: the run.
    """
    known = {moment.name: moment for moment in _read(_shipped(reference)) or _read(_own(reference))}
    return tuple(
        known[snapshot.name]
        for snapshot in run.snapshots
        if snapshot.name in known and known[snapshot.name].weights == snapshot.digest
    )


def store(reference: str, moments: Sequence[Moment]) -> None:
    """Keep what was measured of a run, for the next time that somebody asks."""
    write_atomically(_own(reference), to_json(moments).encode())


def to_json(moments: Sequence[Moment]) -> str:
    """A document of some moments, a line each; the counts in the order of `Tally`."""
    lines = (
        json.dumps(
            [m.name, m.epoch, m.update, m.weights, [astuple(text) for text in m.texts]],
            separators=(",", ":"),
        )
        for m in moments
    )
    return "[\n" + ",\n".join(lines) + "\n]\n"


def _from_json(document: list[Any]) -> tuple[Moment, ...]:
    return tuple(
        Moment(str(name), epoch, int(update), str(weights), tuple(Tally(*text) for text in texts))
        for name, epoch, update, weights, texts in document
    )


def _read(path: Path) -> tuple[Moment, ...]:
    try:
        return _from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # none, or of an older form: measured again
        return ()


def _shipped(reference: str) -> Path:
    return SHIPPED / f"{reference}.json"


def _own(reference: str) -> Path:
    name = hashlib.sha256(reference.encode()).hexdigest()[:16]
    return home() / "emergence" / f"{name}.json"


@cache
def real() -> dict[str, Tally]:
    """The same counts of the two plays that no model has read: "verse" and "prose"."""
    document = json.loads(REAL.read_text(encoding="utf-8"))
    return {part: Tally(*counts) for part, counts in document.items()}
