"""The corrected cell of Home."""

from __future__ import annotations

from dashboard.shared import snippets
from moliere_core.config import SamplingConfig


def code(reference: str, prompt: str, config: SamplingConfig, seed: int) -> str:
    """Write on, one character at a time."""
    return snippets.filled(
        "home", model=reference, prompt=prompt, config=snippets.config(config), seed=seed
    )
