"""The caches of the ladder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.bridge import cached as bridge_cache

if TYPE_CHECKING:
    from dashboard.bridge.ladder.rungs import Rung
    from moliere_core.config import SamplingConfig


def rung(reference: str, prompt: str, config: SamplingConfig, seed: int) -> Rung:
    """What a character model writes, and what it expects first: put together from two caches."""
    from dashboard.bridge.ladder.rungs import CHARS, rung

    return rung(
        bridge_cache.written_by_characters(reference, prompt, config, seed, CHARS),
        bridge_cache.next_by_characters(reference, prompt),
    )
