"""What the address of the Next character page holds."""

from __future__ import annotations

from dashboard.shared.state import Field, brief, choice, clip, integer, temperature

TEMPERATURE: Field[float] = Field(
    "probabilities.temperature", "temperature", 1.0, temperature(3), brief
)
CHOSEN: Field[str] = Field("probabilities.chosen", "chosen", "", clip)
VIEW: Field[str] = Field("probabilities.view", "view", "bars", choice("bars", "stages", "guess"))
BESIDE: Field[str] = Field("probabilities.beside", "beside", "", str)  # a second model, or none
BARS: Field[int] = Field("probabilities.bars", "bars", 8, integer(3, 120))
