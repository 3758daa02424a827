"""Minimal pairs: two ends of one sentence, of which a speaker would say one (Warstadt et al. 2020).

A model that gives the right end fewer bits prefers it, and the difference is its margin. It may do
so for agreement and not for facts: predicting is not understanding. How many ends are right says
little, for a coin is right half the time; margins say more.

Two sentences may share their ends, right in one and wrong in the other, as in a Winograd schema
(Levesque et al. 2012). Over such a couple, whatever a model owes to the ends alone cancels out: the
mean margin of the couple is what it owes to the beginnings. So couples, not sentences, are what is
resampled and compared here.

The sentences are in `assets/pairs/pairs.toml`; what the shipped models and two large ones make of
them was recorded by `tools/measure_pairs.py`.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, get_args

import numpy as np

from moliere_core.assets import ASSETS
from moliere_core.measures.ends import end_bits
from moliere_core.text.normalise import normalise

Test = Literal["near", "far", "world", "formula", "rhyme", "order"]
TESTS: tuple[Test, ...] = get_args(Test)
SENTENCES = ASSETS / "pairs" / "pairs.toml"
RECORDED = ASSETS / "pairs" / "margins.json"
CONFIDENCE = 0.95
RESAMPLES = 10_000


@dataclass(frozen=True)
class Pair:
    """A beginning and its two ends.

    Attributes:
        name: identifies it in an address.
        test: what the ends differ in: agreement with a near or a far word, the world, a phrase of
            Molière's time, rhyme, or the order of words then and now.
        context: what comes before, with the space.
        good: the right end: what a speaker would choose, or Molière.
        bad: the other one.
        couple: what it shares with the sentence whose ends are swapped; its own name without one.
        why: why the right end is right, by language.
    """

    name: str
    test: Test
    context: str
    good: str
    bad: str
    couple: str
    why: Mapping[str, str] = field(default_factory=dict, compare=False)


def _read() -> Iterator[Pair]:
    for group in tomllib.loads(SENTENCES.read_text(encoding="utf-8"))["test"]:
        test = group["name"]
        for found in group.get("couple", ()):
            couple, why = found["name"], found["why"]
            (before, end), (other_before, other_end) = found["sentences"]
            yield Pair(f"{couple}-1", test, f"{before} ", end, other_end, couple, why)
            yield Pair(f"{couple}-2", test, f"{other_before} ", other_end, end, couple, why)
        for found in group.get("sentence", ()):
            name, before = found["name"], found["begins"]
            yield Pair(name, test, f"{before} ", found["right"], found["wrong"], name, found["why"])


PAIRS = tuple(_read())


def of(test: Test) -> tuple[Pair, ...]:
    """The sentences of one test, couples together."""
    return tuple(pair for pair in PAIRS if pair.test == test)


def ends(pair: Pair) -> tuple[str, str, str]:
    """The beginning, the right end and the wrong one, normalised, for `ends.end_bits`.

    The space between counts with the ends.
    """
    context = normalise(pair.context)
    before = context.rstrip(" ")
    good, bad = (normalise(context[len(before) :] + end) for end in (pair.good, pair.bad))
    return before, good, bad


def bits(reference: str, pair: Pair) -> tuple[float, float]:
    """The bits that a model gives to the right end and to the wrong one, after the beginning.

    Raises:
        MoliereError: the model is not there.
    """
    before, good, bad = ends(pair)
    asked = end_bits(reference)
    # One after the other: a request that nobody waits for yet is given up meanwhile.
    return asked(before, good), asked(before, bad)


def measure(reference: str, pairs: Sequence[Pair]) -> dict[str, float]:
    """The margin of a model on each sentence, in bits, by its name; above 0 where it is right.

    Raises:
        MoliereError: the model is not there.
    """
    margins = {}
    for pair in pairs:
        good, bad = bits(reference, pair)
        margins[pair.name] = bad - good
    return margins


# What margins say, and what they do not


@dataclass(frozen=True)
class Tally:
    """What a model makes of the sentences of a test.

    Attributes:
        right: sentences whose right end it prefers.
        sentences: of the test.
        mean: bits, the mean margin of a couple.
        low: end of the interval of `mean`, with `CONFIDENCE`, over the choice of couples.
        high: the other end.
    """

    right: int
    sentences: int
    mean: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        """Whether other sentences of the kind would leave it on the same side of zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Parting:
    """Two models on the couples of one test.

    Attributes:
        ahead: couples on which the first has the larger margin.
        couples: of the test.
        chance: that a coin parts them as much or more, one way or the other: the sign test.
    """

    ahead: int
    couples: int
    chance: float

    @property
    def sure(self) -> bool:
        """Whether they part by more than chance."""
        return self.chance < 1 - CONFIDENCE


def couple_margins(margins: Mapping[str, float], test: Test) -> dict[str, float]:
    """The mean margin of each couple of a test, in bits, by its name."""
    grouped: dict[str, list[float]] = {}
    for pair in of(test):
        grouped.setdefault(pair.couple, []).append(margins[pair.name])
    return {couple: float(np.mean(found)) for couple, found in grouped.items()}


def tally(margins: Mapping[str, float], test: Test) -> Tally:
    """How many ends of a test are right, and the mean margin with its margin of error.

    The interval is a percentile bootstrap over couples (Efron and Tibshirani 1993, chapter 13),
    with always the same draws: what the mean would be with other couples of the kind.

    Args:
        margins: of the model, by the sentence's name; all the sentences of the test.
        test: what is tested.
    """
    found = np.array(list(couple_margins(margins, test).values()))
    drawn = np.random.default_rng(0).integers(len(found), size=(RESAMPLES, len(found)))
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(found[drawn].mean(axis=1), (tail, 100 - tail))
    right = [margins[pair.name] > 0 for pair in of(test)]
    return Tally(sum(right), len(right), float(found.mean()), float(low), float(high))


def parting(first: Mapping[str, float], second: Mapping[str, float], test: Test) -> Parting:
    """Whether two models part on a test by more than chance, couple by couple."""
    one, other = couple_margins(first, test), couple_margins(second, test)
    ahead = sum(one[couple] > other[couple] for couple in one)
    return Parting(ahead, len(one), sign_test(ahead, len(one)))


def sign_test(ahead: int, count: int) -> float:
    """The chance that `count` tosses of a coin fall at least as unevenly as `ahead` to the rest."""
    most = max(ahead, count - ahead)
    tail = sum(math.comb(count, k) for k in range(most, count + 1)) / 2**count
    return min(2 * tail, 1.0)


def coin(count: int) -> tuple[int, int]:
    """Right answers out of `count` that a coin gives, at least `CONFIDENCE` of the time."""
    low = next(k for k in range(count + 1) if sign_test(k, count) > 1 - CONFIDENCE)
    return low, count - low


# What was recorded


@dataclass(frozen=True)
class Recording:
    """What a model made of the sentences, before.

    Attributes:
        margins: in bits, by the sentence's name.
        weights: where they came from, where it is not the hub or this application; "" otherwise.
        date: of the measure, as ISO 8601 has it; "" of shipped models, measured with the sentences.
    """

    margins: Mapping[str, float]
    weights: str = ""
    date: str = ""


@cache
def recorded() -> dict[str, Recording]:
    """What `tools/measure_pairs.py` recorded, by the model's reference."""
    document: dict[str, dict[str, Any]] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return {model: Recording(**found) for model, found in document.items()}
