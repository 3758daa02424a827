"""How the course has numbered characters, and which of these ways a saved model was trained with.

A file that Keras wrote says how many symbols there are, not which. The course's notebook has had
several alphabets: all characters of the text, sorted; since February 2026 those seen three times or
more, sorted, with `<UNK>` after them; and what its readers make of it, `<UNK>` first, by frequency
as `Counter.most_common` and `StringLookup` do, or as they are met. A wrong one of the right size is
not found out by sizes: every character after the first difference is its neighbour. So each is
tried on the text, and the one that predicts best is taken, unless it is no better than chance, or
the model expects other letters most than those that the text has most.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from moliere_core.errors import ModelError
from moliere_core.models.protocol import CONTEXT_START
from moliere_core.models.references import surprisal_bits
from moliere_core.networks.arrays import log_sum_exp
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.text.vocabulary import Ids, Vocabulary

UNKNOWN_BIAS = -30.0  # of the row added for an unknown symbol: a probability of nothing
THRESHOLDS = (1, 3, 2, 5, 10)  # how often a character is seen; the course's first
UNKNOWN_NAME = "<UNK>"
MARGIN = 0.1  # bits by which a less likely alphabet has to predict better
TRIAL_WINDOWS, TRIAL_CHARS = 16, 200  # of the text, side by side: a fifth of a second a try
MOVED_WINDOWS, MOVED_CHARS = 32, 40  # read before characters by which two alphabets differ
MOVED_MARGIN = 0.5  # bits of such a character by which it has to predict better
SHUFFLED = 0.5  # bits a character that the same letters would save in another order: not its own

_UNKNOWN, _PADDING = "", "pad"  # symbols that stand for no character, hence not of length 1

Order = Literal["sorted", "frequency", "frequency-met", "frequency-reversed", "met"]
Special = Literal["none", "unknown-last", "unknown-first", "unknown-sorted", "padding-unknown"]
_ORDERS: dict[Order, str] = {
    "sorted": "sorted",
    "frequency-met": "the most frequent first",  # those seen as often as they are met: `Counter`
    "frequency-reversed": "the most frequent first (as StringLookup has them)",  # from Z to A
    "frequency": "the most frequent first, then sorted",
    "met": "as they are met",
}
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
        """The symbols in the order of their indices: characters, `_UNKNOWN` and `_PADDING`.

        Args:
            counts: how often each character is seen, in the order in which they are met.
        """
        kept = [char for char, count in counts.items() if count >= self.least]
        if self.order in ("sorted", "frequency", "frequency-reversed"):
            kept.sort(reverse=self.order == "frequency-reversed")
        if self.order.startswith("frequency"):
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
        # Only sorted can a special symbol stand among the characters.
        if order == "sorted" or special != "unknown-sorted"
    )
}

_LIKELY = tuple(rule for rule in RULES.values() if rule.order in ("sorted", "frequency-met"))
_OTHERS = tuple(rule for rule in RULES.values() if rule.order not in ("sorted", "frequency-met"))


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
        ModelError: no alphabet has as many symbols, or none predicts better than chance; or the
            letters that the model expects are in another order than the best of them.
    """
    size = len(weights["embedding"])

    @cache
    def bits(alphabet: Alphabet, source: Source) -> float:
        return _trial(alphabet, source, weights)

    def better(one: Alphabet, other: Alphabet) -> bool:
        if one.symbols == other.symbols:  # of two plays: the one that is known better, or likelier
            gained = bits(other, other.source) - bits(one, one.source)
            return gained > MARGIN or (gained > -MARGIN and _rank(one) < _rank(other))
        gained = bits(other, one.source) - bits(one, one.source)  # on one text: some are easier
        return gained > MARGIN or (gained > -MARGIN and _knows_the_moved(one, other, weights))

    def best_of(sources: Sequence[Source], rules: Sequence[Rule], best: Alphabet) -> Alphabet:
        for alphabet in _candidates(size, sources, rules):
            best = alphabet if better(alphabet, best) else best
        return best

    def credible(alphabet: Alphabet) -> bool:
        return bits(alphabet, alphabet.source) < _chance(alphabet) and _in_order(alphabet, weights)

    best = next(_candidates(size, sources, [*_LIKELY, *_OTHERS]), None)
    if best is None:
        whole = sources[0].text
        raise ModelError(
            "this model has an alphabet of {size} symbols, and this text one of {found}, or of "
            "{frequent} characters seen three times or more: give the very text that it was "
            "trained on",
            size=size,
            found=len(set(whole)),
            frequent=sum(count >= 3 for count in Counter(whole).values()),
        )
    best = best_of(sources, _LIKELY, best)
    best = best_of([best.source] if credible(best) else sources, _OTHERS, best)
    if not bits(best, best.source) < _chance(best):
        raise ModelError(
            "this model predicts this text no better than chance ({bits:.2f} bits a character, "
            "and {chance:.2f} without knowing anything), whatever the order of its alphabet: give "
            "the very text that it was trained on",
            bits=bits(best, best.source),
            chance=_chance(best),
        )
    if not _in_order(best, weights):
        raise ModelError(
            "this model numbers its characters in an order that no notebook of the course has had "
            "({bits:.2f} bits a character in the best of them): train it with "
            "sorted(set(text)), or give the very text that it was trained on",
            bits=bits(best, best.source),
        )
    return best


def _candidates(size: int, sources: Iterable[Source], rules: Sequence[Rule]) -> Iterator[Alphabet]:
    """Every alphabet of that size, once: a play whose alphabet is that of the whole adds none."""
    whole: set[tuple[str, ...]] = set()
    for source in sources:
        counts = Counter(source.text)
        own: set[tuple[str, ...]] = set()
        for rule in rules:
            symbols = rule.symbols(counts)
            if len(symbols) == size and symbols not in whole | own:
                own.add(symbols)
                yield Alphabet(symbols, rule, source)
        if not source.play:
            whole |= own


def _rank(alphabet: Alphabet) -> int:
    """The place of its rule among all of them, the likeliest first."""
    return list(RULES.values()).index(alphabet.rule) if alphabet.rule else -1


def _chance(alphabet: Alphabet) -> float:
    """Bits per character of who knows nothing but the alphabet."""
    return math.log2(max(len(alphabet.vocabulary.chars), 1))


def _trial(alphabet: Alphabet, source: Source, weights: Mapping[str, NDArray[np.float32]]) -> float:
    """Bits per character on windows spread over a text, each from a zero state."""
    ids = _windows(alphabet.vocabulary.encode(source.text))
    if ids.shape[1] < 2:
        return math.inf
    return float(surprisal_bits(_read(alphabet, weights, ids[:, :-1]), ids[:, 1:]).mean())


def _knows_the_moved(
    one: Alphabet, other: Alphabet, weights: Mapping[str, NDArray[np.float32]]
) -> bool:
    """Whether an alphabet foretells better the characters that another has at another place.

    They may be too rare for a mean over the text to tell: those after a character that is seen
    twice, or those that are seen equally often in an order by frequency.
    """
    places = {symbol: place for place, symbol in enumerate(other.symbols)}
    moved = [s for i, s in enumerate(one.symbols) if len(s) == 1 and places.get(s, i) != i]
    text = one.source.text
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    found = np.flatnonzero(np.isin(codes, list(map(ord, moved))))
    if not len(found):
        return False
    before = CONTEXT_START * MOVED_CHARS + text
    spread = np.linspace(0, len(found) - 1, min(len(found), MOVED_WINDOWS)).astype(int)
    rows = [before[found[i] : found[i] + MOVED_CHARS + 1] for i in spread]

    def bits(tried: Alphabet) -> float:
        ids = np.stack([tried.vocabulary.encode(row) for row in rows])
        logits = _read(tried, weights, ids[:, :-1])[:, -1]
        return float(surprisal_bits(logits, ids[:, -1]).mean())

    return bits(one) < bits(other) - MOVED_MARGIN


def _in_order(alphabet: Alphabet, weights: Mapping[str, NDArray[np.float32]]) -> bool:
    """Whether the letters that a model expects most are those that the text has most.

    What a network expects in the mean are the frequencies of its text, which it learns first. Put
    in the order of those of this text they cost the least (by the rearrangement inequality).
    """
    vocabulary, text = alphabet.vocabulary, alphabet.source.text
    counts = np.array([text.count(char) for char in vocabulary.chars], float)
    logits = _read(alphabet, weights, _windows(vocabulary.encode(text)))[..., 1:]
    chances = np.exp(logits - log_sum_exp(logits)[..., None]).mean((0, 1)) + 1e-9
    lost = (np.sort(np.log2(chances)) * np.sort(counts)).sum() - (np.log2(chances) * counts).sum()
    return bool(lost <= SHUFFLED * counts.sum())


def _read(
    alphabet: Alphabet, weights: Mapping[str, NDArray[np.float32]], ids: Ids
) -> NDArray[np.float32]:
    """Logits after each symbol of these rows, from a zero state."""
    with np.errstate(over="ignore", invalid="ignore"):  # of large weights
        network = RecurrentNetwork(alphabet.reordered(weights))
        logits, _ = network.run(ids, network.zero_state(len(ids)))
    if not np.isfinite(logits).all():
        raise ModelError(
            "this model has weights so large that nothing can be computed with them: train it again"
        )
    return logits


def _windows(ids: Ids) -> Ids:
    """Windows of a text, shape (at most `TRIAL_WINDOWS`, at most `TRIAL_CHARS` + 1)."""
    length = min(TRIAL_CHARS + 1, len(ids))
    count = max(1, min(TRIAL_WINDOWS, len(ids) // max(length, 1)))
    starts = np.linspace(0, len(ids) - length, count).astype(int)
    found: Ids = ids[starts[:, None] + np.arange(length)]
    return found
