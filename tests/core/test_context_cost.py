"""What a step costs as the text grows: counted, never timed."""

from __future__ import annotations

import time

import numpy as np
import pytest

from moliere_core.measures import context_cost as cost
from moliere_core.networks.transformer import TransformerNetwork
from tests.core.inspection.transformers import small
from tests.networks import random_network


@pytest.fixture(scope="module")
def transformer() -> TransformerNetwork:
    return small()


def test_a_transformer_remembers_more_and_more_and_an_lstm_does_not(
    transformer: TransformerNetwork,
) -> None:
    lstm = random_network(layers=2)
    told: list[float] = []
    found = cost.context_cost(lstm, transformer, (4, 40), seconds=0.0, progress=told.append)
    assert [point.context for point in found] == [4, 40]
    states = sum(2 * layer.units for layer in lstm.layers)
    assert [point.recurrent_numbers for point in found] == [states, states]
    width, blocks = transformer.tokens.shape[1], len(transformer.blocks)
    assert [point.transformer_numbers for point in found] == [
        2 * blocks * width * context for context in (4, 40)
    ]
    assert told == sorted(told)
    assert told[-1] == 1
    for point in found:
        times = (point.recurrent_step, point.transformer_step, point.transformer_again)
        assert min(*times, point.recurrent_read) >= 0


def test_a_longer_network_says_the_same_within_its_own_context(
    transformer: TransformerNetwork,
) -> None:
    short = transformer.context_length
    longer = cost.stretched(transformer, 3 * short)
    assert longer.context_length == 3 * short
    assert transformer.context_length == short
    ids = np.arange(short)[None] % transformer.vocab_size
    np.testing.assert_array_equal(longer.run(ids)[0], transformer.run(ids)[0])
    assert longer.run(np.zeros((1, 2 * short), np.int32))[0].shape[1] == 2 * short


def test_the_least_of_several_runs_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 3.0, 3.0, 4.0, 4.0, 6.0])
    monkeypatch.setattr(time, "thread_time", lambda: next(clock))
    calls: list[int] = []
    assert cost.least_seconds(lambda: calls.append(1), 5.0) == 1.0
    assert len(calls) == 3
