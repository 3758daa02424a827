"""The corrected cell of the Next character page."""

from __future__ import annotations

from dashboard.shared import snippets
from moliere_core.config import SamplingConfig


def code(reference: str, text: str, config: SamplingConfig, bars: int) -> str:
    """The distribution of the character after `text`, before and after the settings."""
    return snippets.filled(
        "probabilities", model=reference, text=text, config=snippets.config(config), bars=bars
    )
