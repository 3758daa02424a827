"""Softmax and logarithms, against their definitions in double precision."""

from __future__ import annotations

import numpy as np
import pytest

from moliere_core.networks.arrays import Array, log_softmax, log_sum_exp, softmax

LOGITS = np.random.default_rng(3).normal(0, 8, (4, 5, 90)).astype(np.float32)


def probs(logits: Array) -> np.ndarray:
    exact = np.exp(logits.astype(np.float64))
    return exact / exact.sum(axis=-1, keepdims=True)


def test_probabilities_and_their_logarithms() -> None:
    np.testing.assert_allclose(softmax(LOGITS), probs(LOGITS), rtol=1e-5, atol=1e-30)
    found = log_softmax(LOGITS)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, np.log(probs(LOGITS)), rtol=1e-6, atol=1e-7)


def test_what_is_nearly_certain_keeps_its_digits() -> None:
    logits = np.array([20, 8, 0], np.float32)
    assert log_softmax(logits)[0] == pytest.approx(np.log(probs(logits)[0]), rel=1e-4)


def test_log_sum_exp_is_in_double_precision() -> None:
    many = np.zeros((2, 100_003), np.float32)
    assert log_sum_exp(many).dtype == np.float64
    np.testing.assert_allclose(log_sum_exp(many), np.log(100_003), rtol=1e-12)


def test_large_scores_do_not_overflow_and_what_is_excluded_counts_for_nothing() -> None:
    logits = np.array([[1000, 1000, -np.inf]], np.float32)
    np.testing.assert_allclose(log_sum_exp(logits), 1000 + np.log(2))
    np.testing.assert_allclose(np.exp(log_softmax(logits)), [[0.5, 0.5, 0]], rtol=1e-6)
    np.testing.assert_array_equal(softmax(logits), np.array([[0.5, 0.5, 0]], np.float32))


def test_softmax_writes_where_it_is_told() -> None:
    logits = LOGITS.copy()
    assert softmax(logits, out=logits) is logits
    np.testing.assert_array_equal(logits, softmax(LOGITS))
