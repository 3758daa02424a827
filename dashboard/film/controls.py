"""What is set on the Film page, and where the film rests."""

from __future__ import annotations

from dashboard.shared import fields, snippets, widgets
from dashboard.shared.fields import Field
from moliere_core.config import SamplingConfig

TEMPERATURE = widgets.temperature("film")
MOMENT: Field[str] = Field("film.moment", "moment", "", str)  # epoch-003, step-000100
BEFORE: Field[str] = Field("film.before", "before", "epoch-000", str)
BACK: Field[int] = Field(  # characters from the end of the prompt; -1: not chosen
    "film.back", "back", -1, fields.integer(-1, fields.MAX_PROMPT)
)


def code(reference: str, prompt: str, config: SamplingConfig, seed: int) -> str:
    """The same draws with the weights of every moment of a training."""
    return snippets.filled(
        "film",
        run=reference.partition("@")[0],
        prompt=prompt,
        config=snippets.config(config),
        seed=seed,
    )
