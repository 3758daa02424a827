"""The views of the Bridge page, and what of its list the class has done in them."""

from __future__ import annotations

from dashboard.bridge import controls, results
from dashboard.bridge.controls import Settings
from dashboard.bridge.views import alphabet, axis, ladder, pairs, same, talk
from dashboard.shared import fields, state
from dashboard.shared.views import View, chosen
from moliere_core.errors import N_, ModelError
from moliere_core.pretrained import Presence

VIEWS: dict[str, View[[Settings]]] = {
    "same": View(N_("Même début"), same.show),
    "alphabet": View(N_("Même alphabet"), alphabet.show),
    "ladder": View(N_("L’échelle"), ladder.show),
    "axis": View(N_("Un seul axe"), axis.show),
    "talk": View(N_("Discussion"), talk.show),
}
VIEW = chosen("bridge.view", "view", N_("Vue"), VIEWS)
PROMPTED = ("same", "alphabet", "ladder")  # views that go on from the prompt
_ENGLISH = {"the", "and", "is", "of", "to", "was", "you", "my"}


def tried(view: str, settings: Settings) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    references, prompt = settings.references, settings.prompt
    own = prompt != fields.PROMPT.default
    return {
        "alphabet": view == "alphabet" and len(settings.chosen) >= 3,
        "english": bool(_ENGLISH & set(prompt.lower().split())),
        "counts": "kn-8" in references,
        "hub": any(map(_fetched, references)),
        "same": view == "same" and own and {"petit", "mini-gpt"} <= set(references),
        "ladder": view == "ladder",
        "axis": view == "axis" and state.value(controls.TEXT) == "modern",
        "talk": view == "talk" and pairs.voted(),
    }


def _fetched(reference: str) -> bool:
    """Whether it is a model of the hub that is here; a name that is none is told elsewhere."""
    if not reference.startswith("hf:"):
        return False
    try:
        return results.card(reference).presence is Presence.READY
    except ModelError:
        return False
