"""The views of the Next character page, a module a view."""

from __future__ import annotations

from dashboard.probabilities.results import Situation
from dashboard.probabilities.views import bars, guess, stages
from dashboard.shared.views import View, chosen
from moliere_core.errors import N_

VIEWS = {
    "bars": View(N_("Barres"), bars.show),
    "stages": View(N_("Calcul"), stages.show),
    "guess": View(N_("Devine"), guess.show),
}
VIEW = chosen("probabilities.view", "view", N_("Vue"), VIEWS)


def tried(view: str, now: Situation) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    return {
        "guess": view == "guess" and guess.revealed(now),
        "stages": view == "stages",
        "beside": bool(now.beside),
        "q": now.read[:-1].lower().endswith("q"),
        "space": now.read.endswith(" "),
        "unknown": any(not known for _text, known in now.runs),
    }
