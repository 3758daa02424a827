"""The embedding: symbols as points, and which of them are near one another.

Of any table of vectors: a recurrent network's characters (`network.embedding`), a transformer's
tokens (`network.tokens`) and its positions (`network.positions`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from moliere_core.networks.arrays import Array
from moliere_core.text import kinds
from moliere_core.text.vocabulary import UNKNOWN

FinerKind = Literal["vowel", "accented", "consonant", "capital", "digit", "punctuation", "space"]
VOWELS = frozenset("aeiouy")


@dataclass(frozen=True)
class Plane:
    """Vectors projected on the two directions in which they differ most.

    Attributes:
        points: coordinates, shape (symbols, 2).
        explained: share of the total variance that each direction holds, shape (2,).
    """

    points: Array
    explained: Array


def principal_plane(vectors: Array) -> Plane:
    """Principal component analysis (Pearson 1901) by singular values; vectors (symbols, size).

    Signs, which are arbitrary, are chosen so that the farthest point of each axis is positive.
    """
    centred = vectors - vectors.mean(axis=0)
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    points = np.zeros((len(vectors), 2), vectors.dtype)
    explained = np.zeros(2, vectors.dtype)
    axes = min(2, len(singular))
    points[:, :axes] = (left * singular)[:, :axes]
    farthest = points[np.abs(points).argmax(axis=0), np.arange(2)]
    total = (singular**2).sum()
    explained[:axes] = singular[:axes] ** 2 / total if total else 0
    return Plane(points * np.where(farthest < 0, -1, 1), explained)


def neighbours(
    vectors: Array, symbol: int, count: int = 8, never: Collection[int] = (UNKNOWN,)
) -> list[tuple[int, float]]:
    """The symbols nearest to `symbol` by cosine, best first.

    Args:
        vectors: shape (symbols, size).
        symbol: index of the one whose neighbours are wanted.
        count: of neighbours, at most.
        never: indices that are left out: of an alphabet the unknown symbol, which is nobody's
            neighbour; of tokens those that write nothing.
    """
    lengths = np.linalg.norm(vectors, axis=1)
    cosines = vectors @ vectors[symbol] / np.maximum(lengths * lengths[symbol], 1e-12)
    out = {symbol, *never}
    order = [int(i) for i in np.argsort(-cosines, kind="stable") if int(i) not in out]
    return [(i, float(cosines[i])) for i in order[:count]]


@dataclass(frozen=True)
class TokenVectors:
    """The embeddings of some of a transformer's symbols, and of its positions.

    Attributes:
        symbols: their indices, shape (n,).
        points: their embeddings on the two directions in which they differ most, shape (n, 2).
        explained: share of the variance that each direction holds, shape (2,).
        neighbours: of each, the symbols with the nearest embeddings, shape (n, count).
        cosines: how near, same shape.
        positions: the vectors of positions 0, 1, ... on theirs, shape (context, 2).
        positions_explained: shape (2,).
    """

    symbols: NDArray[np.int64]
    points: Array
    explained: Array
    neighbours: NDArray[np.int64]
    cosines: Array
    positions: Array
    positions_explained: Array


def token_vectors(
    tokens: Array, positions: Array, symbols: Sequence[int], count: int, never: Collection[int]
) -> TokenVectors:
    """What there is to show of the two tables that a transformer adds up before its first block.

    Args:
        tokens: an embedding a symbol, shape (vocab_size, width).
        positions: one a place, shape (context, width).
        symbols: those that are shown, at least one.
        count: of neighbours, which all others can be.
        never: as in `neighbours`.
    """
    chosen = np.array(symbols, np.int64)
    near = [neighbours(tokens, int(i), count, never) for i in chosen]
    plane, places = principal_plane(tokens[chosen]), principal_plane(positions)
    return TokenVectors(
        chosen,
        plane.points,
        plane.explained,
        np.array([[i for i, _ in found] for found in near], np.int64),
        np.array([[cosine for _, cosine in found] for found in near], np.float32),
        places.points,
        places.explained,
    )


def finer_kind(char: str) -> FinerKind:
    """As `text.kinds.kind`, letters in lower case sorted further: vowels, accents, consonants."""
    sort = kinds.kind(char)
    if sort == "upper":
        return "capital"
    if sort != "lower":
        return "punctuation" if sort == "other" else sort
    if char in "œæ" or len(unicodedata.normalize("NFD", char)) > 1:
        return "accented"
    return "vowel" if char in VOWELS else "consonant"
