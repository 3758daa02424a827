"""Who remembers the name? A rare name is planted in a text, and asked for much later.

    Je suis le valet de monsieur Hurcastel.      the name is planted
    ...                                          20, 100 or 400 characters of something else
    Je cherche monsieur                          and asked for: how many bits does it cost now?

A model of n-grams has forgotten as soon as the name is n characters back; an LSTM carries what its
state holds; a transformer looks back, as far as its context goes and its heads have learned to copy
(Elman 1990 asked it of recurrence, Olsson et al. 2022 of attention). Two texts stand beside the
planted one: the same without the line that plants, and the same with another of the names in it.
What the first saves is what was gained by reading the line; what the second saves is the memory of
this very name, and not of "here comes a strange one".

Names are invented, and in no play of Molière's; what lies between are whole lines of the embedded
pastiches, which no shipped model has read. Nothing is drawn: the same figures each time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np

from moliere_core.assets import ASSETS
from moliere_core.corpus import EMBEDDED, load_corpus
from moliere_core.errors import CorpusError
from moliere_core.measures.ends import EndBits
from moliere_core.system.progress import Progress
from moliere_core.text.normalise import normalise

DISTANCES = (20, 100, 400)  # characters between the planted name's line and the question
NAMES = (
    "Valdérize",
    "Bérosange",
    "Fanfaluche",
    "Grévusin",
    "Dorvelin",
    "Ispariel",
    "Hurcastel",
    "Zélimonde",
)
# What plants a name, and what asks for it; the name follows after a space.
FRAMES = (
    ("Je suis le valet de monsieur {name}.", "Je cherche monsieur"),
    ("On m'a dit cent fois du mal de ce {name}.", "Vous voulez parler de ce"),
)
FILLERS = 2  # texts between, for each name in each frame and at each distance
WITHIN = 0.15  # of the distance wanted: whole lines seldom have exactly as many characters
RECORDED = ASSETS / "recall" / "names.json"


@dataclass(frozen=True)
class NameRecall:
    """What the names cost at one distance, in bits, the mean of all texts.

    A name costs the bits of the space before it and of all its characters.

    Attributes:
        distance: characters wanted between.
        between: characters there were, the mean.
        planted: bits of the name, where it was planted.
        without: bits of it in the same text without the line that plants.
        other: bits of it in the same text, another name planted.
        saved: without - planted.
        saved_error: its standard error over the names.
        own: other - planted: what the memory of this very name is worth.
        own_error: its standard error over the names.
    """

    distance: int
    between: float
    planted: float
    without: float
    other: float
    saved: float
    saved_error: float
    own: float
    own_error: float

    @property
    def share(self) -> float:
        """Of what the name costs where another was planted, the part that memory saves."""
        return self.own / self.other if self.other else 0.0


@cache
def lines() -> tuple[str, ...]:
    """The lines that stand between: of the embedded plays, in order."""
    text = normalise(load_corpus(EMBEDDED).text())
    return tuple(line for line in text.split("\n") if line)


def fillers(distance: int, count: int) -> list[str]:
    """`count` runs of whole lines, evenly spread over the plays, of about `distance` characters.

    Each ends with its line break, which counts.

    Raises:
        CorpusError: there are not so many.
    """
    found = []
    all_lines = lines()
    for start in range(len(all_lines)):
        size, stop = 0, start
        while size < distance * (1 - WITHIN) and stop < len(all_lines):
            size += len(all_lines[stop]) + 1
            stop += 1
        if abs(size - distance) <= WITHIN * distance:
            found.append("\n".join(all_lines[start:stop]) + "\n")
    if len(found) < count:
        raise CorpusError(
            "the embedded plays have {found} passages of {distance} characters, not {count}: ask "
            "for another distance",
            found=len(found),
            distance=distance,
            count=count,
        )
    return [found[i] for i in np.linspace(0, len(found) - 1, count).astype(int)]


def name_recall(
    bits: EndBits,
    distances: Sequence[int] = DISTANCES,
    names: Sequence[str] = NAMES,
    progress: Progress | None = None,
) -> list[NameRecall]:
    """What the names cost a model at each distance.

    Args:
        bits: of the model; see `ends.end_bits`.
        distances: characters between the line that plants and the question.
        names: at least two.
        progress: told the share done, from 0 to 1.
    """
    results = []
    total, done = len(distances) * len(names), 0
    for distance in distances:
        between = iter(fillers(distance, len(names) * len(FRAMES) * FILLERS))
        by_name, sizes = [], []
        for number, name in enumerate(names):
            costs = []
            other = names[(number + 1) % len(names)]
            for frame in FRAMES:
                for _ in range(FILLERS):
                    filler = next(between)
                    sizes.append(len(filler))
                    texts = _texts(frame, filler, name, other)
                    costs.append([bits(text, f" {name}") for text in texts])
            by_name.append(np.mean(costs, axis=0))
            done += 1
            if progress is not None:
                progress(done / total)
        results.append(_recall(distance, float(np.mean(sizes)), np.array(by_name)))
    return results


def _texts(frame: tuple[str, str], filler: str, name: str, other: str) -> list[str]:
    """The text before the name asked for: planted, without, another planted."""
    plants, asks = frame
    return [
        normalise(f"{plants.format(name=planted)}\n{filler}{asks}" if planted else filler + asks)
        for planted in (name, "", other)
    ]


def _recall(distance: int, between: float, costs: Any) -> NameRecall:
    """From the mean costs of each name, shape (names, 3)."""
    planted, without, other = costs.mean(axis=0).tolist()
    saved, own = costs[:, 1] - costs[:, 0], costs[:, 2] - costs[:, 0]
    root = np.sqrt(len(costs))
    return NameRecall(
        distance,
        between,
        planted,
        without,
        other,
        float(saved.mean()),
        float(saved.std(ddof=1) / root),
        float(own.mean()),
        float(own.std(ddof=1) / root),
    )


# What was recorded


@cache
def recorded() -> dict[str, list[NameRecall]]:
    """What `tools/measure_recall.py` measured, by the model's reference."""
    document: Mapping[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return {model: [NameRecall(**point) for point in found] for model, found in document.items()}


def to_json(found: Sequence[NameRecall]) -> list[dict[str, Any]]:
    """JSON-ready, to a thousandth of a bit."""
    return [{name: round(value, 3) for name, value in asdict(point).items()} for point in found]
