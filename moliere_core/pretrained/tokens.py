"""The tokens of a subword model as bytes, sorted so that those with a common prefix are a range."""

from __future__ import annotations

import codecs
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Probs = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Piece:
    """Text that a token writes.

    Attributes:
        text: whole characters.
        tokens: how many tokens wrote them: above 1 where they split a character between them; 0
            where the token goes on in the next piece.
    """

    text: str
    tokens: int = 1


class TokenVocabulary:
    """The tokens of a model, sorted by their bytes.

    The tokens that begin with a prefix are a contiguous range of that order, and the bytes that
    can come next cut it into smaller ranges: a trie without nodes.

    Args:
        tokens: the bytes of each token by its id; None or b"" for one that writes nothing.
        ends: ids of the tokens that end a text.
    """

    def __init__(self, tokens: Sequence[bytes | None], ends: Collection[int] = ()) -> None:
        self.tokens = tuple(token or b"" for token in tokens)
        self.ends = np.array(sorted(ends), np.int64)
        written = [i for i, token in enumerate(self.tokens) if token]
        written.sort(key=self.tokens.__getitem__)
        self.order = np.array(written, np.int64)  # ids, sorted by bytes
        sizes = np.array([len(self.tokens[i]) for i in written], np.int64)
        self._sizes = sizes
        self._begins = np.concatenate([[0], np.cumsum(sizes)])[: len(sizes)].astype(np.int64)
        self._bytes = np.frombuffer(b"".join(self.tokens[i] for i in written), np.uint8)
        self.children = lru_cache(maxsize=4096)(self._children)

    def __len__(self) -> int:
        """Number of tokens, those that write nothing included."""
        return len(self.tokens)

    @property
    def longest(self) -> int:
        """Bytes of the longest token; 0 where none writes."""
        return int(self._sizes.max(initial=0))

    def begins(self, prefix: bytes) -> bool:
        """Whether some token begins with `prefix`, or is it."""
        at = bisect_left(self.order, prefix, key=self.tokens.__getitem__)
        return at < len(self.order) and self.tokens[self.order[at]].startswith(prefix)

    def _children(self, low: int, high: int, depth: int) -> tuple[NDArray[np.uint8], Ints]:
        """The bytes at `depth` of the sorted tokens `low` to `high`, and where each begins.

        All these tokens share their first `depth` bytes and are longer.

        Returns:
            The distinct bytes, rising, shape (children,), and their first tokens, same shape.
        """
        column = self._bytes[self._begins[low:high] + depth]
        starts = np.concatenate([[0], np.flatnonzero(np.diff(column)) + 1]).astype(np.int64)
        return column[starts], starts + low

    def child(self, low: int, high: int, depth: int, byte: int) -> tuple[int, int, int]:
        """The tokens among these whose next byte is `byte`: first, first longer, end.

        Those from the first to the first longer end with that byte. An empty range if none.
        """
        values, starts = self.children(low, high, depth)
        at = int(values.searchsorted(byte))
        if at == len(values) or values[at] != byte:
            return low, low, low
        first = int(starts[at])
        end = int(starts[at + 1]) if at + 1 < len(starts) else high
        # The shortest come first in the order: those that are the prefix itself.
        longer = first + int((self._sizes[first:end] == depth + 1).sum())
        return first, longer, end

    def decode(self, ids: Sequence[int]) -> str:
        """The text of `ids`; bytes that are no character show as U+FFFD."""
        return b"".join(self.tokens[i] for i in ids).decode("utf-8", "replace")


class PieceReader:
    """Cuts a stream of tokens into pieces of whole characters.

    Args:
        vocabulary: the tokens.
        begun: bytes of the first token that were read before.
    """

    def __init__(self, vocabulary: TokenVocabulary, begun: int = 0) -> None:
        self._vocabulary = vocabulary
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = 0  # tokens of a character that is not whole yet
        self._begun = begun

    def add(self, token: int) -> Piece | None:
        """The piece that this token completes, if any."""
        text = self._decoder.decode(self._vocabulary.tokens[token][self._begun :])
        self._begun = 0
        self._held += 1
        # A token can end one character and begin the next: it counts with the first.
        if not text:
            return None
        piece, self._held = Piece(text, self._held), 0
        return piece

    def close(self) -> Piece | None:
        """What is left of an unfinished character."""
        text = self._decoder.decode(b"", final=True)
        piece = Piece(text, self._held) if text else None
        self._held = 0
        return piece


def pieces(vocabulary: TokenVocabulary, ids: Sequence[int]) -> list[Piece]:
    """The text of `ids`, cut where one token ends and the next begins."""
    reader = PieceReader(vocabulary)
    found = [reader.add(token) for token in ids]
    return [piece for piece in [*found, reader.close()] if piece is not None]


def token_texts(vocabulary: TokenVocabulary, ids: Sequence[int]) -> list[str]:
    """What each token writes, together the text: "" of one that only begins a character."""
    reader = PieceReader(vocabulary)
    found = [reader.add(token) for token in ids]
    texts = ["" if piece is None else piece.text for piece in found]
    if texts and (left := reader.close()):
        texts[-1] += left.text
    return texts


def bytes_per_token(vocabulary: TokenVocabulary, ids: Sequence[int]) -> Ints:
    """Length of each token, shape (tokens,)."""
    return np.array([len(vocabulary.tokens[i]) for i in ids], np.int64)


def spread(bits: NDArray[np.float64], sizes: Ints, text: str) -> NDArray[np.float64]:
    """The bits of tokens, shape (tokens,), as bits of the characters, shape (len(text),).

    A token's bits are shared equally among its bytes, and a character has those of its bytes: the
    sum stays the same. A token that writes nothing gives its bits to the one before it, or to the
    first that writes.
    """
    if not len(text):
        return np.zeros(0)
    writing = np.flatnonzero(sizes)
    heirs = writing[np.maximum(writing.searchsorted(np.arange(len(sizes)), "right") - 1, 0)]
    shared = np.bincount(heirs, bits, minlength=len(sizes))
    per_byte = np.repeat(shared / np.maximum(sizes, 1), sizes)
    widths = np.array([len(char.encode()) for char in text], np.int64)
    starts = np.concatenate([[0], np.cumsum(widths)])[:-1]
    return np.add.reduceat(per_byte, starts)


def common_length(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two texts begin with in common."""
    size = min(len(one), len(other))
    if one[:size] == other[:size]:  # as a rule, and faster told
        return size
    return next((i for i in range(size) if one[i] != other[i]), size)
