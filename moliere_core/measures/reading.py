"""Reading a text: how surprised a model is by each character, and what it expected instead.

Ranks shown as colours are GLTR's idea (Gehrmann, Strobelt and Rush 2019), here for characters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moliere_core.errors import CorpusError
from moliere_core.models.protocol import UNKNOWN_BITS, CharModel
from moliere_core.networks.arrays import Array, log_softmax
from moliere_core.system.progress import Progress
from moliere_core.text import verse
from moliere_core.text.normalise import normalise
from moliere_core.text.vocabulary import UNKNOWN, Ids

ALTERNATIVES = 5
CHUNK = 32  # characters between two reports of progress


@dataclass(frozen=True)
class Reading:
    """A text as a model sees it, one entry a character of the normalised text.

    Attributes:
        text: the normalised text.
        bits: surprisal, -log2 p; what an unknown character costs is `UNKNOWN_BITS`.
        ranks: 1 where the character was the most probable; 0 for an unknown one.
        entropy: of the distribution before it, in bits.
        top: the `ALTERNATIVES` most probable characters, shape (chars, ALTERNATIVES).
        top_probs: their probabilities, same shape.
    """

    text: str
    bits: NDArray[np.float64]
    ranks: Ids
    entropy: Array
    top: Ids
    top_probs: Array

    @property
    def bits_per_char(self) -> float:
        """Mean surprisal."""
        return float(self.bits.mean())


def read(model: CharModel, text: str, progress: Progress | None = None) -> Reading:
    """Read `text` after a line break, each character given all those before it.

    Raises:
        CorpusError: the text is empty.
    """
    text = normalise(text)
    if not text:
        raise CorpusError("the text to read is empty: give at least one character")
    ids = model.vocabulary.encode(text)
    logits, state = model.start([""])
    parts = []
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        rows = np.empty((len(chunk), logits.shape[-1]), np.float32)
        for place, char in enumerate(chunk):
            rows[place] = logits[0]
            logits, state = model.step(np.array([char], np.int32), state)
        parts.append(_seen(rows, chunk))
        if progress is not None:
            progress(min(1.0, (start + CHUNK) / len(ids)))
    bits, ranks, entropy, top, top_probs = (np.concatenate(p) for p in zip(*parts, strict=True))
    return Reading(text, bits, ranks, entropy, top, top_probs)


def _seen(logits: Array, ids: Ids) -> tuple[NDArray[np.generic], ...]:
    """The fields of a `Reading` for logits of shape (chars, vocab_size) and what came."""
    log_probs = log_softmax(logits[:, 1:])  # the unknown symbol is never drawn
    known = ids != UNKNOWN
    chosen = np.where(known, ids - 1, 0)[:, None]
    mine = np.take_along_axis(log_probs, chosen, axis=-1)
    bits = np.where(known, -mine[:, 0] / np.log(2), UNKNOWN_BITS).astype(np.float64)
    ranks = np.where(known, 1 + (log_probs > mine).sum(axis=-1), 0).astype(np.int32)
    probs = np.exp(log_probs)
    entropy = -(probs * log_probs).sum(axis=-1) / np.float32(np.log(2))
    top = np.argsort(-log_probs, axis=-1, kind="stable")[:, :ALTERNATIVES]
    return bits, ranks, entropy, (top + 1).astype(np.int32), np.take_along_axis(probs, top, axis=-1)


@dataclass(frozen=True)
class Line:
    """A line of a text that was read: `text[start:stop]`, its line break included.

    Attributes:
        bits_per_char: mean surprisal of its characters.
        verse: whether it looks like a line of verse, see `verse.look_like_verse`.
    """

    start: int
    stop: int
    bits_per_char: float
    verse: bool


def lines(reading: Reading) -> list[Line]:
    """The lines of a text, with their mean surprisal; empty ones are left out."""
    return [
        Line(f.start, f.stop, float(reading.bits[f.start : f.stop].mean()), f.verse)
        for f in verse.lines(reading.text)
    ]


@dataclass(frozen=True)
class Mistake:
    """A character that a model expected with confidence, and that did not come.

    Attributes:
        at: its place in the text.
        expected: what the model expected.
        prob: with which probability.
        came: what came instead.
    """

    at: int
    expected: str
    prob: float
    came: str


def confident_mistakes(model: CharModel, reading: Reading, least: float = 0.5) -> list[Mistake]:
    """Where the most probable character, at `least` so probable, did not come; surest first."""
    wrong = np.flatnonzero((reading.ranks != 1) & (reading.top_probs[:, 0] >= least))
    order = wrong[np.argsort(-reading.top_probs[wrong, 0], kind="stable")]
    return [
        Mistake(
            int(at),
            model.vocabulary.decode(reading.top[at, :1]),
            float(reading.top_probs[at, 0]),
            reading.text[at],
        )
        for at in order
    ]


@dataclass(frozen=True)
class Completion:
    """How sure a model is of the rest of a word, as its letters are given one by one.

    Attributes:
        word: the normalised word.
        probs: of the whole rest after 0, 1, ... characters of it, shape (chars,).
        next_probs: of the next character alone, same shape.
    """

    word: str
    probs: NDArray[np.float64]
    next_probs: NDArray[np.float64]

    def sure_after(self, least: float = 0.5) -> int | None:
        """How many characters it takes until the rest has this probability for good, or None."""
        low = np.flatnonzero(self.probs < least)
        first = int(low[-1]) + 1 if len(low) else 0
        return first if first < len(self.probs) else None


def completion(
    model: CharModel, before: str, word: str, progress: Progress | None = None
) -> Completion:
    """The probability of the rest of `word` after `before` and each of its beginnings.

    By the chain rule it is the product of the probabilities of the characters still to come.

    Raises:
        CorpusError: the word is empty.
    """
    before, word = normalise(before), normalise(word)
    if not word:
        raise CorpusError("the word is empty: give at least one character")
    bits = read(model, before + word, progress).bits[len(before) :]
    return Completion(word, 2.0 ** -np.cumsum(bits[::-1])[::-1], 2.0**-bits)
