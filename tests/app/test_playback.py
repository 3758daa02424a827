from __future__ import annotations

import numpy as np
import pytest

from dashboard.playback import find_loop, first_difference, mean_hesitation


def test_first_difference() -> None:
    assert first_difference("abcd", "abxd") == 2
    assert first_difference("abcd", "abcd") is None
    assert first_difference("", "a") is None


@pytest.mark.parametrize("cycle", ["a", "ab", "je vous dis que "])
def test_a_cycle_is_found_whole(cycle: str) -> None:
    rounds = cycle * (60 // len(cycle))
    found = find_loop("Il parle, et puis : " + rounds + "!?")
    assert found is not None
    start, stop = found
    assert start <= 20
    assert stop >= 20 + len(rounds)
    assert stop <= 20 + len(rounds) + 1


def test_no_loop_in_plain_text() -> None:
    assert find_loop("Mon frère, s'il vous plaît, ne discourons point tant, et que chacun") is None
    assert find_loop("ha ha ha ha ha") is None  # too short to be a loop
    assert find_loop("") is None


def test_twice_is_not_a_loop() -> None:
    assert find_loop("voilà un vers entier qui revient, " * 2) is None


def test_hesitation_of_uniform_and_certain() -> None:
    probs = np.array([[0.25, 0.25, 0.25, 0.25], [0.25, 0.25, 0.25, 0.25]], np.float32)
    assert mean_hesitation(probs) == pytest.approx(4)
    assert mean_hesitation(np.eye(4, dtype=np.float32)) == pytest.approx(1)
