"""Heads named by what they measurably do, over many texts and again over others.

A head shares its look among the places before it. Some share it in a way that has a simple name:
most of it for the place before (Clark et al. 2019; Voita et al. 2019), for what followed the same
symbol earlier on (the induction heads of Olsson et al. 2022), or for the very first place, where
heads rest that have found nothing (the attention sinks of Xiao et al. 2024).

Each name stands for a set of places S(q) at each place q of a text, see `PATTERNS`. A head's
*share* is the mean, over the places where that set is not empty, of the attention that goes to it;
*chance* is what an even look at all that is visible would give, the mean of |S(q)| / (q + 1). How
far the share is from chance to certainty is its *skill*: (share - chance) / (1 - chance), 0 for an
even look and 1 for one that goes nowhere else. A head has the name of its highest skill if that is
at least `LEAST_SKILL`, its share at least `LEAST_LIFT` times chance, on the other texts too, and
its skill at least `LEAST_LEAD` times the next name's. `nearby` is no rival of a more exact name:
the beginning of a word, or of a line, is mostly near. Of the heads without a name, the ones that
look at nearly all places alike are called `EVERYWHERE`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate, product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moliere_core.errors import ModelError
from moliere_core.inspection import stored, transformer_trace
from moliere_core.inspection.transformer_trace import weights_digest
from moliere_core.models.networks import TransformerModel
from moliere_core.networks.arrays import Array
from moliere_core.networks.transformer import Ids, TransformerNetwork
from moliere_core.system.progress import Progress

HEADS = "heads.json"
LEAST_SKILL = 0.1  # of a head that has a name: a tenth of the way from chance to certainty
LEAST_LIFT = 3.0  # its share, in times of chance
LEAST_LEAD = 1.5  # its skill, in times of the name that fits next best
EVERYWHERE = "everywhere"
LEAST_SPREAD = 0.7  # places that a head looks at alike, of those visible, to be called so
NEAR = 8  # the farthest place before that is nearby
_LETTER = r"(?:[^\W\d_]|\ufffd)"  # a token may hold half a letter
_WORD = re.compile(_LETTER + "+")

Places = NDArray[np.bool_]


# Where a head might look: sets of places, each (time, time), a row a place that looks


def itself(symbols: Sequence[str]) -> Places:
    """The place itself."""
    return np.eye(len(symbols), dtype=bool)


def previous(symbols: Sequence[str]) -> Places:
    """The place just before."""
    return np.eye(len(symbols), k=-1, dtype=bool)


def nearby(symbols: Sequence[str]) -> Places:
    """From two to `NEAR` places before."""
    ones = np.ones((len(symbols), len(symbols)), bool)
    return np.tril(ones, -2) & ~np.tril(ones, -NEAR - 1)


def first(symbols: Sequence[str]) -> Places:
    """The very first place of all that is visible, from the third place on."""
    places = np.zeros((len(symbols), len(symbols)), bool)
    places[2:, :1] = True
    return places


def word_start(symbols: Sequence[str]) -> Places:
    """Inside a word: the symbol that holds its first letter, and the one before where it is a gap.

    A network of characters may mark a word's beginning at either: the space or the first letter.
    """
    text, starts = "".join(symbols), _starts(symbols)
    begins = np.full(len(text), -1)
    for match in _WORD.finditer(text):
        begins[match.start() : match.end()] = match.start()
    return _marks(symbols, starts, begins)


def line_start(symbols: Sequence[str]) -> Places:
    """The first symbol of the line, and the line break before it."""
    text, starts = "".join(symbols), _starts(symbols)
    breaks = np.array([i + 1 if char == "\n" else 0 for i, char in enumerate(text)], np.int64)
    # A line break belongs to the line that it ends.
    begins = np.concatenate([[0], np.maximum.accumulate(breaks)[:-1]])[: len(text)]
    begins = np.where(begins == 0, -1, begins)  # nobody knows where the first line began
    return _marks(symbols, starts, begins)


def same_before(symbols: Sequence[str]) -> Places:
    """Earlier places of the same symbol (a duplicate-token head of Wang et al. 2023)."""
    return _far(_same(symbols))


def after_same(symbols: Sequence[str]) -> Places:
    """The places that followed earlier ones of the same symbol (induction heads)."""
    followed = np.zeros((len(symbols), len(symbols)), bool)
    followed[:, 1:] = np.tril(_same(symbols), -1)[:, :-1]
    return _far(followed)


PATTERNS = {
    "previous": previous,
    "nearby": nearby,
    "word_start": word_start,
    "line_start": line_start,
    "after_same": after_same,
    "same_before": same_before,
    "first": first,
    "itself": itself,
}


def _same(symbols: Sequence[str]) -> Places:
    _, numbers = np.unique(np.array(symbols, object).astype(str), return_inverse=True)
    return np.equal.outer(numbers, numbers)


def _far(places: Places) -> Places:
    """Without the place itself, the one before and the first: those are other names'."""
    places = np.tril(places, -2)
    places[:, 0] = False
    return places


def _starts(symbols: Sequence[str]) -> NDArray[np.int64]:
    """Where each symbol begins in the text."""
    return np.array([0, *accumulate(map(len, symbols))], np.int64)[:-1]


def _marks(symbols: Sequence[str], starts: Ids, begins: NDArray[np.int64]) -> Places:
    """Of each symbol, the one that holds the character where its span begins, and a gap before.

    Args:
        symbols: of the text.
        starts: where each begins.
        begins: of each character, where what it belongs to begins; -1 for nothing.
    """
    places = np.zeros((len(symbols), len(symbols)), bool)
    for q, symbol in enumerate(symbols):
        if not symbol or (begin := int(begins[starts[q] + len(symbol) - 1])) < 0:
            continue
        mark = int(starts.searchsorted(begin, "right")) - 1
        places[q, mark] = True
        if starts[mark] == begin and mark:  # the gap is a symbol of its own
            places[q, mark - 1] = True
    return _far(places)


# Measuring


@dataclass(frozen=True)
class Measured:
    """How much of a head's look goes to one kind of place.

    Attributes:
        share: of its attention, where there are such places.
        chance: what an even look would give there.
    """

    share: float
    chance: float

    @property
    def skill(self) -> float:
        """How far from chance to certainty: 0 for an even look, 1 for one that goes nowhere else.

        Below 0 where such places are looked at less than others.
        """
        return (self.share - self.chance) / (1 - self.chance) if self.chance < 1 else 0.0

    @property
    def lift(self) -> float:
        """The share in times of chance; 0 where there are no such places."""
        return self.share / self.chance if self.chance else 0.0


@dataclass(frozen=True)
class Head:
    """What was measured of one head.

    Attributes:
        layer: from 0.
        head: within the layer, from 0.
        name: of `PATTERNS`, or `EVERYWHERE`; "" where none fits.
        found: of each pattern, over the texts on which the head was named.
        checked: the same over other texts, which had no part in the naming but a veto.
        spread: the places that it looks at, of those visible: exp(entropy) / visible, 1 for an
            even look; the mean over all places of the first texts.
        spread_checked: the same over the others.
    """

    layer: int
    head: int
    name: str
    found: Mapping[str, Measured]
    checked: Mapping[str, Measured]
    spread: float
    spread_checked: float

    @property
    def best(self) -> str:
        """The pattern of its name; of one without, the one that it is best at on the others."""
        if self.name in self.checked:
            return self.name
        return max(self.checked, key=lambda name: self.checked[name].skill)


@dataclass(frozen=True)
class HeadTable:
    """All heads of a network, and what they were measured on.

    Attributes:
        heads: a layer's one after the other.
        found_on: symbols of the texts on which heads were named.
        checked_on: of those on which they were measured again.
        corpus: name of the corpus.
        plays: of it, on which they were measured again; none where it was the end of one text.
        weights: what tells the weights looked at from all others, as whoever asked has it:
            `transformer_trace.weights_digest`, or `catalogue.identity` of a model of the hub.
    """

    heads: tuple[Head, ...]
    found_on: int
    checked_on: int
    corpus: str
    plays: tuple[str, ...]
    weights: str

    def head(self, layer: int, head: int) -> Head:
        """One of them; KeyError where there is none."""
        for found in self.heads:
            if (found.layer, found.head) == (layer, head):
                return found
        raise KeyError((layer, head))

    def named(self, name: str) -> list[Head]:
        """Those of a name, the best at it on the other texts first."""
        heads = [head for head in self.heads if head.name == name]
        if name == EVERYWHERE:
            return sorted(heads, key=lambda head: -head.spread_checked)
        return sorted(heads, key=lambda head: -head.checked[name].skill)

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> HeadTable:
        """The inverse of `to_json`.

        Raises:
            KeyError, TypeError, ValueError: it is no such dictionary, a layer lacks a head, or what
                should be a share or a name is none.
        """

        def measures(found: Mapping[str, Any]) -> dict[str, Measured]:
            return {
                name: Measured(*(_share(found[name][part]) for part in ("share", "chance")))
                for name in PATTERNS
            }

        heads = tuple(
            Head(**{**h, "found": measures(h["found"]), "checked": measures(h["checked"])})
            for h in data["heads"]
        )
        places = [(head.layer, head.head) for head in heads]
        layers, of_each = (max(numbers) + 1 for numbers in zip(*places, strict=True))
        if places != list(product(range(layers), range(of_each))):
            raise ValueError("its heads are not all of the heads of a network")
        for head in heads:
            if head.name not in {*PATTERNS, EVERYWHERE, ""}:
                raise ValueError(f"no head is called {head.name!r}")
            _share(head.spread), _share(head.spread_checked)
        return cls(**{**data, "heads": heads, "plays": tuple(map(str, data["plays"]))})


def _share(value: object) -> float:
    """A part of a whole; ValueError where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"{value!r} is no share")
    return value


class Looks:
    """What the heads of a network look at, summed up text after text.

    Attributes:
        symbols: read so far.
    """

    def __init__(self) -> None:
        self.symbols = self._texts = 0
        self._spread: Any = 0.0  # (layers, heads)
        self._shares: dict[str, Any] = dict.fromkeys(PATTERNS, 0.0)  # (layers, heads) of each
        self._chance = dict.fromkeys(PATTERNS, 0.0)
        self._asked = dict.fromkeys(PATTERNS, 0)

    def add(self, weights: Array, symbols: Sequence[str]) -> None:
        """Take in where the symbols of one text look.

        Args:
            weights: of all heads, shape (layers, heads, time, time).
            symbols: what each writes.
        """
        places = {name: pattern(symbols) for name, pattern in PATTERNS.items()}
        for name, (shares, chance, asked) in attention_shares(weights, places).items():
            self._shares[name] = self._shares[name] + shares
            self._chance[name] += chance
            self._asked[name] += asked
        self._spread = self._spread + _spread(weights)
        self._texts += 1
        self.symbols += len(symbols)

    def spread(self) -> NDArray[np.float64]:
        """Places looked at, of those visible, shape (layers, heads); see `Head.spread`."""
        return np.minimum(np.round(self._spread / self._texts, 4), 1.0)

    def measured(self, layer: int, head: int) -> dict[str, Measured]:
        """How much of the look of a head goes to each kind of place."""
        return {
            name: Measured(
                min(round(float(self._shares[name][layer, head]) / max(asked, 1), 4), 1.0),
                round(self._chance[name] / max(asked, 1), 4),
            )
            for name, asked in self._asked.items()
        }


def head_table(
    found: Looks, checked: Looks, corpus: str, weights: str, plays: Sequence[str] = ()
) -> HeadTable:
    """Name the heads that have earned it.

    Args:
        found: over the texts on which they are named.
        checked: over others, on which they are measured again.
        corpus: what to call the texts.
        weights: what tells the network from all others, see `HeadTable`.
        plays: those of `checked`.
    """
    spread, again = found.spread(), checked.spread()
    heads = []
    for layer, head in np.ndindex(*spread.shape):
        one, other = found.measured(layer, head), checked.measured(layer, head)
        even = min(spread[layer, head], again[layer, head]) >= LEAST_SPREAD
        name = name_of(one, other) or (EVERYWHERE if even else "")
        spreads = float(spread[layer, head]), float(again[layer, head])
        heads.append(Head(layer, head, name, one, other, *spreads))
    return HeadTable(tuple(heads), found.symbols, checked.symbols, corpus, tuple(plays), weights)


def name_heads(
    network: TransformerNetwork,
    find: Iterable[Sequence[int]],
    check: Iterable[Sequence[int]],
    symbols: Sequence[str],
    corpus: str,
    plays: Sequence[str] = (),
    progress: Progress | None = None,
) -> HeadTable:
    """Measure all heads over some texts, name those that have earned it, measure again on others.

    Args:
        network: whose heads they are.
        find: texts as indices, of at most `MOST_TOKENS`.
        check: others.
        symbols: what each index writes.
        corpus: what to call the texts.
        plays: those of `check`.
        progress: told the share done, from 0 to 1.

    Raises:
        ModelError: a text is too long.
    """
    looks = Looks(), Looks()
    texts = [(looks[0], ids) for ids in find] + [(looks[1], ids) for ids in check]
    for done, (sums, ids) in enumerate(texts, start=1):
        seen = transformer_trace.read(network, ids)
        sums.add(seen.weights, [symbols[i] for i in ids])
        if progress is not None:
            progress(done / len(texts))
    return head_table(*looks, corpus, weights_digest(network), plays)


def name_character_heads(
    model: TransformerModel,
    find: Sequence[str],
    check: Sequence[str],
    corpus: str,
    plays: Sequence[str] = (),
    progress: Progress | None = None,
) -> HeadTable:
    """The same of a transformer over characters, on passages that it reads at once."""
    network, encode = model.network.transformer, model.vocabulary.encode
    found, checked = ([encode(text).tolist() for text in texts] for texts in (find, check))
    symbols = ["\ufffd", *model.vocabulary.chars]  # the unknown symbol first
    return name_heads(network, found, checked, symbols, corpus, plays, progress)


def name_of(found: Mapping[str, Measured], checked: Mapping[str, Measured]) -> str:
    """The name that a head has earned; "" for none. See the head of this module."""
    best, *others = sorted(found, key=lambda name: -found[name].skill)
    rivals = (found[name].skill for name in others if name != nearby.__name__)
    earned = (
        min(found[best].skill, checked[best].skill) >= LEAST_SKILL
        and min(found[best].lift, checked[best].lift) >= LEAST_LIFT
        and found[best].skill >= LEAST_LEAD * max(rivals)
    )
    return best if earned else ""


def passages(text: str, count: int, length: int) -> list[str]:
    """At most `count` passages of a text, of `length` characters each, evenly spread, apart.

    Raises:
        ModelError: the text is shorter than one.
    """
    found = min(count, len(text) // length)
    if not found:
        raise ModelError(
            "{count} characters are too few to name heads on: give at least {least}",
            count=len(text),
            least=length,
        )
    starts = np.linspace(0, len(text) - length, found).astype(int).tolist()
    return [text[start : start + length] for start in starts]


def attention_shares(weights: Array, places: Mapping[str, Places]) -> dict[str, tuple[Any, ...]]:
    """Sums over one text, by pattern: attention that went there, chance of it, places that looked.

    Args:
        weights: shape (layers, heads, time, time).
        places: shape (time, time) each.

    Returns:
        For each pattern the sum over places of a head's share, shape (layers, heads), of chance,
        and the number of places where the set is not empty.
    """
    visible = np.arange(1, weights.shape[-1] + 1)
    marks = np.stack([marked.ravel() for marked in places.values()], axis=1)
    every = weights.reshape(-1, len(marks)) @ marks.astype(np.float32)  # (heads of all, patterns)
    found = {}
    for (name, marked), shares in zip(places.items(), every.T, strict=True):
        sizes = marked.sum(axis=1)
        asks = sizes > 0
        by_head = shares.reshape(weights.shape[:2]).astype(np.float64)
        found[name] = by_head, float((sizes / visible)[asks].sum()), int(asks.sum())
    return found


def _spread(weights: Array) -> NDArray[np.float64]:
    """Places looked at, of those visible: (layers, heads, time, time) to (layers, heads)."""
    logs = np.log(np.maximum(weights, np.finfo(np.float32).tiny))
    places = np.exp(-np.einsum("lhqk,lhqk->lhq", weights, logs))
    return (places / np.arange(1, weights.shape[-1] + 1)).mean(axis=-1, dtype=np.float64)


def save_heads(folder: Path, table: HeadTable) -> None:
    """Write `heads.json` into a folder."""
    stored.save(folder / HEADS, table.to_json())


def load_heads(folder: Path) -> HeadTable | None:
    """Read it; None where there is none, ModelError where it is damaged."""
    return stored.load(folder / HEADS, HeadTable.from_json)
