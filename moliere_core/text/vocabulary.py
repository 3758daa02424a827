"""The alphabet of a character model: characters to integers and back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moliere_core.errors import ModelError
from moliere_core.system.records import DamagedError, is_writable, mapping, read_json

UNKNOWN = 0  # index of the unknown symbol, in every vocabulary
UNKNOWN_GLYPH = "\N{REPLACEMENT CHARACTER}"  # how the unknown symbol is shown
Ids = NDArray[np.int32]


@dataclass(frozen=True)
class Vocabulary:
    """Sorted characters; index 0 is the unknown symbol, `chars[i]` has index i + 1."""

    chars: tuple[str, ...]

    def __post_init__(self) -> None:
        if list(self.chars) != sorted(set(self.chars)) or any(len(c) != 1 for c in self.chars):
            raise ModelError("a vocabulary must be a sorted list of distinct single characters")

    @classmethod
    def from_text(cls, text: str, min_char_freq: int = 1) -> Vocabulary:
        """The characters that occur at least `min_char_freq` times in `text`."""
        counts = Counter(text)
        return cls(tuple(sorted(c for c, n in counts.items() if n >= min_char_freq)))

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Read `vocabulary.json`: ModelError if it is missing or malformed."""
        try:
            chars = mapping(read_json(path)).get("chars")
        except (OSError, DamagedError) as error:
            raise ModelError(
                "{path} is not a vocabulary file: {error}", path=path, error=error
            ) from error
        if not isinstance(chars, list) or not all(isinstance(c, str) for c in chars):
            raise ModelError("a vocabulary must be a sorted list of distinct single characters")
        if not is_writable("".join(chars)):
            raise ModelError("a vocabulary holds characters, and {path} halves of some", path=path)
        return cls(tuple(chars))

    def save(self, path: Path) -> None:
        """Write `vocabulary.json`: {"chars": [...]}, the unknown symbol left implicit."""
        path.write_text(json.dumps({"chars": self.chars}, ensure_ascii=False), encoding="utf-8")

    def __len__(self) -> int:
        """vocab_size: the characters and the unknown symbol."""
        return len(self.chars) + 1

    @cached_property
    def index(self) -> dict[str, int]:
        """Index of each character, from 1."""
        return {char: i for i, char in enumerate(self.chars, start=1)}

    @cached_property
    def codepoints(self) -> NDArray[np.uint64]:
        """Unicode code point of each symbol, shape (vocab_size,); 0 for the unknown symbol."""
        return np.array([0, *map(ord, self.chars)], dtype=np.uint64)

    @cached_property
    def _table(self) -> Ids:
        table = np.zeros(max(map(ord, self.chars), default=0) + 2, dtype=np.int32)
        table[[ord(c) for c in self.chars]] = np.arange(1, len(self))
        return table

    def encode(self, text: str) -> Ids:
        """Indices of the characters of `text`, shape (len(text),), int32, unknown ones 0."""
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        return self._table[np.minimum(points, len(self._table) - 1)]

    def runs(self, text: str) -> list[tuple[str, bool]]:
        """`text` in runs of characters that the vocabulary has (True) or lacks (False)."""
        runs = groupby(text, self.index.__contains__)
        return [("".join(chars), known) for known, chars in runs]

    def decode(self, ids: Iterable[int]) -> str:
        """The text of `ids`; the unknown symbol shows as U+FFFD."""
        symbols = (UNKNOWN_GLYPH, *self.chars)
        return "".join(symbols[i] for i in ids)

    def unknown_in(self, text: str) -> list[str]:
        """The distinct characters of `text` that this vocabulary lacks, in order of appearance."""
        return [c for c in dict.fromkeys(text) if c not in self.index]
