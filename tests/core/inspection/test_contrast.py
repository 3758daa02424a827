"""Why one end rather than another: slopes by finite differences, changes by reading again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from moliere_core.errors import ModelError
from moliere_core.inspection import influence, trace
from moliere_core.inspection.contrast import Contrast, contrast, worth_trying
from moliere_core.inspection.transformer_trace import read
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.networks.transformer import TransformerNetwork
from moliere_core.networks.transformer_gradients import blocks_forward, stream_backward
from tests.core.inspection.transformers import IDS, KINDS, TIME, VOCAB, small
from tests.networks import LETTERS, random_network

SPACE = 2
ENDS = [([5], [9]), ([5, 3, 4], [5, 3, 8]), ([7, 3], [9])]
NETWORKS: dict[str, TransformerNetwork | RecurrentNetwork] = {
    "gpt": small(0.6),
    "lstm": random_network(),
    "gru": random_network(cell="gru", layers=2),
    "rnn": random_network(cell="rnn"),
}


@pytest.mark.parametrize("settings", KINDS, ids=str)
def test_a_transformer_s_gradient_is_the_slope_of_its_logits(settings: dict[str, Any]) -> None:
    network = small(0.6, **settings)
    vectors: Any = network.tokens[IDS].astype(np.float64)
    rng = np.random.default_rng(0)
    asked: Any = rng.normal(size=(TIME, VOCAB))  # a sum over the logits of all places
    seen = blocks_forward(network, (vectors + network.positions[:TIME])[None])
    (found,) = stream_backward(network, seen, (asked @ network.output)[None])
    for place, axis in [(0, 3), (5, 0), (TIME - 1, 7)]:
        values = []
        for step in (1e-4, -1e-4):
            moved = vectors.copy()
            moved[place, axis] += step
            values.append((read(network, IDS, moved).logits * asked).sum())
        slope = (values[0] - values[1]) / 2e-4
        assert found[place, axis] == pytest.approx(slope, rel=1e-3, abs=1e-3)


def test_a_recurrent_network_s_gradient_is_that_of_any_place() -> None:
    network = random_network(layers=2)
    ids = np.arange(1, 9, dtype=np.int32)
    asked: Any = np.random.default_rng(0).normal(size=(8, len(LETTERS)))
    vectors: Any = network.embedding[ids].astype(np.float64)
    found = influence.gradient(network, trace.trace(network, ids, vectors), asked)
    for place, axis in [(0, 3), (4, 0), (7, 2)]:
        values = []
        for step in (1e-5, -1e-5):
            moved = vectors.copy()
            moved[place, axis] += step
            values.append((trace.trace(network, ids, moved).logits * asked).sum())
        assert found[place, axis] == pytest.approx(
            (values[0] - values[1]) / 2e-5, rel=1e-3, abs=1e-4
        )


def log_prob(network: Any, context: list[int], end: list[int], never: tuple[int, ...]) -> float:
    """Of an end, one symbol after the other, in float64."""
    total = 0.0
    for at, symbol in enumerate(end):
        ids = np.array([[*context, *end[:at]]])
        if isinstance(network, TransformerNetwork):
            logits = network.logits(network.run(ids)[0])[0, -1].astype(float)
        else:
            logits = network.run(ids, network.zero_state(1))[0][0, -1].astype(float)
        logits[list(never)] = -np.inf
        total += logits[symbol] - np.log(np.exp(logits).sum())
    return total


def explained(network: Any, ends: Any, never: tuple[int, ...] = (0,), **more: Any) -> Contrast:
    context = [1 + i % 20 for i in IDS]
    return contrast(network, context, ends[0], ends[1], SPACE, never, **more)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("ends", ENDS, ids=str)
def test_changes_are_what_reading_again_says(name: str, ends: Any) -> None:
    network, context = NETWORKS[name], [1 + int(i) % 20 for i in IDS]
    found = explained(network, ends, last=3, most=5)
    assert found.positions.tolist() == worth_trying(found.attribution, 3, 5).tolist()
    assert found.positions[0] < TIME - 3  # farther than the last ones

    def difference(read: list[int]) -> float:
        one, other = (log_prob(network, read, end, (0,)) for end in ends)
        return one - other

    for log, end in zip(found.log_probs, ends, strict=True):
        assert log == pytest.approx(log_prob(network, context, end, (0,)), abs=1e-4)
    assert found.difference == pytest.approx(difference(context), abs=1e-4)
    for place, change in zip(found.positions.tolist(), found.change, strict=True):
        other = [*context[:place], SPACE, *context[place + 1 :]]
        assert change == pytest.approx(difference(context) - difference(other), abs=2e-4)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("ends", ENDS, ids=str)
def test_attributions_add_up(name: str, ends: Any) -> None:
    network = NETWORKS[name]
    found = explained(network, ends, steps=200)
    alone = [SPACE] * TIME
    one, other = (log_prob(network, alone, end, (0,)) for end in ends)
    assert found.attribution.shape == (TIME,)
    assert found.attribution.dtype == found.change.dtype == np.float32
    assert found.attribution.sum() == pytest.approx(found.difference - (one - other), abs=0.02)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_few_texts_at_a_time_tell_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    together = explained(NETWORKS[name], ENDS[1])
    monkeypatch.setattr("moliere_core.inspection.contrast.MOST_NUMBERS", 1)
    alone = explained(NETWORKS[name], ENDS[1])
    np.testing.assert_allclose(together.attribution, alone.attribution, atol=1e-5)


def test_the_replacement_itself_changes_nothing() -> None:
    context = [1, SPACE, 4, SPACE, 3]
    for network in NETWORKS.values():
        found = contrast(network, context, [5], [6], SPACE)
        np.testing.assert_allclose(found.attribution[[1, 3]], 0, atol=1e-6)
        np.testing.assert_allclose(found.change[[1, 3]], 0, atol=1e-5)


def test_an_end_against_itself_is_no_contrast() -> None:
    found = explained(NETWORKS["gpt"], ([5], [5]))
    assert found.difference == 0
    np.testing.assert_allclose(found.attribution, 0, atol=1e-6)
    assert found.agreement is None


def test_both_ways_round_are_opposite() -> None:
    for network in NETWORKS.values():
        one, other = explained(network, ENDS[1]), explained(network, ENDS[1][::-1])
        np.testing.assert_allclose(one.attribution, -other.attribution, atol=1e-5)
        np.testing.assert_allclose(one.change, -other.change, atol=1e-5)
        assert one.agreement == pytest.approx(other.agreement)


def test_agreement_is_the_correlation_of_the_symbols_tried() -> None:
    found = explained(NETWORKS["lstm"], ENDS[0], last=4, most=2)
    assert len(found.positions) == 6
    expected = np.corrcoef(found.attribution[found.positions], found.change)[0, 1]
    assert found.agreement == pytest.approx(expected)


def test_what_is_tried_is_the_last_and_what_weighs_before() -> None:
    attribution = np.array([0, -3, 0.5, 1, 0.1, 2, 0, 0, 0.2], np.float32)
    assert worth_trying(attribution, 2, 0).tolist() == [7, 8]
    assert worth_trying(attribution, 2, 2).tolist() == [1, 5, 7, 8]  # of either sign
    assert worth_trying(attribution, 2, 4).tolist() == [1, 2, 3, 5, 7, 8]
    assert worth_trying(attribution, 2, 5).tolist() == [1, 2, 3, 5, 6, 7, 8]  # 0.1 of 3 is little
    assert worth_trying(attribution, 99, 3).tolist() == list(range(9))
    assert worth_trying(np.zeros(6, np.float32), 1, 2).tolist() == [3, 4, 5]


@pytest.mark.parametrize("name", NETWORKS)
def test_a_symbol_that_decides_from_far_is_tried(name: str) -> None:
    network, context = NETWORKS[name], [SPACE] * 30
    context[4] = 9  # all others are the replacement, and say nothing
    found = contrast(network, context, [5], [6], SPACE, last=3, most=2)
    assert found.positions.tolist() == [4, 26, 27, 28, 29]
    alone = [log_prob(network, [SPACE] * 30, [end], (0,)) for end in (5, 6)]
    assert found.change[0] == pytest.approx(found.difference - alone[0] + alone[1], abs=2e-4)
    assert found.attribution[4] == pytest.approx(found.change[0], rel=0.2)


@pytest.mark.parametrize("near", [1, 3, 100])
def test_texts_are_read_together_or_apart(near: int, monkeypatch: pytest.MonkeyPatch) -> None:
    context = (1 + np.arange(40) % 20).tolist()
    ends = [5, 3, 4], [7]
    whole = contrast(NETWORKS["gpt"], context, *ends, SPACE, last=40)
    monkeypatch.setattr("moliere_core.inspection.transformer_influence.NEAR", near)
    some = contrast(NETWORKS["gpt"], context, *ends, SPACE, last=3, most=6)
    assert len(whole.change) == 40
    assert len(some.change) == 9
    np.testing.assert_allclose(whole.change[some.positions], some.change, atol=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_few_places_on_the_way_say_nearly_what_many_say(name: str) -> None:
    """Between them attributions are held to what the difference rises by: without it, the RNN's
    are off by a third."""
    for ends in ENDS:
        many, few = (explained(NETWORKS[name], ends, steps=steps) for steps in (300, 6))
        largest = np.abs(many.attribution).max()
        assert np.abs(few.attribution - many.attribution).max() < 0.12 * largest


def test_a_context_that_does_not_fit_is_one_sentence() -> None:
    network = NETWORKS["gpt"]
    assert isinstance(network, TransformerNetwork)
    context = [3] * network.context_length
    assert len(contrast(network, context, [5], [6], SPACE).attribution) == len(context)
    for longer, end in (([*context, 3], [5]), (context, [5, 3])):
        with pytest.raises(ModelError, match="shorten the text"):
            contrast(network, longer, end, [6], SPACE)


def test_tokens_have_no_unknown_symbol() -> None:
    network = NETWORKS["gpt"]
    context = [1 + int(i) % 20 for i in IDS]
    found = explained(network, ([0], [5]), never=())
    assert found.log_probs[0] == pytest.approx(log_prob(network, context, [0], ()), abs=1e-4)


@pytest.mark.parametrize("ends", [([], [3]), ([3], [])])
def test_an_empty_end_is_one_sentence(ends: Any) -> None:
    with pytest.raises(ModelError, match="needs a context and two ends"):
        explained(NETWORKS["lstm"], ends)


@pytest.mark.parametrize("ends", [([0], [3]), ([3], [99])])
@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_never_drawn_is_not_explained(name: str, ends: Any) -> None:
    with pytest.raises(ModelError, match="is not in this model's alphabet"):
        explained(NETWORKS[name], ends)
