"""Windows: what is input, what is target, what is left out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from moliere_core.errors import TrainingError
from moliere_core.text.windows import (
    buffered_order,
    contiguous_streams,
    coverage,
    epoch_plan,
    rotated,
    shuffled_batches,
    sliding_windows,
    stream_updates,
    window_count,
)

IDS = np.arange(23, dtype=np.int32)


def test_sliding_windows_are_views_one_character_apart() -> None:
    inputs, targets = sliding_windows(IDS, seq_length=5, shift=3)
    assert inputs.tolist() == [list(range(s, s + 5)) for s in (0, 3, 6, 9, 12, 15)]
    assert (targets == inputs + 1).all()
    assert np.shares_memory(inputs, IDS)
    assert np.shares_memory(targets, IDS)


def test_the_shortest_text_makes_one_window() -> None:
    inputs, targets = sliding_windows(IDS[:6], seq_length=5, shift=1)
    assert inputs.tolist() == [[0, 1, 2, 3, 4]]
    assert targets.tolist() == [[1, 2, 3, 4, 5]]


def test_too_short_for_a_window_says_what_to_do() -> None:
    with pytest.raises(TrainingError, match=r"5 characters and a window needs 6.*at most 4"):
        sliding_windows(IDS[:5], seq_length=5, shift=1)


def test_streams_go_on_where_they_stopped_and_lose_only_the_remainder() -> None:
    batches = list(contiguous_streams(IDS, batch_size=3, seq_length=3))
    assert len(batches) == stream_updates(len(IDS), 3, 3) == 2
    assert np.concatenate([x for x, _ in batches], axis=1).tolist() == [
        [0, 1, 2, 3, 4, 5],
        [7, 8, 9, 10, 11, 12],
        [14, 15, 16, 17, 18, 19],
    ]
    for inputs, targets in batches:
        assert (targets == inputs + 1).all()
        assert np.shares_memory(inputs, IDS)


def test_one_stream_reads_the_whole_text() -> None:
    batches = list(contiguous_streams(IDS, batch_size=1, seq_length=11))
    assert np.concatenate([y for _, y in batches], axis=1).tolist() == [list(range(1, 23))]


def test_too_short_for_streams_says_what_to_do_at_once() -> None:
    with pytest.raises(TrainingError, match="23 characters and 4 streams of 6 need 25"):
        contiguous_streams(IDS, batch_size=4, seq_length=6)


def test_shuffling_depends_on_seed_and_epoch_alone() -> None:
    windows = sliding_windows(IDS, seq_length=2, shift=1)  # 21 windows

    def epoch(seed: int, number: int) -> list[list[list[int]]]:
        return [x.tolist() for x, _ in shuffled_batches(windows, 4, seed, number)]

    assert epoch(1, 1) == epoch(1, 1)
    assert epoch(1, 1) != epoch(1, 2)
    assert epoch(1, 1) != epoch(2, 1)
    read = [tuple(row) for batch in epoch(1, 1) for row in batch]
    assert len(read) == len(set(read)) == 20  # whole batches only, no window twice


def test_inputs_and_targets_are_shuffled_together() -> None:
    for inputs, targets in shuffled_batches(sliding_windows(IDS, 4, 2), 3, seed=0, epoch=1):
        assert (targets == inputs + 1).all()


def test_fewer_windows_than_a_batch_make_one_batch() -> None:
    batches = list(shuffled_batches(sliding_windows(IDS, 20, 1), 64, seed=0, epoch=1))
    assert [x.shape for x, _ in batches] == [(3, 20)]


def test_rotation_keeps_the_text_and_changes_with_the_epoch() -> None:
    first = rotated(IDS, seed=0, epoch=1)
    assert sorted(first.tolist()) == IDS.tolist()
    assert ((np.diff(first) == 1) | (np.diff(first) == -22)).all()
    assert len({int(rotated(IDS, 0, epoch)[0]) for epoch in range(1, 8)}) > 1
    assert (first == rotated(IDS, seed=0, epoch=1)).all()
    assert len({int(rotated(IDS, seed, epoch=1)[0]) for seed in range(8)}) > 1


@pytest.mark.parametrize(("length", "shift"), [(5, 1), (5, 3), (5, 5), (5, 7), (22, 1)])
def test_counts_and_coverage_are_those_of_the_windows_themselves(length: int, shift: int) -> None:
    inputs, _ = sliding_windows(IDS, length, shift)
    assert window_count(len(IDS), length, shift) == len(inputs)
    seen = np.bincount(inputs.ravel(), minlength=len(IDS))  # the text is its own positions
    assert coverage(len(IDS), length, shift).tolist() == seen.tolist()


def test_each_character_far_from_the_ends_is_read_length_times() -> None:
    assert coverage(1000, 60, 1)[[0, 58, 59, 900, 998, 999]].tolist() == [1, 59, 60, 60, 1, 0]
    assert set(coverage(1000, 60, 5)[60:900]) == {12}
    assert set(coverage(1000, 60, 60)[:960]) == {1}


@pytest.mark.parametrize(("shift", "batch"), [(None, 3), (1, 4), (3, 4), (1, 64)])
def test_the_plan_of_an_epoch_is_what_its_batches_hold(shift: int | None, batch: int) -> None:
    plan = epoch_plan(len(IDS), 5, shift, batch)
    if shift is None:
        batches = list(contiguous_streams(IDS, batch, 5))
        contexts = [x[0].tolist().index(i) + 1 for x, _ in batches[:1] for i in x[0]]
    else:
        batches = list(shuffled_batches(sliding_windows(IDS, 5, shift), batch, 0, 1))
        contexts = list(range(1, 6))
    assert plan.updates == len(batches)
    assert plan.chars_read == sum(x.size for x, _ in batches)
    assert plan.mean_context == pytest.approx(np.mean(contexts))


def test_carried_state_sees_further_than_any_window() -> None:
    assert epoch_plan(1_000_000, 50, None, 32).mean_context > 15_000
    assert epoch_plan(1_000_000, 150, 1, 64).mean_context == 75.5


@pytest.mark.parametrize("plan", [window_count, coverage])
def test_what_is_too_short_is_refused_alike(plan: Callable[[int, int, int], object]) -> None:
    with pytest.raises(TrainingError, match=r"5 characters and a window needs 6.*at most 4"):
        plan(5, 5, 1)


def test_a_buffer_shuffles_only_what_it_holds() -> None:
    order = buffered_order(500, buffer=50, needed=500, seed=3, epoch=1)
    assert sorted(order.tolist()) == list(range(500))
    assert (order < 50 + np.arange(500)).all()
    assert (order[:100] != np.arange(100)).any()
    assert buffered_order(9, 1, 9, 0, 1).tolist() == list(range(9))
    assert buffered_order(9, 50, 99, 0, 1).tolist() != list(range(9))
    assert (order == buffered_order(500, 50, 500, 3, 1)).all()
    assert (order != buffered_order(500, 50, 500, 3, 2)).any()
    assert (order != buffered_order(500, 50, 500, 4, 1)).any()
