"""What a model makes of a text, computed in turns and once for all who ask for the same."""

from __future__ import annotations

from dashboard.shared import cached
from moliere_core.config import SamplingConfig
from moliere_core.measures import reading as measured
from moliere_core.measures.reading import Completion, Reading
from moliere_core.models.sampling import generate


@cached.computed(max_entries=64)
def reading(reference: str, text: str) -> cached.Task[Reading]:
    """A text as a model sees it."""
    model = cached.model(reference)
    return lambda told: measured.read(model, text, told)


@cached.computed(max_entries=256)
def completion(reference: str, before: str, word: str) -> cached.Task[Completion]:
    """How sure a model is of the rest of a word, letter after letter."""
    model = cached.model(reference)
    return lambda told: measured.completion(model, before, word, told)


@cached.computed(max_entries=64)
def written(reference: str, prompt: str, seed: int, chars: int) -> cached.Task[str]:
    """What a model writes after a prompt, as learned (temperature 1)."""
    model, config = cached.model(reference), SamplingConfig(1.0)
    return lambda told: prompt + generate(model, [prompt], [config], [seed], chars, told)[0]
