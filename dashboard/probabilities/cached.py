"""The caches of the Next character page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.shared import cached

if TYPE_CHECKING:
    from dashboard.probabilities.choice import NextCharacter
    from moliere_core.config import SamplingConfig


@cached.computed(max_entries=256)
def next_character(
    reference: str, prompt: str, chosen: str, config: SamplingConfig, seed: int, bars: int
) -> cached.Task[NextCharacter]:
    """The distribution of the character after `prompt` and `chosen`."""
    from dashboard.probabilities.choice import next_character

    model = cached.model(reference)
    return lambda told: next_character(model, prompt, chosen, config, seed, bars, told)
