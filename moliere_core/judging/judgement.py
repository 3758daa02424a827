"""All that is measured on one text: is it quoted, are its words words, is it verse.

None of these numbers tells anything alone. Real plays of Molière's that no shipped model has read
are judged in the same way, by pieces of `PIECE` characters, and stand beside: the yardstick,
measured by `python -m tools.index_passages`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from moliere_core.judging import alexandrines, sources
from moliere_core.judging.alexandrines import Verse
from moliere_core.judging.passages import Passage, longest
from moliere_core.judging.sources import PASSAGES, Sources
from moliere_core.judging.wordhood import Wordhood, wordhood
from moliere_core.text.normalise import normalise

if TYPE_CHECKING:
    from moliere_core.corpus import Corpus

PIECE = 2_000  # characters of a text that is judged, where several are compared
YARDSTICK = PASSAGES.with_name("yardstick.json")
PARTS = ("all", "verse", "prose")  # of the plays held out


@dataclass(frozen=True)
class Figures:
    """The numbers of one text; None where it has nothing to count.

    Attributes:
        new_8, new_12, new_20: share of its runs of so many characters that were never read.
        longest: characters of the longest passage word for word.
        words: share of its words that the wider lexicon has.
        long_words: the same of those of five letters or more.
        alexandrines: share of its lines that can be read as twelve syllables.
        chance: the same with its words in random order.
    """

    new_8: float | None
    new_12: float | None
    new_20: float | None
    longest: float
    words: float | None
    long_words: float | None
    alexandrines: float | None
    chance: float | None


@dataclass(frozen=True)
class Judgement:
    """A text, and all that was found in it.

    Attributes:
        text: normalised: positions are counted in it.
        passages: read word for word, longest first.
        words: which are words.
        verse: its lines as verse.
        figures: the numbers.
        exact: whether passages were followed to their ends and shares are no estimates.
    """

    text: str
    passages: tuple[Passage, ...]
    words: Wordhood
    verse: Verse
    figures: Figures
    exact: bool


def judge(
    text: str, read: Sources, lines: Sequence[str] | None = None, invented: bool = True
) -> Judgement:
    """Judge a text against what a model has read.

    Args:
        text: any.
        read: see `sources.sources`.
        lines: of the text, where they are known better than by its line breaks.
        invented: whether invented words are told, see `wordhood`.
    """
    text = normalise(text)
    passages = tuple(read.passages(text))
    words = wordhood(text, read.knows, invented)
    verse = alexandrines.verse(text.split("\n") if lines is None else lines)
    new = read.new_shares(text)
    found = longest(passages)
    figures = Figures(
        new_8=new[8],
        new_12=new[12],
        new_20=new[20],
        longest=0 if found is None else found.chars,
        words=words.real,
        long_words=words.long_real,
        alexandrines=verse.alexandrines,
        chance=verse.chance,
    )
    return Judgement(text, passages, words, verse, figures, read.exact)


def prepare(known: Iterable[Corpus] = ()) -> None:
    """Read the training plays and every table that judges a text, so that nobody waits for them.

    Args:
        known: corpora at hand, see `sources.sources`.
    """
    judge("Allons, Flipote, allons", Sources((sources.shipped(known),)))


@dataclass(frozen=True)
class Spread:
    """Numbers of several texts.

    Attributes:
        mean: of all of them.
        deviation: their standard deviation; 0 of a single one.
        texts: how many had something to count.
    """

    mean: float
    deviation: float
    texts: int


def spread(figures: Sequence[Figures]) -> dict[str, Spread]:
    """The mean and the deviation of each number of some texts; those that none has are left out."""
    found = {}
    for field in fields(Figures):
        values = [v for one in figures if (v := getattr(one, field.name)) is not None]
        if values:
            deviation = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
            found[field.name] = Spread(float(np.mean(values)), deviation, len(values))
    return found


def pieces(text: str) -> list[str]:
    """A text in pieces of `PIECE` characters, each from the start of a line; no shorter one."""
    found, start = [], 0
    while start + PIECE <= len(text):
        found.append(text[start : start + PIECE])
        start = text.find("\n", start + PIECE) + 1 or len(text)
    return found


@dataclass(frozen=True)
class Yardstick:
    """What real plays that were never read score, by pieces of `PIECE` characters.

    Attributes:
        parts: by the names of `PARTS`, each number of `Figures`; as with the corpus at hand.
        hashed: the same of what is measured otherwise where only fingerprints are there.
        prose_chance: share of prose, cut to the length of alexandrines, that reads as twelve.
        long_french: share of the long words that are in the list of today's French.
    """

    parts: Mapping[str, Mapping[str, Spread]]
    hashed: Mapping[str, Mapping[str, Spread]]
    prose_chance: float
    long_french: float

    def of(self, part: str = "all", exact: bool = True) -> dict[str, Spread]:
        """The numbers of a part of the plays, measured as a text was that stands beside."""
        return {**self.parts[part], **({} if exact else self.hashed[part])}

    def to_json(self) -> dict[str, Any]:
        """JSON-ready, to the fourth digit."""
        return _rounded(asdict(self))


@cache
def yardstick() -> Yardstick:
    """What was measured on the two plays held out."""
    document = json.loads(YARDSTICK.read_text(encoding="utf-8"))
    parts, hashed = (
        {
            part: {name: Spread(**values) for name, values in found.items()}
            for part, found in document[kind].items()
        }
        for kind in ("parts", "hashed")
    )
    return Yardstick(parts, hashed, document["prose_chance"], document["long_french"])


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(item) for name, item in value.items()}
    return round(value, 4) if isinstance(value, float) else value
