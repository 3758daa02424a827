"""A model of letters that a class works by hand: counts of pairs, three dice, a sheet of paper.

Shannon (1951) wrote such texts with a book of random numbers. Here a text is folded to the letters
of `SYMBOLS`; each letter shares the 216 throws of three dice among those that follow it in the
text, in proportion to how often they do. What the sheet says and what the screen writes are both
`DiceModel.write`: the same throws, the same ranges, the same text.
"""

from __future__ import annotations

import random
import string
import unicodedata
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

SYMBOLS = " " + string.ascii_lowercase
FACES, DICE = 6, 3
THROWS = FACES**DICE  # equally likely, in the order 111, 112, ..., 666
START = " "  # a text begins as after a space

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae"})


@dataclass(frozen=True)
class Share:
    """The throws that give a symbol.

    Attributes:
        symbol: one of `SYMBOLS`.
        first: the lowest throw, from 0.
        last: the highest throw.
    """

    symbol: str
    first: int
    last: int


def folded(text: str) -> str:
    """The text in `SYMBOLS`: no accents, no capitals, one space for all that is no letter."""
    plain = unicodedata.normalize("NFD", text.translate(_LIGATURES)).lower()
    letters = (char for char in plain if not unicodedata.combining(char))
    return " ".join("".join(c if c in SYMBOLS else " " for c in letters).split())


def throws(seed: int, count: int) -> list[int]:
    """Throws of three dice, from 0 to 215: the same for a seed, with every version of Python."""
    luck = random.Random(seed)  # of which `random()` alone is promised to stay the same
    return [
        sum(int(luck.random() * FACES) * FACES**place for place in reversed(range(DICE)))
        for _ in range(count)
    ]


def faces(throw: int) -> str:
    """What the dice show, in the order in which they were thrown: "111" of 0, "666" of 215."""
    return "".join(str(throw // FACES**place % FACES + 1) for place in reversed(range(DICE)))


@dataclass(frozen=True)
class DiceModel:
    """How often each symbol follows each.

    Attributes:
        counts: shape (symbols, symbols), the symbol before in the row.
    """

    counts: NDArray[np.int64]

    @classmethod
    def of(cls, text: str) -> DiceModel:
        """Counted in a text, which is folded and set between two spaces."""
        ids = np.array([SYMBOLS.index(char) for char in f" {folded(text)} "])
        counts = np.zeros((len(SYMBOLS), len(SYMBOLS)), np.int64)
        np.add.at(counts, (ids[:-1], ids[1:]), 1)
        return cls(counts)

    @cached_property
    def shares(self) -> dict[str, list[Share]]:
        """Of each symbol that something follows, the throws of those that do, from the lowest."""
        return {
            symbol: _shares(row)
            for symbol, row in zip(SYMBOLS, self.counts, strict=True)
            if row.any()
        }

    def after(self, symbol: str, throw: int) -> str:
        """The symbol that a throw gives after another."""
        return next(s.symbol for s in self.shares[symbol] if s.first <= throw <= s.last)

    def write(self, found: list[int]) -> str:
        """The text of some throws, a symbol each."""
        text = START
        for throw in found:
            text += self.after(text[-1], throw)
        return text[1:]


def _shares(row: NDArray[np.int64]) -> list[Share]:
    """Throws in proportion to counts, by the largest remainders (Hamilton 1792).

    What is too rare for a throw of its own has none.
    """
    wanted = row * THROWS  # whole numbers: a remainder is never a matter of rounding
    given = wanted // row.sum()
    remainders = wanted % row.sum()
    for index in np.argsort(-remainders, kind="stable")[: THROWS - given.sum()]:
        given[index] += 1
    stops = np.cumsum(given)
    starts = stops - given
    return [Share(SYMBOLS[i], int(starts[i]), int(stops[i] - 1)) for i in np.flatnonzero(given)]
