"""What the address of the Next character page holds."""

from __future__ import annotations

from dashboard.state import Field, brief, clip, integer, temperature

TEMPERATURE: Field[float] = Field(
    "probabilities.temperature", "temperature", 1.0, temperature(3), brief
)
CHOSEN: Field[str] = Field("probabilities.chosen", "chosen", "", clip)
BARS: Field[int] = Field("probabilities.bars", "bars", 8, integer(3, 120))
