"""Minimal pairs: the sentences, their controls, and what their margins prove."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest

from moliere_core import pretrained
from moliere_core.measures import pairs
from moliere_core.measures.pairs import PAIRS, TESTS, Pair, Test
from moliere_core.models.evaluation import score
from moliere_core.models.references import load_model
from moliere_core.text.normalise import normalise

NOT_FRENCH = re.compile(r"'|\S[;?!»]|\S [:;?!»]|« ")  # a straight apostrophe, a missing space
TEST: Test = "world"
NAMES = [pair.name for pair in pairs.of(TEST)]


def margins_of(*couples: float) -> dict[str, float]:
    """Margins whose couples have these means, the last of them for all that are left."""
    found: dict[str, float] = {}
    for number, couple in enumerate(pairs.couple_margins(dict.fromkeys(NAMES, 0.0), TEST)):
        mean = couples[min(number, len(couples) - 1)]
        found |= {f"{couple}-1": mean + 3, f"{couple}-2": mean - 3}
    return found


# The sentences


def test_every_test_has_sentences_and_every_sentence_a_name_and_a_reason() -> None:
    assert {pair.test for pair in PAIRS} == set(TESTS)
    assert [name for name, count in Counter(pair.name for pair in PAIRS).items() if count > 1] == []
    for pair in PAIRS:
        assert pair.context.endswith(" ")
        assert pair.good != pair.bad
        assert set(pair.why) == {"fr", "en"}
        assert all(pair.why.values())


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_french_is_typeset_as_french(pair: Pair) -> None:
    for text in (pair.context, pair.good, pair.bad, pair.why["fr"]):
        assert not NOT_FRENCH.search(text), text


def test_what_is_right_in_one_sentence_is_wrong_in_its_twin() -> None:
    by_couple: dict[str, list[Pair]] = {}
    for pair in PAIRS:
        by_couple.setdefault(pair.couple, []).append(pair)
    for first, *others in by_couple.values():
        if others:
            [second] = others
            assert (first.good, first.bad) == (second.bad, second.good)
            assert len(first.good) == len(first.bad)
            assert first.test == second.test
        else:
            assert sorted(first.good) == sorted(first.bad)  # the same letters, in another order


@pytest.mark.parametrize("order", [1, 2, 3])
def test_counting_letters_by_threes_prefers_neither_end(order: int) -> None:
    margins = pairs.measure(f"kn-{order}", PAIRS)
    for test in TESTS:
        found = list(pairs.couple_margins(margins, test).values())
        assert max(map(abs, found)) < 2.5
        assert abs(np.mean(found)) < 0.7


# Measuring


@pytest.mark.parametrize("name", ["saison-1", "baise-2", "caprice-1", "juge"])
def test_the_bits_of_an_end_follow_from_the_whole_sentence(name: str) -> None:
    [pair] = [pair for pair in PAIRS if pair.name == name]
    model = load_model("petit")
    good, bad = pairs.bits("petit", pair)
    context = score(model, pair.context.rstrip()).bits.sum()
    assert good == pytest.approx(
        score(model, pair.context + pair.good).bits.sum() - context, abs=0.01
    )
    assert bad == pytest.approx(
        score(model, pair.context + pair.bad).bits.sum() - context, abs=0.01
    )
    assert pairs.measure("petit", [pair]) == {name: pytest.approx(bad - good)}


def test_a_model_of_tokens_reads_no_space_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str, str]] = []

    def answer(reference: str, text: str, context: str) -> SimpleNamespace:
        asked.append((reference, text, context))
        found = SimpleNamespace(bits=np.full(len(text), 0.5))
        return SimpleNamespace(result=lambda: found)

    monkeypatch.setattr(pretrained, "score", answer)
    pair = Pair("test", "near", "Elles sont ", "belles.", "beau.", "test")
    assert pairs.bits("mini-gpt", pair) == (4.0, 3.0)
    assert asked == [
        ("mini-gpt", " belles.", "Elles sont"),
        ("mini-gpt", " beau.", "Elles sont"),
    ]


def test_an_end_is_asked_for_once_the_other_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []

    def answer(_reference: str, text: str, _context: str) -> SimpleNamespace:
        events.append(f"asked{text}")

        def result() -> SimpleNamespace:
            events.append(f"answered{text}")
            return SimpleNamespace(bits=np.ones(len(text)))

        return SimpleNamespace(result=result)

    monkeypatch.setattr(pretrained, "score", answer)
    pairs.bits("mini-gpt", Pair("test", "near", "Elle est ", "belle.", "beau.", "test"))
    assert events == ["asked belle.", "answered belle.", "asked beau.", "answered beau."]


# What margins prove


def test_the_ends_alone_cancel_out_over_a_couple() -> None:
    margins = {
        f"{pair.name}": 20.0 if pair.name.endswith("-1") else -20.0 for pair in pairs.of(TEST)
    }
    assert set(pairs.couple_margins(margins, TEST).values()) == {0.0}
    found = pairs.tally(margins, TEST)
    assert (found.right, found.sentences) == (12, 24)
    assert (found.mean, found.low, found.high) == (0, 0, 0)
    assert not found.sure


def test_the_interval_of_a_mean_is_that_of_its_standard_error() -> None:
    values = np.linspace(-1.0, 3.0, 12)
    found = pairs.tally(margins_of(*values), TEST)
    assert found.mean == pytest.approx(values.mean())
    error = 1.96 * values.std() / np.sqrt(len(values))
    assert found.low == pytest.approx(found.mean - error, abs=0.12)
    assert found.high == pytest.approx(found.mean + error, abs=0.12)
    assert found == pairs.tally(margins_of(*values), TEST)  # the same draws each time


@pytest.mark.parametrize(("low", "sure"), [(0.5, True), (-4.0, False)])
def test_a_margin_is_sure_where_zero_is_outside_its_interval(low: float, sure: bool) -> None:
    assert pairs.tally(margins_of(low, 1.0, 2.0, 3.0, 0.5), TEST).sure is sure


@pytest.mark.parametrize(
    ("ahead", "count", "chance"),
    [
        (5, 5, 2 / 32),
        (0, 5, 2 / 32),
        (3, 5, 1.0),
        (12, 12, 2 / 4096),
        (6, 12, 1.0),
        (11, 12, 26 / 4096),
    ],
)
def test_a_coin_that_falls_so_unevenly(ahead: int, count: int, chance: float) -> None:
    assert pairs.sign_test(ahead, count) == pytest.approx(chance)


@pytest.mark.parametrize(("count", "expected"), [(16, (4, 12)), (24, (7, 17)), (1, (0, 1))])
def test_what_a_coin_gets_right(count: int, expected: tuple[int, int]) -> None:
    low, high = pairs.coin(count)
    assert (low, high) == expected
    tosses = [math.comb(count, k) for k in range(low, high + 1)]
    assert sum(tosses) / 2**count >= pairs.CONFIDENCE


def test_two_models_part_couple_by_couple() -> None:
    better, worse = margins_of(2.0), margins_of(1.0)
    assert pairs.parting(better, worse, TEST).ahead == 12
    assert pairs.parting(better, worse, TEST).sure
    assert pairs.parting(worse, better, TEST) == pairs.Parting(0, 12, pairs.sign_test(0, 12))
    assert not pairs.parting(margins_of(*[2.0] * 7, 0.0), worse, TEST).sure


# What was recorded


@pytest.mark.slow
def test_recorded_margins_are_those_of_the_shipped_models() -> None:
    recorded = pairs.recorded()
    assert {"kn-8", "petit", "grand", "mini-gpt"} <= set(recorded)
    names = {pair.name for pair in PAIRS}
    for recording in recorded.values():
        assert set(recording.margins) == names
    for reference in ("kn-8", "petit"):
        measured = pairs.measure(reference, PAIRS)
        assert dict(recorded[reference].margins) == pytest.approx(measured, abs=0.02)
    assert all(recorded[model].date for model in recorded if model.startswith("hf:"))


def test_a_model_of_the_web_and_one_of_moliere_part_by_more_than_chance() -> None:
    found = {model: recording.margins for model, recording in pairs.recorded().items()}
    web, ours = found["hf:google/gemma-3-270m"], found["grand"]
    knows = pairs.parting(web, ours, "world")
    assert knows.sure
    assert knows.ahead > knows.couples / 2
    old = pairs.parting(ours, web, "order")
    assert old.sure
    assert old.ahead > old.couples / 2
    assert not pairs.tally(ours, "far").sure  # and neither is what it seems: see the page
    assert pairs.tally(ours, "near").sure


def test_the_sentences_hold_in_the_alphabet_of_the_models() -> None:
    vocabulary = load_model("petit").vocabulary
    for pair in PAIRS:
        text = normalise(pair.context + pair.good + pair.bad)
        assert all(known for _run, known in vocabulary.runs(text)), text
    assert json.loads(pairs.RECORDED.read_text("utf-8"))
