"""A transformer's gradients against differences of the loss, and against torch's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from moliere_core.config import ModelConfig
from moliere_core.networks.gradients import (
    backward,
    forward,
    next_log_probs,
    weights_of,
    with_weights,
)
from moliere_core.networks.transformer import ACTIVATIONS, TransformerConfig, TransformerNetwork
from moliere_core.networks.transformer_gradients import (
    WITH_SLOPES,
    below,
    blocks_backward,
    blocks_forward,
    embedded,
    transformer_weights,
)
from moliere_core.networks.window import WindowedTransformer
from tests.gpts import random_gpt2

SYMBOLS = 11
SMALL = ModelConfig(cell="transformer", units=12, layers=2, heads=3, context=8, dropout=0.0)


def windowed() -> WindowedTransformer:
    weights = random_gpt2(SYMBOLS, n_embd=12, n_head=3, n_positions=8)
    return WindowedTransformer({name: 0.6 * w for name, w in weights.items()}, SMALL)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_the_slope_of_each_activation_is_that_of_small_differences(name: str) -> None:
    activation = ACTIVATIONS[name]
    x: Any = np.linspace(-6, 6, 241) + 0.01  # none of them is 0, where relu has no slope
    value, slope = WITH_SLOPES[activation](x)
    np.testing.assert_allclose(value, activation(x), rtol=1e-6, atol=1e-9)
    difference = (activation(x + 1e-4) - activation(x - 1e-4)) / 2e-4
    # The error function of "gelu" is itself within 1.5e-7.
    np.testing.assert_allclose(slope, difference, atol=2e-3 if name == "gelu" else 1e-5)
    at_zero = WITH_SLOPES[activation](np.zeros(1, np.float32))[1]
    assert at_zero.dtype == np.float32
    assert at_zero == pytest.approx({"relu": 0, "tanh": 1}.get(name, 0.5), abs=1e-6)


def test_what_only_the_last_tokens_are_asked_costs_the_others_nothing_and_changes_nothing() -> None:
    network = windowed().transformer
    rng = np.random.default_rng(0)
    x = embedded(network, rng.integers(1, SYMBOLS, (2, 7)))
    d_last = rng.standard_normal((2, 2, x.shape[2])).astype(np.float32)
    d_stream = np.zeros_like(x)
    d_stream[:, -2:] = d_last
    whole, last = blocks_forward(network, x), blocks_forward(network, x, looking=2)
    np.testing.assert_allclose(last.stream, whole.stream[:, -2:], atol=1e-5)
    for mine, theirs in zip(last.past, whole.past, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-6)
    wanted, d_wanted = blocks_backward(network, whole, d_stream)
    found, d_found = blocks_backward(network, last, d_last)
    np.testing.assert_allclose(d_found, d_wanted, atol=1e-4)
    for name, gradient in wanted.items():
        np.testing.assert_allclose(found[name], gradient, atol=1e-4, err_msg=name)


@pytest.mark.parametrize("read_before", [0, 3])
def test_gradients_are_those_of_small_differences(read_before: int) -> None:
    network = windowed()
    rng = np.random.default_rng(0)
    ids, targets = rng.integers(1, SYMBOLS, (2, 3, 17)).astype(np.int32)  # of three windows
    state: Any = network.zero_state(3)
    if read_before:
        state = network.run(ids[:, :read_before], state)[1]
    seen: Any = forward(network, ids, state)
    logits, after = network.run(ids, state)
    np.testing.assert_allclose(seen.logits, logits, atol=1e-4)
    np.testing.assert_array_equal(seen.state.ids, after.ids)
    for mine, theirs in zip(seen.state.past, after.past, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-4)

    def total(name: str, moved: np.ndarray) -> float:
        other = with_weights(network, {**weights_of(network), name: moved})
        return float(next_log_probs(forward(other, ids, state), targets)[0].sum(dtype=float))

    gradient = backward(network, seen, next_log_probs(seen, targets)[1])
    assert gradient.keys() == weights_of(network).keys()
    for name, weights in weights_of(network).items():
        # Along the gradient itself: its slope there is its length.
        length = float(np.linalg.norm(gradient[name]))
        way, step = gradient[name] / np.float32(length), np.float32(2e-3)
        slope = (total(name, weights + step * way) - total(name, weights - step * way)) / 4e-3
        assert slope == pytest.approx(length, rel=0.02, abs=0.02), name


@pytest.mark.parametrize(
    "settings",
    [{}, {"tie_word_embeddings": False}, {"scale_attn_by_inverse_layer_idx": True, "n_inner": 24}],
)
def test_gradients_are_torchs(settings: dict[str, Any]) -> None:
    scaled = settings.get("scale_attn_by_inverse_layer_idx", False)
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    config = transformers.GPT2Config(
        vocab_size=SYMBOLS, n_embd=12, n_head=3, n_layer=2, n_positions=16,
        embd_pdrop=0.0, resid_pdrop=0.0, attn_pdrop=0.0, use_cache=False, **settings,
    )  # fmt: skip
    torch.manual_seed(0)
    theirs = transformers.GPT2LMHeadModel(config)
    with torch.no_grad():  # far from the beginning, where most gradients are small
        for parameter in theirs.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    state = {name: w.detach().numpy() for name, w in theirs.state_dict().items()}
    mine = TransformerNetwork(state, TransformerConfig(3, scaled_by_layer=scaled))
    ids = np.random.default_rng(0).integers(0, SYMBOLS, (2, 13))
    logits = theirs(input_ids=torch.tensor(ids[:, :-1])).logits
    loss = torch.nn.functional.cross_entropy(
        logits.transpose(1, 2), torch.tensor(ids[:, 1:]), reduction="sum"
    )
    loss.backward()

    seen = blocks_forward(mine, embedded(mine, ids[:, :-1]))
    np.testing.assert_allclose(
        mine.logits(seen.stream), logits.detach().numpy(), rtol=1e-4, atol=1e-4
    )
    probs = torch.softmax(logits.detach(), -1).numpy()
    d_logits = (probs - np.eye(SYMBOLS)[ids[:, 1:]]).astype(np.float32)
    found, d_x = blocks_backward(mine, seen, d_logits @ mine.output)
    named = {name.removeprefix("transformer."): p for name, p in theirs.named_parameters()}
    for name, gradient in found.items():
        np.testing.assert_allclose(gradient, named[name].grad.numpy(), atol=1e-3, err_msg=name)
    np.testing.assert_allclose(
        d_x.sum(axis=0), named["wpe.weight"].grad.numpy()[: ids.shape[1] - 1], atol=1e-3
    )
    assert transformer_weights(mine).keys() - found.keys() <= {
        "wte.weight", "wpe.weight", "lm_head.weight"
    }  # fmt: skip

    upper = blocks_forward(mine, below(mine, ids[:, :-1], 1), lowest=1)
    np.testing.assert_allclose(upper.stream, seen.stream, atol=1e-5)
    last, _d_x = blocks_backward(mine, upper, d_logits @ mine.output)
    assert {name.split(".")[1] for name in last if name.startswith("h.")} == {"1"}
    for name, gradient in last.items():
        np.testing.assert_allclose(gradient, found[name], atol=1e-5, err_msg=name)
