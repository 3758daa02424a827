"""Molière or Corneille: a scene read by two small networks, each of which knows one author's plays.

The network that spends fewer bits on a text has read more that is like it. That is all it says: it
does not know the author, and of a third one it names one of its two all the same. One of the two
predicts either author better than the other does, so that the scales have a zero of their own,
set between the mean differences on a play of each that is then measured no more.

Editions differ more than authors do. The one that Molière's plays come from keeps the capitals and
the commas of its time, the one of Corneille's is modern in both; networks of characters would tell
editors apart. So both read a text `folded`: small letters and apostrophes, no other sign, a few
words in one spelling. `python -m tools.train_authors` trains and measures;
`assets/authors/card.md` says on what.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from moliere_core.assets import ASSETS
from moliere_core.corpus.edition import PLAYS
from moliere_core.errors import CorpusError
from moliere_core.models.protocol import CharModel
from moliere_core.models.references import snapshot_model
from moliere_core.runs.run import Run
from moliere_core.text import syllables
from moliere_core.text.normalise import normalise
from moliere_core.text.syllables import ALEXANDRINE

AUTHORS = MOLIERE, CORNEILLE = "moliere", "corneille"
FOLDER = ASSETS / "authors"  # a run an author, and what was measured
MEASURES = FOLDER / "measures.json"
LINES = 12  # of a passage, unless somebody asks for another number
NORMAL = 1.96  # standard errors on either side of a 95 % interval

# Comedies in verse. Le Menteur and its Suite share their people: neither is trained on.
TRAINED = {
    MOLIERE: ("etourdi", "depit-amoureux", "sganarelle", "dom-garcie", "facheux", "tartuffe"),
    CORNEILLE: ("veuve", "galerie-du-palais", "suivante", "place-royale", "illusion-comique"),
}
HELD_OUT = {
    MOLIERE: ("ecole-des-maris", "misanthrope", "femmes-savantes"),
    CORNEILLE: ("menteur", "suite-du-menteur"),
}
# Of these, the plays on which the scales are set to zero; the others are what is measured.
WEIGHED = {MOLIERE: ("ecole-des-maris",), CORNEILLE: ("suite-du-menteur",)}

_SPELLED = {"encore": "encor", "hé": "eh", "ha": "ah"}  # one word each, which editors spell in two
_PLAIN = str.maketrans({"œ": "oe", "æ": "ae", "ë": "e", "ï": "i", "ü": "u", "ÿ": "y"})
_NO_LETTER = re.compile(r"[^\w']|[\d_]")


def folded(line: str) -> str:
    """A line as the networks read it, less what an editor decides; "" where nothing is left."""
    letters = normalise(line).lower().translate(_PLAIN)
    words = _NO_LETTER.sub(" ", letters).replace("' ", "'").split()
    return " ".join(_SPELLED.get(word, word) for word in words if word.strip("'"))


def folded_lines(text: str) -> list[str]:
    """A text as the networks read it, line by line, without the lines of which nothing is left."""
    return [line for line in map(folded, text.splitlines()) if line]


def author_of(play: str, author: str) -> str:
    """Whose a play is: one of `AUTHORS`, or "" for anybody else's.

    Args:
        play: its slug; a source that names no author may still call plays as Molière's edition.
        author: as its source names him.
    """
    name = author.lower()
    if "molière" in name or (not name and play in PLAYS.values()):
        return MOLIERE
    return CORNEILLE if "corneille" in name and "thomas" not in name else ""


def load(author: str) -> CharModel:
    """The network that has read an author; ModelError or RunError where it is not there."""
    run = Run.open(FOLDER / author)
    return snapshot_model(run, run.snapshot(), author)


class Reader(Protocol):
    """As much of a model as reads a text."""

    def surprisal(self, text: str) -> NDArray[np.float64]:
        """Bits of each character of `text`, shape (len(text),)."""


@dataclass(frozen=True)
class Line:
    """A line, and what it costs.

    Attributes:
        text: as it is printed.
        chars: that the networks read of it, its end included.
        bits: what these cost Molière's network, and Corneille's.
    """

    text: str
    chars: int
    bits: tuple[float, float]

    @property
    def gap(self) -> float:
        """Bits per character that Corneille's network pays more than Molière's."""
        return (self.bits[1] - self.bits[0]) / self.chars


@dataclass(frozen=True)
class Reading:
    """A text as both networks have read it.

    Attributes:
        lines: of it, one at least.
        zero: the gap at which neither author is the likelier, see `Measures`.
    """

    lines: tuple[Line, ...]
    zero: float = 0.0

    @cached_property
    def chars(self) -> int:
        """How many characters were read."""
        return sum(line.chars for line in self.lines)

    @cached_property
    def bits(self) -> tuple[float, float]:
        """Bits per character for Molière's network, and for Corneille's."""
        first, second = (sum(line.bits[k] for line in self.lines) / self.chars for k in (0, 1))
        return first, second

    @property
    def gap(self) -> float:
        """Bits per character that Corneille's network pays more than Molière's."""
        return self.bits[1] - self.bits[0]

    @property
    def margin(self) -> float:
        """Half the width of a 95 % interval of the gap; NaN of fewer than two lines.

        Lines of one scene are no independent sample: it says how little a few lines say, no more.
        """
        if len(self.lines) < 2:
            return math.nan
        rest = [line.bits[1] - line.bits[0] - self.gap * line.chars for line in self.lines]
        return float(NORMAL * np.std(rest, ddof=1) * math.sqrt(len(rest)) / self.chars)

    @property
    def lead(self) -> float:
        """How far the gap is from the zero, in bits per character: above it, towards Molière."""
        return self.gap - self.zero

    @property
    def likelier(self) -> str:
        """The author to whom the text goes."""
        return MOLIERE if self.lead > 0 else CORNEILLE

    @property
    def sure(self) -> bool:
        """Whether the lead is wider than its margin."""
        return abs(self.lead) > self.margin


def read(text: str, networks: Sequence[Reader], zero: float = 0.0) -> Reading:
    """A text read by Molière's network and by Corneille's, each from a fresh start.

    Args:
        text: its lines as they are printed.
        networks: in the order of `AUTHORS`.
        zero: see `Reading`.

    Raises:
        CorpusError: there is no letter in it.
    """
    printed = [line for line in text.splitlines() if folded(line)]
    if not printed:
        raise CorpusError("there is no verse in this text: give some lines of a play")
    lines = [f"{folded(line)}\n" for line in printed]
    ends = np.cumsum([len(line) for line in lines])[:-1]
    costs = [
        [float(part.sum()) for part in np.split(network.surprisal("".join(lines)), ends)]
        for network in networks
    ]
    return Reading(
        tuple(
            Line(text, len(line), (first, second))
            for text, line, first, second in zip(printed, lines, *costs, strict=True)
        ),
        zero,
    )


def passages(text: str, lines: int) -> list[str]:
    """A text cut into as many passages as it has of so many lines; the rest is left."""
    printed = [line for line in text.splitlines() if folded(line)]
    whole = range(0, len(printed) - lines + 1, lines)
    return ["\n".join(printed[at : at + lines]) for at in whole]


def mostly_alexandrines(passage: str) -> bool:
    """Whether two lines of three can be read as twelve syllables, as in a comedy's dialogue.

    A song or a list in verse would give its play away before anybody has listened to the style.
    """
    lines = passage.splitlines()
    long = sum(ALEXANDRINE in syllables.count(line).readings for line in lines)
    return 3 * long >= 2 * len(lines)


# What was measured


@dataclass(frozen=True)
class Group:
    """Passages of some plays, and what the networks make of them.

    Attributes:
        name: "moliere" and "corneille" for plays held out, "names" after them for their lines in
            which nobody is named; "corneille-tragedies", "racine-plaideurs", "racine-tragedies",
            "pastiches".
        lines: of a passage.
        passages: how many.
        moliere: of them, those that go to Molière.
        bits: per character, for Molière's network and for Corneille's.
        margin: half of a 95 % interval of the difference, over the passages.
    """

    name: str
    lines: int
    passages: int
    moliere: int
    bits: tuple[float, float]
    margin: float

    @classmethod
    def of(cls, name: str, lines: int, readings: Sequence[Reading]) -> Group:
        """Readings, added up."""
        gaps = [reading.gap for reading in readings]
        chars = sum(reading.chars for reading in readings)
        bits = [sum(r.bits[k] * r.chars for r in readings) / chars for k in (0, 1)]
        return cls(
            name,
            lines,
            len(readings),
            sum(reading.likelier == MOLIERE for reading in readings),
            (round(bits[0], 4), round(bits[1], 4)),
            round(float(NORMAL * np.std(gaps, ddof=1) / math.sqrt(len(gaps))), 4),
        )

    @property
    def share(self) -> float:
        """Share of the passages that go to Molière."""
        return self.moliere / self.passages

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of that share by Wilson's formula (1927)."""
        n, z = self.passages, NORMAL
        scale, variance = 1 + z * z / n, self.share * (1 - self.share) / n
        middle = (self.share + z * z / (2 * n)) / scale
        spread = z / scale * math.sqrt(variance + (z / n / 2) ** 2)
        return max(middle - spread, 0.0), min(middle + spread, 1.0)


@dataclass(frozen=True)
class Measures:
    """What `tools.train_authors` has measured.

    Attributes:
        zero: bits per character, between the mean gaps on the plays of `WEIGHED`.
        groups: passages of `LINES` lines.
        lengths: plays held out, both authors', by the number of lines.
    """

    zero: float
    groups: tuple[Group, ...]
    lengths: tuple[Group, ...]

    def group(self, name: str) -> Group:
        """The group of that name."""
        return next(group for group in self.groups if group.name == name)

    def right(self, lines: int) -> tuple[float, float]:
        """How often passages so long go to their author, and half of a 95 % interval of that.

        The mean of both authors' shares, so that chance is one half however many each has.
        """
        found = [group for group in self.lengths if group.lines == lines]
        shares = [g.share if g.name == MOLIERE else 1 - g.share for g in found]
        variance = sum(p * (1 - p) / g.passages for p, g in zip(shares, found, strict=True))
        return sum(shares) / len(found), NORMAL * math.sqrt(variance) / len(found)

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Measures:
        """The inverse of `to_json`."""
        groups, lengths = (
            tuple(Group(**{**group, "bits": tuple(group["bits"])}) for group in document[part])
            for part in ("groups", "lengths")
        )
        return cls(float(document["zero"]), groups, lengths)


def measures() -> Measures:
    """What was measured of the networks that ship."""
    return Measures.from_json(json.loads(MEASURES.read_text("utf-8")))
