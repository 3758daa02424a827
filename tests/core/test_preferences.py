"""Votes that nudge a network."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from moliere_core.config import ModelConfig
from moliere_core.errors import ConfigError
from moliere_core.models.networks import NetworkModel
from moliere_core.models.references import load_network_model
from moliere_core.networks.gradients import weights_of
from moliere_core.networks.initial import initial_weights
from moliere_core.networks.loading import network_of
from moliere_core.text.vocabulary import Vocabulary
from moliere_core.training.preferences import Nudged, Vote, divergence, keep, nudge
from tests.networks import random_weights

LETTERS = Vocabulary(tuple("\n abcdefg"))


SMALL = {
    "lstm": ModelConfig(embedding_dim=4, units=6, layers=2, dropout=0.0),
    "transformer": ModelConfig("transformer", units=8, layers=2, dropout=0.0, heads=2, context=16),
}


def model(cell: str = "lstm") -> NetworkModel:
    lstm = random_weights(LETTERS, "lstm", layers=2, units=6, embedding=4)
    weights = lstm if cell == "lstm" else initial_weights(SMALL[cell], len(LETTERS))
    return NetworkModel.of("made", network_of(weights, SMALL[cell]), LETTERS)


VOTES = [Vote("a b", "cccc", "ddddd", 0.9), Vote("", "efg", "g", 0.5)]


def last(
    steps: int = 12, pull: float = 0.1, votes: list[Vote] = VOTES, cell: str = "lstm"
) -> Nudged:
    *_, end = nudge(model(cell), model(cell), votes, steps, 1e-2, pull)
    return end


@pytest.mark.parametrize("cell", sorted(SMALL))
def test_votes_move_the_network_towards_what_was_chosen(cell: str) -> None:
    first, *_ = nudge(model(cell), model(cell), VOTES)
    assert first.step == 1
    np.testing.assert_allclose(first.margins, 0, atol=1e-5)  # nothing has moved yet
    assert first.loss == pytest.approx(np.log(2))
    end = last(cell=cell)
    assert end.margins[0] > 1
    original = model(cell)
    before, after = (
        m.surprisal("a b" + "cccc")[3:].sum() - m.surprisal("a b" + "ddddd")[3:].sum()
        for m in (original, end.model)
    )
    # The margin, in bits, of the network before the last update.
    assert before - after == pytest.approx(end.margins[0] / np.log(2), rel=0.3)


def test_a_tie_moves_nothing() -> None:
    end = last(votes=[Vote("a", "bc", "de", 0.5)])
    np.testing.assert_allclose(end.margins, 0, atol=1e-5)
    assert divergence(end.model, model(), "abc") == pytest.approx(0, abs=1e-6)


def test_what_comes_before_a_text_counts_and_is_not_measured() -> None:
    end, prompt, text = last(20, 0.05).model, "a bc", "defg"
    both, before = (divergence(end, model(), one) for one in (prompt + text, prompt))
    after = divergence(end, model(), text, prompt)
    assert after == pytest.approx((both * 8 - before * 4) / 4, rel=1e-4)
    assert after != pytest.approx(divergence(end, model(), text), rel=1e-3)


def test_the_original_holds_back_who_pulls_more() -> None:
    text = "a bcdefg\nabc"
    loose, held = last(40, 0.05), last(40, 2.0)
    assert divergence(loose.model, model(), text) > divergence(held.model, model(), text) > 0
    assert held.margins[0] == pytest.approx(np.log(9) / 2.0, abs=0.15)  # the vote's log-odds


@pytest.mark.parametrize("reference", ["petit", "petit-gpt"])
def test_a_nudged_network_is_a_run_like_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reference: str
) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path))
    petit = load_network_model(reference)
    *_, end = nudge(petit, petit, [Vote("Ah ! ", "oui", "non", 0.8)], steps=2)
    run = keep(end.model, [Vote("Ah ! ", "oui", "non", 0.8)], "Le oui", "moi")
    assert keep(end.model, []).id == run.id  # kept twice, it is one
    again = load_network_model(f"run:{run.id}")
    for name, weights in weights_of(end.model.network).items():
        np.testing.assert_allclose(weights_of(again.network)[name], weights, err_msg=name)
    assert (run.label, run.config.initial, run.complete) == ("Le oui", reference, True)
    assert run.check_owner("moi")
    assert not run.check_owner("toi")
    assert json.loads((run.path / "votes.json").read_text())[0]["share"] == 0.8


def test_what_cannot_be_voted_on_is_said() -> None:
    with pytest.raises(ConfigError, match="nobody has voted"):
        nudge(model(), model(), [])
    with pytest.raises(ConfigError, match="continuations is empty"):
        Vote("a", "", "b", 1)
    with pytest.raises(ConfigError, match="longer than"):
        nudge(model(), model(), [Vote("a", "b" * 2_000, "c", 1)])
    with pytest.raises(ConfigError, match="empty"):
        divergence(model(), model(), "")
