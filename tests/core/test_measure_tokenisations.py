"""The tool that sums over tokenisations, on a vocabulary small enough for brute force."""

from __future__ import annotations

import math

import pytest

from tests.core.tiny_tokens import TinyModel, conditional, mass
from tools import measure_tokenisations as tool

TEXT = "abéta\nabaté"


def test_the_tokeniser_s_own_way_is_scored_token_by_token() -> None:
    model = TinyModel()
    ids = tuple(model.encode(TEXT))
    context, piece = (*model.begin, *ids[:2]), ids[2:]
    expected = sum(
        math.log(conditional(model, (*context, *piece[:at]))[token])
        for at, token in enumerate(piece)
    )
    assert tool.log_prob(model, context, piece) == pytest.approx(expected)


def test_the_sum_is_that_of_all_tokenisations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "WIDTH", 10_000)
    monkeypatch.setattr(tool, "PRUNE", 0.0)
    model = TinyModel()
    found = tool.measure(model, TEXT)  # one piece
    expected = -math.log2(mass(model, TEXT.encode(), model.begin)) / len(TEXT)
    assert found.summed == pytest.approx(expected)
    assert found.own > found.summed


def test_pieces_come_after_the_tokeniser_s_own_context(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "PIECE", 2)
    monkeypatch.setattr(tool, "CONTEXT", 3)
    model = TinyModel()
    ids = model.encode(TEXT)
    nats = 0.0
    for first in range(0, len(ids), 2):
        context = (*model.begin, *ids[max(0, first - 3) : first])
        nats -= tool.log_prob(model, context, tuple(ids[first : first + 2]))
    found = tool.measure(model, TEXT)
    assert found.own == pytest.approx(nats / math.log(2) / len(TEXT))
    assert found.summed < found.own
