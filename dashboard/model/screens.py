"""The screens of the Model page: which is shown, and what the class has done there."""

from __future__ import annotations

from dashboard.model import counts, drawing, embedding, fields, loss
from dashboard.model.controls import Settings
from dashboard.shared import state
from moliere_core.config import PRESETS


def show(view: str, settings: Settings) -> None:
    """One screen."""
    if view == "drawing":
        drawing.show(settings)
    elif view == "counts":
        counts.show(settings)
    elif view == "loss":
        loss.show(settings)
    else:
        embedding.show()


def tried(view: str, settings: Settings) -> dict[str, bool]:
    """What of the lesson's list has just been done."""
    course = PRESETS["cours"].model
    return {
        "units": view == "counts" and settings.model.units != course.units,
        "gru": settings.model.cell == "gru",
        "layers": view == "counts" and settings.model.layers == 2,
        "start": view == "loss",
        "char": view == "embedding" and state.value(fields.CHAR) not in ("", fields.CHAR.default),
    }
