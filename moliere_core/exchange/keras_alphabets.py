"""How the course has numbered characters, and which of these ways a saved model was trained with.

A file that Keras wrote says how many symbols there are, not which. The course's notebook has had
several alphabets: all characters of the text, sorted; since February 2026 those seen three times or
more, sorted, with `<UNK>` after them; and what its readers make of it, `<UNK>` first, or by
frequency as `StringLookup` and `TextVectorization` do. A wrong one of the right size is not found
out by sizes: every character after the first difference is its neighbour. So each is tried on the
text, and the one that predicts best is taken, unless it is no better than chance.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from moliere_core.errors import ModelError
from moliere_core.models.references import surprisal_bits
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.text.vocabulary import Ids, Vocabulary

UNKNOWN_BIAS = -30.0  # of the row added for an unknown symbol: a probability of nothing
THRESHOLDS = (1, 3, 2, 5, 10)  # how often a character is seen; the course's first
UNKNOWN_NAME = "<UNK>"
MARGIN = 0.1  # bits by which a less likely alphabet has to predict better
TRIAL_WINDOWS, TRIAL_CHARS = 16, 200  # of the text, side by side: a fifth of a second a try

_UNKNOWN, _PADDING = "", "pad"  # symbols that stand for no character, hence not of length 1

Order = Literal["sorted", "frequency"]
Special = Literal["none", "unknown-last", "unknown-first", "unknown-sorted", "padding-unknown"]
_ORDERS: dict[Order, str] = {"sorted": "sorted", "frequency": "the most frequent first"}
_SPECIALS: dict[Special, str] = {
    "none": "",
    "unknown-last": "<UNK> last",
    "unknown-first": "<UNK> first",
    "unknown-sorted": "<UNK> sorted among them",
    "padding-unknown": "padding first, then <UNK>",
}


@dataclass(frozen=True)
class Rule:
    """A way of numbering the characters of a text.

    Attributes:
        least: how often a character has to be seen.
        order: in which they are numbered.
        special: where the symbols are that stand for no character.
    """

    least: int
    order: Order
    special: Special

    @property
    def key(self) -> str:
        """What a run's settings keep: "3 sorted unknown-last"."""
        return f"{self.least} {self.order} {self.special}"

    def __str__(self) -> str:
        """For people, in English."""
        seen = (
            "all characters" if self.least == 1 else f"characters seen {self.least} times or more"
        )
        parts = [seen, _ORDERS[self.order], _SPECIALS[self.special]]
        return ", ".join(part for part in parts if part)

    def symbols(self, counts: Mapping[str, int]) -> tuple[str, ...]:
        """The symbols in the order of their indices: characters, `_UNKNOWN` and `_PADDING`."""
        kept = sorted(char for char, count in counts.items() if count >= self.least)
        if self.order == "frequency":
            kept.sort(key=lambda char: -counts[char])
        if self.special == "unknown-sorted":
            place = bisect_left(kept, UNKNOWN_NAME)
            return (*kept[:place], _UNKNOWN, *kept[place:])
        before: dict[Special, tuple[str, ...]] = {
            "unknown-first": (_UNKNOWN,),
            "padding-unknown": (_PADDING, _UNKNOWN),
        }
        after = (_UNKNOWN,) if self.special == "unknown-last" else ()
        return (*before.get(self.special, ()), *kept, *after)


RULES = {
    rule.key: rule
    for rule in (
        Rule(least, order, special)
        for order in _ORDERS
        for special in _SPECIALS
        for least in THRESHOLDS
        # By frequency, the special symbols come first; sorted among others they are characters.
        if order == "sorted" or special in ("none", "unknown-first", "padding-unknown")
    )
}


@dataclass(frozen=True)
class Source:
    """A text that may have given the alphabet; `play` is "" for the whole of it."""

    text: str
    play: str = ""


@dataclass(frozen=True)
class Alphabet:
    """An alphabet of a file, and where it comes from.

    Attributes:
        symbols: by index in the file, see `Rule.symbols`.
        rule: how they were numbered; None where the file itself has its alphabet.
        source: the text that gave them.
    """

    symbols: tuple[str, ...]
    rule: Rule | None
    source: Source

    @property
    def vocabulary(self) -> Vocabulary:
        """Its characters, as this application numbers them: sorted, after the unknown symbol."""
        return Vocabulary(tuple(sorted(s for s in self.symbols if len(s) == 1)))

    def reordered(
        self, weights: Mapping[str, NDArray[np.float32]]
    ) -> dict[str, NDArray[np.float32]]:
        """The weights of a file, numbered as `vocabulary` does."""
        places = {symbol: i for i, symbol in enumerate(self.symbols)}
        chars = [places[char] for char in self.vocabulary.chars]
        return reordered(weights, [places.get(_UNKNOWN, -1), *chars])


def reordered(
    weights: Mapping[str, NDArray[np.float32]], places: Sequence[int]
) -> dict[str, NDArray[np.float32]]:
    """The weights for the symbols at these places; -1 is a new one, which is never predicted."""
    order = np.array(places)
    new = order < 0
    embedding = weights["embedding"][order]
    # In rows again: safetensors writes the memory of an array, in whatever order it is.
    kernel = np.ascontiguousarray(weights["dense.kernel"][:, order])
    bias = weights["dense.bias"][order]
    embedding[new], kernel[:, new], bias[new] = 0, 0, UNKNOWN_BIAS
    return {**weights, "embedding": embedding, "dense.kernel": kernel, "dense.bias": bias}


def carried(
    weights: Mapping[str, NDArray[np.float32]], chars: Sequence[str], text: str
) -> Alphabet | None:
    """The alphabet that a file has itself; None where it does not fit the file, or the text.

    It is believed of a network that was not trained, too; not beside a text of which it has less
    than half of the characters.
    """
    if len(chars) != len(weights["embedding"]) or len(set(chars)) != len(chars):
        return None
    known = sum(map(text.count, chars))
    return Alphabet(tuple(chars), None, Source(text)) if 2 * known >= len(text) else None


def choose(weights: Mapping[str, NDArray[np.float32]], sources: Sequence[Source]) -> Alphabet:
    """The alphabet with which a model predicts best.

    Args:
        weights: of a file, for its own alphabet, see `recurrent`.
        sources: the texts that may have given it, the likeliest first; so are the rules.

    Raises:
        ModelError: no alphabet has as many symbols, or none predicts better than chance.
    """
    size = len(weights["embedding"])
    best, least = None, math.inf
    for alphabet in _candidates(size, sources):
        bits = _trial(alphabet, alphabet.source, weights)
        # On the same text, since one play is easier than another; but the plays that have the same
        # alphabet are told apart by how well they are known.
        known = least
        if best is not None and best.symbols != alphabet.symbols:
            known = _trial(best, alphabet.source, weights)
        if bits < known - (MARGIN if best else 0):
            best, least = alphabet, bits
    whole = sources[0].text
    if best is None:
        raise ModelError(
            "this model has an alphabet of {size} symbols, and this text one of {found}, or of "
            "{frequent} characters seen three times or more: give the very text that it was "
            "trained on",
            size=size,
            found=len(set(whole)),
            frequent=sum(count >= 3 for count in Counter(whole).values()),
        )
    chance = math.log2(max(len(best.vocabulary.chars), 1))
    if not least < chance:
        raise ModelError(
            "this model predicts this text no better than chance ({bits:.2f} bits a character, "
            "and {chance:.2f} without knowing anything), whatever the order of its alphabet: give "
            "the very text that it was trained on",
            bits=float(least),
            chance=chance,
        )
    return best


def _candidates(size: int, sources: Iterable[Source]) -> Iterator[Alphabet]:
    """Every alphabet of that size, once: a play whose alphabet is that of the whole adds none."""
    whole: set[tuple[str, ...]] = set()
    for source in sources:
        counts = Counter(source.text)
        own: set[tuple[str, ...]] = set()
        for rule in RULES.values():
            symbols = rule.symbols(counts)
            if len(symbols) == size and symbols not in whole | own:
                own.add(symbols)
                yield Alphabet(symbols, rule, source)
        if not source.play:
            whole |= own


def _trial(alphabet: Alphabet, source: Source, weights: Mapping[str, NDArray[np.float32]]) -> float:
    """Bits per character on windows spread over a text, each from a zero state."""
    network = RecurrentNetwork(alphabet.reordered(weights))
    ids = _windows(alphabet.vocabulary.encode(source.text))
    if ids.shape[1] < 2:
        return math.inf
    logits, _ = network.run(ids[:, :-1], network.zero_state(len(ids)))
    return float(surprisal_bits(logits, ids[:, 1:]).mean())


def _windows(ids: Ids) -> Ids:
    """Windows of a text, shape (at most `TRIAL_WINDOWS`, at most `TRIAL_CHARS` + 1)."""
    length = min(TRIAL_CHARS + 1, len(ids))
    count = max(1, min(TRIAL_WINDOWS, len(ids) // max(length, 1)))
    starts = np.linspace(0, len(ids) - length, count).astype(int)
    found: Ids = ids[starts[:, None] + np.arange(length)]
    return found
