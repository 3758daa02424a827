"""The views of the Windows page, and what the class has done in them."""

from __future__ import annotations

from dashboard.shared import state
from dashboard.shared.views import View, chosen
from dashboard.shared.widgets import COURSE_START
from dashboard.windows.controls import LENGTHS, ORDER, START, VARIANT, Settings
from dashboard.windows.views import batch, compare, length, slide, start, streams, variants
from moliere_core.errors import N_
from moliere_core.text.windows import window_count

VIEWS: dict[str, View[[Settings]]] = {
    "slide": View(N_("Glisser"), slide.show),
    "streams": View(N_("Flux"), streams.show),
    "batch": View(N_("Lot"), batch.show),
    "start": View(N_("Début"), start.show),
    "length": View(N_("Longueur"), length.show),
    "variants": View(N_("Un ou tous"), variants.show),
    "compare": View(N_("Série ou texte"), compare.show),
}
VIEW = chosen("windows.view", "view", N_("Vue"), VIEWS)


def show(view: str, settings: Settings) -> None:
    """One view; a sentence where the text is shorter than a window."""
    window_count(len(settings.material.text), settings.length, 1)
    VIEWS[view].show(settings)


def tried(view: str, settings: Settings) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    return {
        "long": view == "slide" and settings.length == LENGTHS[-1],
        "apart": view == "slide" and settings.shift == settings.length,
        "order": view == "batch" and state.value(ORDER) == "text",
        "buffer": view == "batch" and state.value(ORDER) == "buffer",
        "spaces": view == "start" and state.value(START) != COURSE_START,
        "cost": view == "length",
        "refused": view == "variants" and state.value(VARIANT) != "notebook",
    }
