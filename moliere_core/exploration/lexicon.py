"""Which words of a text are words of Molière's, by the rule of `words`.

What ships is a hash of each word of the 28 training plays, computed from them as weights are
(`python -m tools.index_words`): enough to say whether a word was there, and no text. A word of no
play passes for one of them once in 300,000 times.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from moliere_core.assets import ASSETS
from moliere_core.exploration.words import located, words_of
from moliere_core.text.normalise import normalise

LEXICON = ASSETS / "words" / "words.npy"
CARD = LEXICON.with_name("card.json")
LETTERS = 2  # of the shortest word that counts: by chance alone, any letter is one


@dataclass(frozen=True)
class Word:
    """A word where it stands in a text.

    Attributes:
        start: its first character.
        stop: the one after its last.
        known: whether it is in the lexicon; capitals do not count.
    """

    start: int
    stop: int
    known: bool

    @property
    def counts(self) -> bool:
        """Whether it is long enough to be judged."""
        return self.stop - self.start >= LETTERS


@dataclass(frozen=True, eq=False)
class Lexicon:
    """A set of words, of which only hashes are kept.

    Attributes:
        hashes: uint32, ascending.
    """

    hashes: NDArray[np.uint32]

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The words of a text."""
        distinct = {_hash(word) for word in words_of(normalise(text))}
        return cls(np.array(sorted(distinct), np.uint32))

    @classmethod
    def load(cls, path: Path = LEXICON) -> Self:
        """The words of a file, by default those of Molière's 28 training plays."""
        return cls(np.load(path, allow_pickle=False))

    def save(self, path: Path) -> None:
        """Write the file that `load` reads."""
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, self.hashes)

    @cached_property
    def _set(self) -> frozenset[int]:
        """The hashes where one word is found six times as fast as by halving an array."""
        return frozenset(self.hashes.tolist())

    def __len__(self) -> int:
        """How many words."""
        return len(self.hashes)

    def __contains__(self, word: str) -> bool:
        """Whether a word, in lower case, is among them."""
        return _hash(word) in self._set

    def read(self, text: str) -> list[Word]:
        """The words of a text in their order, each with whether it is known."""
        found, starts = located(text)
        return [
            Word(int(start), int(start) + len(word), word.lower() in self)
            for word, start in zip(found, starts, strict=True)
        ]


def share_known(found: Iterable[Word]) -> float | None:
    """The share of the words that count which are known; None where none counts."""
    judged = [word.known for word in found if word.counts]
    return sum(judged) / len(judged) if judged else None


@cache
def shipped() -> Lexicon:
    """The words of Molière's 28 training plays."""
    return Lexicon.load()


@cache
def held_out_share() -> float:
    """The share of the words of Molière's two held-out plays that the 28 others have."""
    share: float = json.loads(CARD.read_text(encoding="utf-8"))["held_out_share"]
    return share


def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=4).digest(), "little")
