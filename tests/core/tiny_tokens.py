"""A model of tokens small enough for brute force over every sequence of them."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from moliere_core.pretrained.tokens import TokenVocabulary

E_ACUTE = "é".encode()
# Letters, pieces of "été" that cut its characters in two, whole ones, one spelt twice, an end.
TOKENS = [
    None,
    b"a",
    b"b",
    b"ab",
    b"aba",
    b"\n",
    E_ACUTE[:1],
    E_ACUTE[1:],
    E_ACUTE,
    b"t" + E_ACUTE[:1],
    E_ACUTE[1:] + b"a",
    b"t",
    b"ab",
    b"",
]
END, NOTHING = 0, 13


class TinyModel:
    """Probabilities drawn at random for each context, the same every time."""

    def __init__(self, tokens: Sequence[bytes | None] = TOKENS, spice: int = 0) -> None:
        self.vocabulary = TokenVocabulary(tokens, [END])
        self.begin: tuple[int, ...] = (END,)
        self.context = 1000
        self.spice, self.asked = spice, 0

    def encode(self, text: str) -> list[int]:
        ids, rest = [], text.encode()
        while rest:
            token = max((t for t in self.vocabulary.tokens if t and rest.startswith(t)), key=len)
            ids.append(self.vocabulary.tokens.index(token))
            rest = rest[len(token) :]
        return ids

    def anchor(self, text: str) -> tuple[int, int]:
        return (max(text.rfind("\n"), 0),) * 2

    def probs(self, contexts: Sequence[tuple[int, ...]], last: int = 1) -> list[np.ndarray]:
        self.asked += 1
        sizes = range(last)[::-1]
        return [np.array([self.row(c[: len(c) - i]) for i in sizes]) for c in contexts]

    def row(self, context: tuple[int, ...]) -> np.ndarray:
        rng = np.random.default_rng(zlib.crc32(repr((self.spice, context[-3:])).encode()))
        return rng.dirichlet(np.full(len(self.vocabulary), 0.4))


def conditional(model: TinyModel, context: tuple[int, ...]) -> np.ndarray:
    """The tokens' probabilities, those that write nothing and end nothing left out."""
    probs = np.array(model.row(context))
    probs[NOTHING if len(probs) > NOTHING else []] = 0
    return probs / probs.sum()


def mass(model: TinyModel, text: bytes, context: tuple[int, ...]) -> float:
    """P(text): all the covers, by recursion."""
    if not text:
        return 1.0
    probs, total = conditional(model, context), 0.0
    for token, data in enumerate(model.vocabulary.tokens):
        if data and data.startswith(text):
            total += probs[token]
        elif data and text.startswith(data):
            total += probs[token] * mass(model, text[len(data) :], (*context, token))
    return total
