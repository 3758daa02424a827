"""The caches of the Home page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.shared import cached

if TYPE_CHECKING:
    from dashboard.home.playback import Playback
    from moliere_core.config import SamplingConfig


@cached.computed(max_entries=64)
def playback(
    reference: str, prompt: str, config: SamplingConfig, seed: int, chars: int
) -> cached.Task[Playback]:
    """A text with the choice behind each of its characters."""
    from dashboard.home.playback import record

    model = cached.model(reference)
    return lambda told: record(model, prompt, config, seed, chars, told)
