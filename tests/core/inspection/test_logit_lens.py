"""What each layer would say, beside its definition in float64 and beside transformers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moliere_core.inspection.logit_lens import guesses, next_by_layer
from moliere_core.inspection.transformer_trace import read
from moliere_core.networks.transformer import TransformerConfig, TransformerNetwork
from moliere_core.pretrained.weights import read_weights
from tests.core.inspection.transformers import IDS, KINDS, TIME, VOCAB, small
from tests.gpts import write_gpt2


def expected(network: TransformerNetwork, stream: Any, never: tuple[int, ...] = ()) -> Any:
    """Probabilities of a layer at each place, shape (time, vocab), in float64."""
    rows = []
    for x in stream.astype(np.float64):
        scaled = (x - x.mean()) / np.sqrt(x.var() + network.norm.epsilon)
        logits = network.output.astype(float) @ (scaled * network.norm.weight + network.norm.bias)
        odds = np.exp(logits)
        odds[list(never)] = 0
        rows.append(odds / odds.sum())
    return np.array(rows)


@pytest.mark.parametrize("settings", KINDS, ids=str)
@pytest.mark.parametrize("never", [(), (0, 7)])
def test_each_layer_is_read_as_the_last_is(
    settings: dict[str, Any], never: tuple[int, ...]
) -> None:
    network = small(**settings)
    ids = np.where(np.isin(IDS, never), 1, IDS)
    seen = read(network, ids)
    along = next_by_layer(network, seen, never)
    assert along.ranks.shape == along.bits.shape == (len(network.blocks) + 1, TIME - 1)
    for layer, stream in enumerate(seen.stream):
        probs = expected(network, stream, never)
        chosen = probs[np.arange(TIME - 1), ids[1:]]
        np.testing.assert_allclose(along.bits[layer], -np.log2(chosen), atol=1e-3)
        ranks = 1 + (probs[:-1] > chosen[:, None]).sum(axis=1)
        np.testing.assert_array_equal(along.ranks[layer], ranks)
        for position in (0, TIME - 1):
            found = guesses(network, seen, position, 4, never)
            assert found.symbols.shape == (len(network.blocks) + 1, 4)
            best = np.argsort(-probs[position])[:4]
            np.testing.assert_array_equal(found.symbols[layer], best)
            np.testing.assert_allclose(found.probs[layer], probs[position, best], atol=1e-4)
            drawn = probs[position][probs[position] > 0]
            assert found.entropy[layer] == pytest.approx(-(drawn * np.log2(drawn)).sum(), abs=1e-3)
            last = expected(network, seen.stream[-1], never)[position]
            apart = sum(p * np.log2(p / q) for p, q in zip(last, probs[position], strict=True) if p)
            assert found.distance[layer] == pytest.approx(apart, abs=1e-3)
    assert found.distance[-1] == 0


def test_the_last_layer_is_what_the_network_says() -> None:
    network = small()
    seen = read(network, IDS)
    found = guesses(network, seen, 5, VOCAB)
    probs = np.exp(seen.logits[5] - seen.logits[5].max())
    np.testing.assert_allclose(found.probs[-1], np.sort(probs / probs.sum())[::-1], atol=1e-5)


def test_where_a_choice_is_settled() -> None:
    along = next_by_layer(small(), read(small(), IDS))
    for place, decided in enumerate(along.decided):
        ranks = along.ranks[:, place]
        assert (ranks[decided:] == 1).all()
        assert decided == 0 or ranks[decided - 1] > 1


def test_progress_is_told() -> None:
    told: list[float] = []
    next_by_layer(small(), read(small(), IDS), progress=told.append)
    assert told == [1 / 3, 2 / 3, 1]


def test_layers_are_those_of_transformers(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    folder = write_gpt2(tmp_path / "tiny")
    theirs = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    config = TransformerConfig.of(json.loads((folder / "config.json").read_text("utf-8")))
    assert config is not None
    network = TransformerNetwork(read_weights(folder, "tiny"), config)
    along = next_by_layer(network, read(network, IDS))
    with torch.inference_mode():
        states = theirs(torch.tensor(IDS[None]), output_hidden_states=True).hidden_states
        for layer, state in enumerate(states):
            last = layer == len(states) - 1  # it has gone through the norm already
            logits = theirs.lm_head(state if last else theirs.transformer.ln_f(state))[0, :-1]
            losses = torch.nn.functional.cross_entropy(
                logits, torch.tensor(IDS[1:]), reduction="none"
            )
            np.testing.assert_allclose(along.bits[layer] * np.log(2), losses.numpy(), atol=1e-4)
