"""What is set on the Film page, and where the film rests."""

from __future__ import annotations

from dashboard.shared import controls, state
from dashboard.shared.controls import Choice
from dashboard.shared.state import Field
from moliere_core.errors import N_

TEMPERATURE = controls.temperature("film")
VIEW = Choice(
    "film.view",
    "view",
    "film",
    N_("Vue"),
    {"film": N_("Film"), "compare": N_("Avant / après")},
)
MOMENT: Field[str] = Field("film.moment", "moment", "", str)  # epoch-003, step-000100
BEFORE: Field[str] = Field("film.before", "before", "epoch-000", str)
BACK: Field[int] = Field(  # characters from the end of the prompt; -1: not chosen
    "film.back", "back", -1, state.integer(-1, state.MAX_PROMPT)
)
