"""What the address of the Home page holds."""

from __future__ import annotations

from dashboard.shared.state import Field, brief, choice, temperature

SPEED: Field[str] = Field("home.speed", "speed", "normal", choice("slow", "normal", "instant"))
TEMPERATURE: Field[float] = Field("home.temperature", "temperature", 0.8, temperature(2), brief)
