"""The views of the Reading page, a module a view."""

from __future__ import annotations

from dashboard.reading import controls
from dashboard.reading.controls import Settings
from dashboard.reading.views import learning, mixing, origins, text, verse, word
from dashboard.shared import state
from dashboard.shared.views import View, chosen
from moliere_core.errors import N_

VIEWS = {
    "text": View(N_("Un texte"), text.show),
    "sources": View(N_("Sources"), origins.show),
    "verse": View(N_("Vers"), verse.show),
    "word": View(N_("Combien de lettres ?"), word.show),
    "learning": View(N_("Il apprend"), learning.show),
    "mixing": View(N_("Mélange"), mixing.show),
}
VIEW = chosen("reading.view", "view", N_("Vue"), VIEWS)


def tried(view: str, settings: Settings) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    if view == "word":
        return {"word": state.value(controls.WORD) != controls.WORD.default}
    if view == "learning":
        return {"learning": state.value(controls.ORIGIN) == "own"}
    if view == "mixing":
        return {"mixing": state.value(controls.SHARE) != controls.SHARE.default}
    origin = state.value(controls.ORIGIN)
    if view in ("sources", "verse"):
        return {view: origin in ("own", "written", "kept")}
    return {name: origin == name for name in ("own", "modern", "written")} | {
        "rank": settings.colour == "rank"
    }
