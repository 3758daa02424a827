"""What the address of the Temperature page holds."""

from __future__ import annotations

from dashboard.shared.state import (
    Field,
    brief,
    choice,
    clip,
    integer,
    show_numbers,
    temperature,
    temperatures,
)

MAX_COLUMNS = 6
DEFAULT_PROMPTS = "Mon frère, \nAh ! \nQuoi ! "  # one a line

COMPARED: Field[str] = Field(
    "temperature.mode", "compare", "temperatures", choice("temperatures", "prompts")
)
TEMPERATURES: Field[tuple[float, ...]] = Field(
    "temperature.t", "t", (0.2, 0.5, 0.8, 1.0, 1.3), temperatures(MAX_COLUMNS), show_numbers
)
PROMPTS: Field[str] = Field("temperature.prompts", "prompts", DEFAULT_PROMPTS, clip)
LENGTH: Field[int] = Field("temperature.chars", "chars", 200, integer(20, 2000))
ONE_TEMPERATURE: Field[float] = Field("temperature.one", "temperature", 0.8, temperature(2), brief)
