"""How much of a text is new: the share of its runs of n characters that another text lacks.

Of what was read a set of hashes is kept: of all runs, or of one in `every`, chosen by the hash
itself, so that the same are chosen in any text (sampling by the remainder: Broder 1997). The
share among those chosen is then an estimate without bias of the share among all; and no text can be
put together again from runs of which most are missing. Real text that was never read is new to a
good part, too: a share tells nothing but beside that one, see `judgement`.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from moliere_core.judging.hashing import gram_hashes
from moliere_core.system.storage import write_atomically

SIZES = (8, 12, 20)
EVERY = 8  # of the runs, one is kept in what ships
_BITS = 26  # of a hash that is kept: of 200,000 of them, one in 300 passes for another


@dataclass(frozen=True, eq=False)
class SeenGrams:
    """The runs of characters that a text has, of which hashes are kept.

    Attributes:
        every: one run in so many is kept.
        kept: by number of characters, ascending hashes of `_BITS` bits, or of 64 where all are
            kept.
    """

    every: int
    kept: dict[int, NDArray[np.uint64]]

    @classmethod
    def from_text(cls, text: str, every: int = 1) -> Self:
        """Of a normalised text."""
        return cls(every, {n: np.sort(_chosen(text, n, every)) for n in SIZES})

    def thinned(self, every: int) -> SeenGrams:
        """The same, of which one run in `every` is kept."""
        if every == self.every:
            return self
        if self.every != 1:
            raise ValueError(f"one run in {self.every} was kept, and one in {every} is asked for")
        return SeenGrams(every, {n: np.unique(_sampled(h, every)) for n, h in self.kept.items()})

    def new(self, text: str, size: int) -> NDArray[np.bool_]:
        """Of each run of `size` characters of a normalised text that is looked up: is it new?"""
        hashes, kept = _chosen(text, size, self.every), self.kept[size]
        if not len(kept):
            return np.ones(len(hashes), np.bool_)
        at = np.minimum(np.searchsorted(kept, hashes), len(kept) - 1)
        found: NDArray[np.bool_] = kept[at] != hashes
        return found

    def to_bytes(self) -> bytes:
        """A NumPy archive; the steps between hashes by planes of bytes, which compress better."""
        arrays: dict[str, NDArray[np.uint8]] = {}
        for size, hashes in self.kept.items():
            steps = np.diff(hashes, prepend=np.uint64(0)).astype("<u4")
            planes = steps.view(np.uint8).reshape(-1, 4).T[:3]
            for number, plane in enumerate(planes):
                arrays[f"{size}-{number}"] = np.ascontiguousarray(plane)
        buffer = io.BytesIO()
        np.savez_compressed(buffer, every=np.array(self.every), **arrays)  # type: ignore[arg-type]
        return buffer.getvalue()

    def save(self, path: Path) -> None:
        """Write the file that `load` reads: of a sample, whose hashes are short."""
        if self.every == 1:
            raise ValueError("of all runs, nothing is written: a text could be read out of them")
        write_atomically(path, self.to_bytes())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` has written."""
        kept = {}
        with np.load(path, allow_pickle=False) as stored:
            for size in SIZES:
                planes = [stored[f"{size}-{number}"].astype(np.uint64) for number in range(3)]
                steps = planes[0] | planes[1] << np.uint64(8) | planes[2] << np.uint64(16)
                kept[size] = np.cumsum(steps, dtype=np.uint64)
            return cls(int(stored["every"]), kept)


def _chosen(text: str, size: int, every: int) -> NDArray[np.uint64]:
    hashes = gram_hashes(text, size)
    return hashes if every == 1 else _sampled(hashes, every)


def _sampled(hashes: NDArray[np.uint64], every: int) -> NDArray[np.uint64]:
    return hashes[hashes % np.uint64(every) == 0] >> np.uint64(64 - _BITS)


def new_share(seen: Sequence[SeenGrams], text: str, size: int) -> float | None:
    """The share of a text's runs of `size` characters, repeated ones counted, that none has seen.

    None where none is looked up, as in a text that is too short. Where one of the sets is a sample,
    all look up the same sample.
    """
    every = max(one.every for one in seen)
    new = np.logical_and.reduce([one.thinned(every).new(text, size) for one in seen])
    return float(new.mean()) if len(new) else None
