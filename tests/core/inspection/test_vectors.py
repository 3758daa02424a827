"""Tokens and positions of a transformer as points, beside their definitions in float64."""

from __future__ import annotations

import numpy as np
import pytest

from moliere_core.inspection.vectors import neighbours, principal_plane
from tests.core.inspection.transformers import VOCAB, small


def test_neighbours_are_those_of_the_largest_cosine() -> None:
    vectors = small().tokens.astype(np.float64)
    lengths = np.sqrt((vectors**2).sum(axis=1))
    cosines = {
        i: vectors[i] @ vectors[3] / (lengths[i] * lengths[3]) for i in range(VOCAB) if i != 3
    }
    best = sorted(cosines, key=lambda i: -cosines[i])
    found = neighbours(small().tokens, 3, VOCAB, never=())
    assert [i for i, _ in found] == best
    assert [c for _, c in found] == pytest.approx([cosines[i] for i in best], abs=1e-5)
    without = [i for i, _ in neighbours(small().tokens, 3, VOCAB, never=best[:2])]
    assert without == best[2:]
    assert 0 not in [i for i, _ in neighbours(small().tokens, 3, VOCAB)]  # the unknown symbol


def test_positions_lie_on_the_two_directions_in_which_they_differ_most() -> None:
    positions = small().positions
    plane = principal_plane(positions)
    centred = positions.astype(np.float64) - positions.mean(axis=0, dtype=np.float64)
    values, directions = np.linalg.eigh(centred.T @ centred)
    expected = centred @ directions[:, ::-1][:, :2]
    np.testing.assert_allclose(np.abs(plane.points), np.abs(expected), atol=1e-4)
    np.testing.assert_allclose(plane.explained, values[::-1][:2] / values.sum(), atol=1e-5)
