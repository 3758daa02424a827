"""What is set on Home."""

from __future__ import annotations

from dashboard.shared import controls
from dashboard.shared.controls import Choice
from moliere_core.errors import N_

SPEED = Choice(
    "home.speed",
    "speed",
    "normal",
    N_("Vitesse"),
    {"slow": N_("lent"), "normal": N_("normal"), "instant": N_("instantané")},
)
TEMPERATURE = controls.temperature("home")
