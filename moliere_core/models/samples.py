"""A short text by which networks are told apart: the same draws for all of them."""

from __future__ import annotations

from moliere_core.config import SamplingConfig
from moliere_core.models.protocol import CharModel
from moliere_core.models.sampling import generate
from moliere_core.system.progress import Progress

TEMPERATURE, SEED, CHARS = 0.8, 0, 200


def sample(
    model: CharModel,
    prompt: str = "",
    temperature: float = TEMPERATURE,
    seed: int = SEED,
    chars: int = CHARS,
    progress: Progress | None = None,
) -> str:
    """What a network writes after a prompt, which is left out."""
    return generate(model, [prompt], [SamplingConfig(temperature)], [seed], chars, progress)[0]
