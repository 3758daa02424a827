"""Tokenizers of every kind: their bytes, and the bridge over them against what is true."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from moliere_core.pretrained.beam import CharacterBridge
from moliere_core.pretrained.tokenizer import Tokenizer
from tests.tokenizers_made import END, KINDS, SENTENCES

NOWHERE = Path("no such folder")


@cache
def made(kind: str) -> Tokenizer:
    return Tokenizer("hf:x", KINDS[kind](), NOWHERE)


class RandomModel:
    """Probabilities drawn at random for each context, the same every time."""

    def __init__(self, tokenizer: Tokenizer, spice: int = 0) -> None:
        self.vocabulary, self.begin = tokenizer.vocabulary, tokenizer.begin
        self.context, self.spice = 1000, spice
        self.encode, self.anchor = tokenizer.encode, tokenizer.anchor
        self.rows: dict[tuple[int, ...], np.ndarray] = {}

    def probs(self, contexts: Sequence[tuple[int, ...]], last: int = 1) -> list[np.ndarray]:
        sizes = range(last)[::-1]
        return [np.array([self.row(c[: len(c) - i]) for i in sizes]) for c in contexts]

    def row(self, context: tuple[int, ...]) -> np.ndarray:
        """Those of what can be written after a context, or end it, sum to 1."""
        if context not in self.rows:
            rng = np.random.default_rng(zlib.crc32(repr((self.spice, context[-3:])).encode()))
            row = rng.dirichlet(np.full(len(self.vocabulary), 0.1))
            possible = np.array([bool(token) for token in self.vocabulary.tokens])
            possible[self.vocabulary.ends] = True
            self.rows[context] = row * possible / row[possible].sum()
        return self.rows[context]


class WritingModel(RandomModel):
    """Writes one of some texts, drawn by their weights, in the tokens that are canonical."""

    def __init__(self, tokenizer: Tokenizer, texts: dict[str, float]) -> None:
        super().__init__(tokenizer)
        [end] = self.vocabulary.ends
        self.rows = {}
        for text, weight in texts.items():
            ids = [*self.begin, *self.encode(text), int(end)]
            for size in range(len(self.begin), len(ids)):
                row = self.rows.setdefault(tuple(ids[:size]), np.zeros(len(self.vocabulary)))
                row[ids[size]] += weight

    def row(self, context: tuple[int, ...]) -> np.ndarray:
        found = self.rows.get(context)
        return np.zeros(len(self.vocabulary)) if found is None else found / found.sum()


def mass(model: RandomModel, text: bytes, context: tuple[int, ...]) -> float:
    """P(text) by recursion over all sequences of tokens whose bytes begin with it."""
    if not text:
        return 1.0
    probs, total = model.row(context), 0.0
    for token, data in enumerate(model.vocabulary.tokens):
        if data and data.startswith(text):
            total += probs[token]
        elif data and text.startswith(data):
            total += probs[token] * mass(model, text[len(data) :], (*context, token))
    return total


def exact(model: RandomModel, anchored: bool) -> CharacterBridge:
    return CharacterBridge(model, width=10**9, prune=0, resolve=0.02, anchored=anchored)


@pytest.mark.parametrize("kind", KINDS)
def test_tokens_spell_the_text(kind: str) -> None:
    tokenizer = made(kind)
    for text in (*SENTENCES, "  deux", "\n\n\nfin \n", f"vi{END}la"):
        if kind.startswith(("unigram", "letters")) and END in text:
            continue  # no tokens for < and >
        ids = tokenizer.encode(text)
        assert b"".join(tokenizer.token_bytes[i] or b"?" for i in ids).decode() == text
    assert tokenizer.ends == {tokenizer._backend.token_to_id(END)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", "voi", "à !"])
def test_the_bridge_is_the_sum_over_all_sequences_of_tokens(kind: str, text: str) -> None:
    model = RandomModel(made(kind), spice=len(text))
    found = exact(model, anchored=False).characters(text)
    whole = mass(model, text.encode(), model.begin)
    for char in {*"aiv '2\n", *found.probs} - {chr(i) for i in range(128)} | {*"aiv '2\n"}:
        expected = mass(model, (text + char).encode(), model.begin) / whole
        assert found.probs[char] == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert sum(found.probs.values()) + found.end + found.unresolved == pytest.approx(1, abs=1e-9)


ENDINGS = (
    *("", " ", "  ", "\n", "\n\n", " \n", "'", "!", " !", " ! ", "-", ",", ".\n", "..."),
    *("1", "12", "123", "1234", " 1", "a", "à", "e", "i", "l", "s", "le", "là", "la ", "lier"),
    *(" v", " vo", "  vo", "ois", "ois-tu", "\nvo", "\n\nv", "' v", "'h", "t", "est"),
)


def expected_after(texts: dict[str, float], prompt: str) -> dict[str, float]:
    """What follows a prompt in some texts: characters, and "" for the end."""
    found: dict[str, float] = {}
    for text, weight in texts.items():
        if text.startswith(prompt):
            char = text[len(prompt) :][:1]
            found[char] = found.get(char, 0.0) + weight
    total = sum(found.values())
    return {char: weight / total for char, weight in found.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_the_anchored_bridge_is_exact_where_tokens_are_canonical(kind: str) -> None:
    tokenizer = made(kind)
    rng = random.Random(1)
    for sentence in SENTENCES:
        for cut in sorted(rng.sample(range(len(sentence)), 6)):
            texts = {sentence[:cut] + e: 1.0 + len(e) % 3 for e in ENDINGS}
            model = WritingModel(tokenizer, texts)
            for prompt in {sentence[:cut], *(sentence[:cut] + e for e in rng.sample(ENDINGS, 4))}:
                found = exact(model, anchored=True).characters(prompt)
                got = {char: prob for char, prob in found.probs.items() if prob > 1e-12}
                if found.end > 1e-12:
                    got[""] = found.end
                place = prompt[tokenizer.anchor(prompt) :]
                assert got == pytest.approx(expected_after(texts, prompt)), (prompt, place)
