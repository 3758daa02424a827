"""The views of the Model page, and what the class has done in them."""

from __future__ import annotations

from dashboard.model import controls
from dashboard.model.controls import Settings
from dashboard.model.views import counts, drawing, embedding, loss
from dashboard.shared import state
from dashboard.shared.views import View, chosen
from moliere_core.config import PRESETS
from moliere_core.errors import N_

VIEWS: dict[str, View[[Settings]]] = {
    "drawing": View(N_("Architecture"), drawing.show),
    "counts": View(N_("Paramètres"), counts.show),
    "loss": View(N_("Perte de départ"), loss.show),
    "embedding": View(N_("Plongement"), embedding.show),
}
VIEW = chosen("model.view", "view", N_("Vue"), VIEWS)


def tried(view: str, settings: Settings) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    course, char = PRESETS["cours"].model, controls.CHAR
    return {
        "units": view == "counts" and settings.model.units != course.units,
        "gru": settings.model.cell == "gru",
        "layers": view == "counts" and settings.model.layers == 2,
        "start": view == "loss",
        "char": view == "embedding" and state.value(char) not in ("", char.default),
    }
