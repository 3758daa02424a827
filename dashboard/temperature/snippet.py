"""The corrected cell of the Temperature page."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.shared import snippets
from moliere_core.config import SamplingConfig


def code(
    reference: str, prompts: Sequence[str], configs: Sequence[SamplingConfig], seed: int, chars: int
) -> str:
    """Several texts side by side, with the same draws."""
    return snippets.filled(
        "temperature",
        model=reference,
        columns=snippets.columns(zip(prompts, configs, strict=True)),
        seed=seed,
        chars=chars,
    )
