"""A small transformer over characters that nobody trained."""

from __future__ import annotations

import numpy as np

from moliere_core.config import ModelConfig
from moliere_core.networks.arrays import Array
from moliere_core.networks.initial import initial_weights
from tests.networks import LETTERS

CONFIG = ModelConfig("transformer", units=8, layers=2, dropout=0.0, heads=2, context=8)
TEXT = "la belle marquise vos beaux yeux me font mourir d amour"


def weights(config: ModelConfig = CONFIG) -> dict[str, Array]:
    """Its weights, far enough from zero for every part to count."""
    rng = np.random.default_rng(5)
    drawn = initial_weights(config, len(LETTERS))
    return {n: (w + rng.normal(0, 0.4, w.shape)).astype(np.float32) for n, w in drawn.items()}
