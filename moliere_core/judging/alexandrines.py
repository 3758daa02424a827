"""Is it verse? Lines of a text that can be read as twelve syllables, and how many are so by chance.

A line of about the right length has twelve syllables once in six or seven times, whatever it says:
no share means anything without the one that the same words reach in a random order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moliere_core.text import rhyme, syllables
from moliere_core.text.normalise import normalise
from moliere_core.text.syllables import ALEXANDRINE, Count

if TYPE_CHECKING:
    from moliere_core.corpus import Corpus

SHUFFLES = 5  # random orders, of which the mean is the chance
MOST_PARTS = 4  # speakers that share one line
MOST_LINES = 2_000  # that are shuffled: the share of a longer text is known well enough


@dataclass(frozen=True)
class Verse:
    """The lines of a text as verse.

    Attributes:
        lines: each line that is not empty, counted.
        rhymes: of each, the number of the line nearby that it rhymes with; None for none.
        alexandrines: share of the lines that can be read as twelve syllables; None of no line.
        best: share of those that count twelve without any licence or with the fewest.
        caesuras: share of the lines that read as twelve with a pause after the sixth.
        chance: share that can be read as twelve once the words are in random order.
    """

    lines: tuple[Count, ...]
    rhymes: tuple[int | None, ...]
    alexandrines: float | None
    best: float | None
    caesuras: float | None
    chance: float | None


def verse(lines: Sequence[str], seed: int = 0) -> Verse:
    """Lines in the spelling of `normalise`; empty ones are passed over.

    Args:
        lines: in their order.
        seed: of the random orders.
    """
    kept = [line.strip() for line in lines if line.strip()]
    counts = tuple(syllables.count(line) for line in kept)
    return Verse(
        counts,
        rhyme.neighbours(kept),
        _share([ALEXANDRINE in c.readings for c in counts]),
        _share([c.best == ALEXANDRINE for c in counts]),
        _share([ALEXANDRINE in c.readings and c.readings[ALEXANDRINE].caesura for c in counts]),
        chance(kept, seed),
    )


def chance(lines: Sequence[str], seed: int = 0) -> float | None:
    """The share of twelve syllables once all words are shuffled, as many to a line as before."""
    rng = np.random.default_rng(seed)
    lines = lines[:MOST_LINES]
    words = [word for line in lines for word in line.split()]
    shares = []
    for _ in range(SHUFFLES if words else 0):
        order = iter(rng.permutation(len(words)).tolist())
        shuffled = [" ".join(words[next(order)] for _ in line.split()) for line in lines]
        found = [ALEXANDRINE in syllables.count(line).readings for line in shuffled]
        shares.append(sum(found) / len(found))
    return float(np.mean(shares)) if shares else None


def rhyme_chance(lines: Sequence[str], seed: int = 0) -> float | None:
    """The share of lines that rhyme with a neighbour once their order is random."""
    rng = np.random.default_rng(seed)
    lines = lines[:MOST_LINES]
    shares = []
    for _ in range(SHUFFLES if lines else 0):
        order = rng.permutation(len(lines)).tolist()
        found = rhyme.neighbours([lines[at] for at in order])
        shares.append(sum(other is not None for other in found) / len(found))
    return float(np.mean(shares)) if shares else None


def lines_of(corpus: Corpus) -> list[str]:
    """The lines of a corpus; a verse that speakers share is put together again, see `joined`."""
    frame = corpus.frame
    lines: list[str] = []
    cues: list[list[str]] = []
    scene: tuple[str, ...] = ()
    columns = (frame[name] for name in ("play_name", "act", "scene", "form", "cue"))
    for *place, cue in zip(*columns, strict=True):
        if tuple(place) != scene:
            lines += joined(cues) if scene and scene[-1] == "verse" else _flat(cues)
            cues, scene = [], tuple(place)
        cues.append([line.strip() for line in normalise(cue).split("\n") if line.strip()])
    return lines + (joined(cues) if scene and scene[-1] == "verse" else _flat(cues))


def joined(cues: Sequence[Sequence[str]]) -> list[str]:
    """The lines of cues in verse, those that speakers share put together again.

    What ends a cue and what begins the next, with whole cues of one line between, are one line
    where each is short of twelve syllables and together they can be read as twelve.
    """
    lines: list[str] = []
    parts = [
        (line, number == len(cue) - 1, number == 0)  # the line, whether it ends a cue or begins one
        for cue in cues
        for number, line in enumerate(cue)
    ]
    at = 0
    while at < len(parts):
        taken = _shared(parts[at : at + MOST_PARTS])
        lines.append(" ".join(line for line, _, _ in parts[at : at + taken]))
        at += taken
    return lines


def _shared(parts: Sequence[tuple[str, bool, bool]]) -> int:
    """How many of the first of these make one line."""
    whole = parts[0][0]
    for number in range(1, len(parts)):
        _before, ends, _ = parts[number - 1]
        line, _, begins = parts[number]
        whole = f"{whole} {line}"
        if not (ends and begins) or min(syllables.count(whole).readings, default=99) > ALEXANDRINE:
            break
        if ALEXANDRINE in syllables.count(whole).readings:
            return number + 1
    return 1


def _flat(cues: Sequence[Sequence[str]]) -> list[str]:
    return [line for cue in cues for line in cue]


def _share(found: Sequence[bool]) -> float | None:
    return sum(found) / len(found) if found else None
