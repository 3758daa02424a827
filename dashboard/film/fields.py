"""What the address of the Film page holds."""

from __future__ import annotations

from dashboard.shared.state import MAX_PROMPT, Field, brief, choice, integer, temperature

TEMPERATURE: Field[float] = Field("film.temperature", "temperature", 0.8, temperature(2), brief)
VIEW: Field[str] = Field("film.view", "view", "film", choice("film", "compare"))
MOMENT: Field[str] = Field("film.moment", "moment", "", str)  # epoch-003, step-000100
BEFORE: Field[str] = Field("film.before", "before", "epoch-000", str)
BACK: Field[int] = Field("film.back", "back", -1, integer(-1, MAX_PROMPT))  # -1: not chosen
