"""A small transformer that nobody trained, and its formulas written out in float64."""

from __future__ import annotations

from typing import Any

import numpy as np

from moliere_core.networks.transformer import TransformerConfig, TransformerNetwork
from tests.gpts import CONFIG, random_gpt2

VOCAB, TIME = 30, 14
IDS = np.random.default_rng(4).integers(0, VOCAB, TIME)
KINDS: list[dict[str, Any]] = [
    {},
    {"tie_word_embeddings": False, "activation_function": "gelu"},
    {"activation_function": "relu", "n_inner": 24, "n_head": 4},
    {"scale_attn_by_inverse_layer_idx": True, "activation_function": "quick_gelu"},
    {"scale_attn_weights": False, "activation_function": "silu"},
    {"activation_function": "tanh"},
]


def small(scale: float = 1.0, **settings: Any) -> TransformerNetwork:
    """A network of random weights, `scale` times as large."""
    config = TransformerConfig.of(CONFIG | settings)
    assert config is not None
    weights = {name: w * np.float32(scale) for name, w in random_gpt2(VOCAB, **settings).items()}
    return TransformerNetwork(weights, config)
