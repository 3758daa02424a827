"""The corrected cell of the Temperature page."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.shared import snippets
from dashboard.shared.snippets import Code
from moliere_core.config import SamplingConfig


def code(
    reference: str, prompts: Sequence[str], configs: Sequence[SamplingConfig], seed: int, chars: int
) -> str:
    """Several texts side by side, with the same draws."""
    columns = zip(prompts, map(snippets.config, configs), strict=True)
    return snippets.filled(
        "temperature",
        model=reference,
        columns=Code("".join(f"    ({prompt!r}, {config}),\n" for prompt, config in columns)),
        seed=seed,
        chars=chars,
    )
