"""One step of a head: the numbers shown multiply out, and are those of the network's weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from moliere_core.errors import ModelError
from moliere_core.inspection.attention_step import NormStep, spell_out
from moliere_core.inspection.transformer_trace import read
from tests.core.inspection.transformers import IDS, KINDS, TIME, VOCAB, small
from tests.gpts import CONFIG, activated, random_gpt2


def close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("settings", KINDS, ids=str)
@pytest.mark.parametrize(("position", "layer", "head"), [(0, 0, 0), (6, 1, 1), (TIME - 1, 0, 1)])
def test_the_numbers_multiply_out(
    settings: dict[str, Any], position: int, layer: int, head: int
) -> None:
    network = small(**settings)
    seen = read(network, IDS)
    step = spell_out(network, seen, position, layer, head)
    config = CONFIG | settings
    w = {n: t.astype(np.float64) for n, t in random_gpt2(VOCAB, **settings).items()}
    name, size = f"h.{layer}", config["n_embd"] // config["n_head"]

    def normed(norm: NormStep, which: str) -> Any:
        before = norm.before.astype(float)
        close(norm.mean, before.mean())
        close(norm.deviation, np.sqrt(before.var() + config["layer_norm_epsilon"]))
        scaled = (before - norm.mean) / norm.deviation
        return scaled * w[f"{name}.{which}.weight"] + w[f"{name}.{which}.bias"]

    close(step.norm.before, seen.stream[layer, position])
    close(step.norm.after, normed(step.norm, "ln_1"))
    matrix, bias = w[f"{name}.attn.c_attn.weight"], w[f"{name}.attn.c_attn.bias"]
    query, key, value = (
        slice(part * config["n_embd"] + head * size, part * config["n_embd"] + (head + 1) * size)
        for part in range(3)
    )
    close(step.query, step.norm.after @ matrix[:, query] + bias[query])
    close(step.keys[position], step.norm.after @ matrix[:, key] + bias[key])
    close(step.values[position], step.norm.after @ matrix[:, value] + bias[value])
    for other in range(TIME):
        there = spell_out(network, seen, other, layer, head).norm.after
        close(step.keys[other], there @ matrix[:, key] + bias[key])
        close(step.values[other], there @ matrix[:, value] + bias[value])
        close(step.products[other], step.query @ step.keys[other])
        if other > position:
            assert step.scores[other] == -np.inf
            assert step.weights[other] == 0
        else:
            close(step.scores[other], step.products[other] * step.scale)
    odds = np.exp(step.scores.astype(float))
    close(step.weights, odds / odds.sum())
    close(step.weights, seen.weights[layer, head, position])
    close(step.mixed, sum(s * v for s, v in zip(step.weights, step.values, strict=True)))
    rows = w[f"{name}.attn.c_proj.weight"][head * size : (head + 1) * size]
    close(step.from_head, step.mixed @ rows)
    close(step.from_heads[head], step.from_head)
    close(step.bias, w[f"{name}.attn.c_proj.bias"])
    close(step.middle, step.norm.before + step.from_heads.sum(axis=0) + step.bias)
    close(step.middle, seen.middle[layer, position])
    close(step.norm_2.before, step.middle)
    close(step.norm_2.after, normed(step.norm_2, "ln_2"))
    close(
        step.hidden,
        step.norm_2.after @ w[f"{name}.mlp.c_fc.weight"] + w[f"{name}.mlp.c_fc.bias"],
    )
    if config["activation_function"] == "tanh":
        close(step.active, np.tanh(step.hidden))
    else:
        close(
            step.active, [activated(float(x), config["activation_function"]) for x in step.hidden]
        )
    close(
        step.from_mlp,
        step.active @ w[f"{name}.mlp.c_proj.weight"] + w[f"{name}.mlp.c_proj.bias"],
    )
    close(step.after, step.middle + step.from_mlp)
    close(step.after, seen.stream[layer + 1, position])


def test_the_scale_is_that_of_the_configuration() -> None:
    seen = read(small(), IDS)
    assert spell_out(small(), seen, 3, 1, 0).scale == pytest.approx(8**-0.5)
    by_layer = small(scale_attn_by_inverse_layer_idx=True)
    assert spell_out(by_layer, read(by_layer, IDS), 3, 1, 0).scale == pytest.approx(8**-0.5 / 2)


def test_the_most_active_units_come_first() -> None:
    step = spell_out(small(), read(small(), IDS), 3, 1, 0)
    best = step.most_active(3)
    order = sorted(range(len(step.active)), key=lambda unit: -abs(step.active[unit]))
    assert best.tolist() == order[:3]


@pytest.mark.parametrize("where", [(TIME, 0, 0), (0, 2, 0), (0, 0, 2), (-1, 0, 0)])
def test_what_is_not_there_is_one_sentence(where: tuple[int, int, int]) -> None:
    with pytest.raises(
        ModelError, match="a text of 14 tokens and a network of 2 blocks of 2 heads"
    ):
        spell_out(small(), read(small(), IDS), *where)
