"""The corrected cell of the Film page."""

from __future__ import annotations

from dashboard.shared import snippets
from moliere_core.config import SamplingConfig


def code(reference: str, prompt: str, config: SamplingConfig, seed: int) -> str:
    """The same draws with the weights of every moment of a training."""
    return snippets.filled(
        "film",
        run=reference.partition("@")[0],
        prompt=prompt,
        config=snippets.config(config),
        seed=seed,
    )
