"""From a model of the next token to a distribution over the next character.

A text has many covers: sequences of tokens whose bytes begin with it, all but the last token
strictly inside it. Its probability is the sum over them, and the next byte's distribution follows:

    P(x) = sum over covers of the product of p(token | tokens before),   p(b | x) = P(x b) / P(x)

(Vieira et al. 2025, "From Language Models over Tokens to Language Models over Characters"; Phan et
al. 2024, "Exact Byte-Level Probabilities from Tokenized Language Models"). Here the sum is over a
beam: a hypothesis is the tokens that are complete, the first bytes of one that is not, and a
weight. Reading a byte extends the unfinished token of each and, where a token ends there, adds a
hypothesis that goes on with the next. Only the K heaviest stay.

The covers of a long text differ mostly at its end, so that the beam begins at an anchor: the
canonical tokens up to the start of the last piece that the tokeniser cuts before it looks for
tokens, a word as a rule, or of some words where it cuts none (see `Tokenizer.anchor`). It depends
on the text alone, not on how it was typed: the same text always has the same bars.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from moliere_core.pretrained.tokens import Probs, TokenVocabulary

WIDTH = 8  # hypotheses kept
PRUNE = 1e-3  # share of the mass below which one is dropped
WIDER = 4  # times as many, where all were dropped: once, since each can cost a token
PRUNE_LESS = 1e-3  # times the share, then
RESOLVE = 1e-3  # probability from which the first byte of a character is followed to its end
MEMORY = 256  # positions remembered, and tokens' distributions a quarter of that
AHEAD = 32  # tokens after the anchor that are read with a new text
LEAD_BYTES = range(0xC2, 0xF5)  # of the characters outside ASCII, in UTF-8
LATIN = b"\xc3"  # the one of à, ç, é and the like: a token by itself where one is cut in two
Floats = NDArray[np.float64]


class TokenModel(Protocol):
    """What a beam asks of a model of the next token.

    Attributes:
        vocabulary: its tokens.
        begin: ids that every context begins with, at least one.
        context: tokens that it reads at most.
    """

    vocabulary: TokenVocabulary
    begin: tuple[int, ...]
    context: int

    def encode(self, text: str) -> list[int]:
        """The canonical tokens of `text`, without any that the tokeniser would add."""

    def anchor(self, text: str) -> tuple[int, int]:
        """Where a beam begins, and to where tokens are certain: see `Tokenizer.anchor`."""

    def probs(self, contexts: Sequence[tuple[int, ...]], last: int = 1) -> Sequence[Probs]:
        """Probabilities of the tokens that follow the `last` longest beginnings of each context.

        The shortest of them first, the context itself last: a context's shape (last, vocab_size).
        """


@dataclass(frozen=True)
class Hypothesis:
    """One way of having read the text.

    Attributes:
        context: the complete tokens.
        low: first of the sorted tokens that the unfinished one can be.
        high: the one after the last.
        depth: bytes read of it; with 0 there is none, and the whole vocabulary is possible.
        weight: probability of the complete tokens, relative to the heaviest hypothesis at first.
        mass: weight times the probability of the tokens that the unfinished one can be.
    """

    context: tuple[int, ...]
    low: int
    high: int
    depth: int
    weight: float
    mass: float


@dataclass(frozen=True)
class Beam:
    """The hypotheses after some bytes, whose masses sum to 1, and log P of those bytes."""

    hypotheses: tuple[Hypothesis, ...]
    log_prob: float = 0.0


@dataclass(frozen=True)
class NextBytes:
    """Distribution of the next byte, shape (256,), and of the end of the text."""

    probs: Floats
    end: float


@dataclass(frozen=True)
class Characters:
    """Distribution of the next character.

    Attributes:
        probs: of each character that was followed to its last byte.
        end: of the end of the text.
        unresolved: of the characters that were not, and of bytes that begin none.
    """

    probs: dict[str, float]
    end: float
    unresolved: float


class Path:
    """The canonical tokens that are certain: their hypothesis is never dropped.

    It can have little mass at first and the most a few words later, for the model was trained on
    texts in canonical tokens.

    Args:
        anchor: the tokens before the beam.
        certain: those after.
        vocabulary: of the model.
    """

    def __init__(
        self, anchor: tuple[int, ...], certain: tuple[int, ...], vocabulary: TokenVocabulary
    ) -> None:
        self.anchor, self.certain = anchor, certain
        sizes = [len(vocabulary.tokens[i]) for i in certain]
        self._stops = list(accumulate(sizes))  # bytes after the anchor

    def until(self, size: int) -> tuple[tuple[int, ...], int]:
        """What decides over the beam after `size` bytes: tokens, and how many are the anchor's."""
        return (*self.anchor, *self.certain[: self._read(size)]), len(self.anchor)

    def contexts(self, size: int) -> list[tuple[int, ...]]:
        """The context on this path after `size` bytes; [] where no token is certain."""
        return [(*self.anchor, *self.certain[: self._read(size)])] if self.certain else []

    def _read(self, size: int) -> int:
        """How many tokens end within `size` bytes."""
        return bisect_right(self._stops, size)


class CharacterBeam:
    """The next character of any text, from a model of the next token.

    Args:
        model: of the next token.
        width: hypotheses kept; with a width beyond their number and `prune` 0 the result is exact
            from the anchor on.
        prune: share of the mass below which a hypothesis is dropped.
        resolve: probability from which the first bytes of a character are followed.
        anchored: begin at the last word; otherwise at the beginning of the text.
    """

    def __init__(
        self,
        model: TokenModel,
        width: int = WIDTH,
        prune: float = PRUNE,
        resolve: float = RESOLVE,
        anchored: bool = True,
    ) -> None:
        self.model = model
        self.width, self.prune, self.resolve, self.anchored = width, prune, resolve, anchored
        self._probs: OrderedDict[tuple[int, ...], tuple[Floats, float]] = OrderedDict()
        self._raw: OrderedDict[tuple[int, ...], Probs] = OrderedDict()  # that may come in useful
        tokens = model.vocabulary.tokens
        self._latin = (tokens.index(LATIN),) if LATIN in tokens else ()
        self._beams: OrderedDict[tuple[tuple[tuple[int, ...], int], bytes, int], Beam] = (
            OrderedDict()
        )

    def characters(self, text: str) -> Characters:
        """The distribution of the character after `text`."""
        return self.after(self.read(text))

    def read(self, text: str) -> Beam:
        """The beam after `text`."""
        cut, certain = self.model.anchor(text) if self.anchored else (0, 0)
        anchor = (*self.model.begin, *self.model.encode(text[:cut]))
        tail, rest = self.model.encode(text[cut:]), text[cut:].encode()
        path = Path(anchor, tuple(self.model.encode(text[cut:certain])), self.model.vocabulary)
        if anchor not in self._probs and anchor not in self._raw:
            # With the likeliest way to read the word: the others branch off from it.
            self._learn([(*anchor, *tail[:AHEAD])], 1 + len(tail[:AHEAD]))
        doubt = 2 if path.certain else 1  # of several words: their covers part before they meet
        for width, prune in (
            (self.width * doubt, self.prune / doubt**2),
            (self.width * WIDER, self.prune * PRUNE_LESS),
        ):
            beam = self._follow(path, rest, width, prune)
            if beam is not None:
                return beam
        # No cover was heavy enough to be followed, as in a heap of random letters: the canonical
        # one stands for all, which is nearly as good and costs a token or two.
        return self.start((*anchor, *tail))

    def start(self, context: tuple[int, ...]) -> Beam:
        """A beam of one hypothesis, at the end of these tokens."""
        return Beam((self._whole(context, 1.0),))

    def push(
        self,
        beam: Beam,
        byte: int,
        width: int | None = None,
        prune: float | None = None,
        stays: Collection[tuple[int, ...]] = (),
    ) -> Beam | None:
        """The beam after one more byte; None if no hypothesis goes on with it.

        Args:
            beam: before it.
            byte: that is read.
            width: hypotheses kept; None for `self.width`.
            prune: share of the mass below which one is dropped; None for `self.prune`.
            stays: contexts whose hypotheses are kept whatever their mass.
        """
        found: list[Hypothesis] = []
        vocabulary = self.model.vocabulary
        children = [(h, *vocabulary.child(h.low, h.high, h.depth, byte)) for h in beam.hypotheses]
        children = [child for child in children if child[1] < child[3]]
        self._learn(dict.fromkeys(h.context for h, *_ in children), guessing=False)
        for h, first, longer, end in children:
            probs, _ = self._sorted_probs(h.context)
            if longer < end:
                mass = h.weight * float(probs[longer:end].sum())
                found.append(Hypothesis(h.context, longer, end, h.depth + 1, h.weight, mass))
            for at in range(first, longer):
                token = int(vocabulary.order[at])
                found.append(self._whole((*h.context, token), h.weight * float(probs[at])))
        total = sum(h.mass for h in found)
        if not total > 0:
            return None
        floor = total * (self.prune if prune is None else prune)
        kept = [h for h in found if h.mass > 0 and h.mass >= floor]
        kept = sorted(kept, key=lambda h: -h.mass)[: width or self.width]
        kept += [h for h in found if h.context in stays and h.mass > 0 and h not in kept]
        if not kept:
            return None
        mass = sum(h.mass for h in kept)
        scaled = [replace(h, weight=h.weight / mass, mass=h.mass / mass) for h in kept]
        # What was dropped is lost to the probability of the text, which is then a lower bound.
        return Beam(tuple(scaled), beam.log_prob + float(np.log(mass)))

    def next_bytes(self, beam: Beam) -> NextBytes:
        """The distribution of the next byte."""
        totals, end = np.zeros(256), 0.0
        self._learn(dict.fromkeys(h.context for h in beam.hypotheses))
        for h in beam.hypotheses:
            probs, end_prob = self._sorted_probs(h.context)
            values, starts = self.model.vocabulary.children(h.low, h.high, h.depth)
            sums = np.add.reduceat(probs[: h.high], starts)
            totals[values] += h.weight * sums
            if not h.depth:
                end += h.weight * end_prob
        total = float(totals.sum()) + end
        return NextBytes(totals / total, end / total)

    def after(self, beam: Beam) -> Characters:
        """The distribution of the next character: bytes followed depth first."""
        following = self.next_bytes(beam)
        probs = {chr(byte): float(following.probs[byte]) for byte in range(128)}
        unresolved = float(following.probs[128:].sum())
        for char, prob in self._longer(beam, following, b"", 1.0):
            probs[char] = prob
            unresolved -= prob
        return Characters(probs, following.end, max(unresolved, 0.0))

    def _longer(
        self, beam: Beam, following: NextBytes, begun: bytes, prob: float
    ) -> list[tuple[str, float]]:
        """The characters outside ASCII that begin with `begun`, whose probability is `prob`."""
        found: list[tuple[str, float]] = []
        for byte in range(0x80, 0xC0) if begun else LEAD_BYTES:
            reached = prob * float(following.probs[byte])
            if not reached:
                continue
            data = begun + bytes([byte])
            char = _decoded(data)
            if char:
                found.append((char, reached))
            elif reached >= self.resolve and len(data) < 4:
                pushed = self.push(beam, byte)
                if pushed is not None:
                    found += self._longer(pushed, self.next_bytes(pushed), data, reached)
        return found

    def _whole(self, context: tuple[int, ...], weight: float) -> Hypothesis:
        return Hypothesis(context, 0, len(self.model.vocabulary.order), 0, weight, weight)

    def _follow(self, path: Path, rest: bytes, width: int, prune: float) -> Beam | None:
        """The beam after the bytes behind the path's anchor; None where all are too light."""
        known, beam = 0, self.start(path.anchor)
        for size in range(len(rest), 0, -1):
            key = (path.until(size), rest[:size], width)
            remembered = self._beams.get(key)
            if remembered is not None:
                self._beams.move_to_end(key)
                known, beam = size, remembered
                break
        for at in range(known, len(rest)):
            stays = path.contexts(at + 1)
            pushed = self.push(beam, rest[at], width, prune, stays)
            if pushed is None:
                return None
            beam = self._beams[path.until(at + 1), rest[: at + 1], width] = pushed
            if len(self._beams) > MEMORY:
                self._beams.popitem(last=False)
        return beam

    def _learn(
        self, contexts: Iterable[tuple[int, ...]], last: int = 1, guessing: bool = True
    ) -> None:
        """Ask the model for the distributions after contexts that are not remembered.

        Args:
            contexts: whose distributions are wanted.
            last: how many of the longest beginnings of each are asked for, itself included.
            guessing: ask also for what follows the first byte of an é: it is nearly always wanted
                next, and a model reads a few tokens in the time of one.
        """
        missing = [c for c in contexts if c not in self._probs and c not in self._raw]
        if not missing:
            return
        longest = max(map(len, missing))
        guess = self._latin if guessing and longest < self.model.context else ()
        reads = [(*context, *guess) for context in missing]
        for read, rows in zip(reads, self.model.probs(reads, last + len(guess)), strict=True):
            for size, row in enumerate(rows, len(read) - len(rows) + 1):
                self._raw[read[:size]] = row
        while len(self._raw) > max(MEMORY // 4, len(reads) * (last + 1)):
            self._raw.popitem(last=False)

    def _sorted_probs(self, context: tuple[int, ...]) -> tuple[Floats, float]:
        """Probabilities of the tokens in the vocabulary's order, float64, and of an end.

        They sum to 1 over the tokens that write something or end the text.
        """
        known = self._probs.get(context)
        if known is None:
            vocabulary = self.model.vocabulary
            self._learn([context])
            probs = np.asarray(self._raw.pop(context), np.float64)
            written, end = probs[vocabulary.order], float(probs[vocabulary.ends].sum())
            total = float(written.sum()) + end
            known = self._probs[context] = written / total, end / total
            if len(self._probs) > MEMORY // 4:
                self._probs.popitem(last=False)
        else:
            self._probs.move_to_end(context)
        return known


def over_alphabet(
    characters: Characters, alphabet: Sequence[str]
) -> tuple[Floats, float, list[tuple[str, float]]]:
    """The distribution over an alphabet, and what falls outside it.

    Returns:
        Probabilities in the alphabet's order, shape (len(alphabet),); the sum of those outside;
        and the characters outside, most probable first.
    """
    inside = set(alphabet)
    outside = [(c, p) for c, p in characters.probs.items() if c not in inside and p > 0]
    outside.sort(key=lambda pair: (-pair[1], pair[0]))
    probs = np.array([characters.probs.get(char, 0.0) for char in alphabet])
    return probs, sum((p for _, p in outside), 0.0), outside


def _decoded(data: bytes) -> str:
    """The character that `data` is, "" if it is not whole or none."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return ""
