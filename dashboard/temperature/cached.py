"""The caches of the Temperature page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.shared import cached

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboard.temperature.columns import Column
    from moliere_core.config import SamplingConfig


@cached.computed(max_entries=64)
def comparison(
    reference: str,
    prompts: Sequence[str],
    configs: Sequence[SamplingConfig],
    seed: int,
    chars: int,
) -> cached.Task[list[Column]]:
    """Texts written side by side with the same draws."""
    from dashboard.temperature.columns import compare

    model = cached.model(reference)
    return lambda told: compare(model, prompts, configs, seed, chars, told)
