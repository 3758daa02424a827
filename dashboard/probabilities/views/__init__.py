"""The views of the Next character page, a module a view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from streamlit.delta_generator import DeltaGenerator

from dashboard.probabilities.results import Situation
from dashboard.probabilities.views import bars, guess, stages
from dashboard.shared.controls import Choice
from moliere_core.errors import N_


@dataclass(frozen=True)
class View:
    """A way to look at a choice.

    Attributes:
        label: what it is called, marked with `N_`.
        show: draws it, on the board and beside it.
    """

    label: str
    show: Callable[[Situation, DeltaGenerator, DeltaGenerator], None]


VIEWS = {
    "bars": View(N_("Barres"), bars.show),
    "stages": View(N_("Calcul"), stages.show),
    "guess": View(N_("Devine"), guess.show),
}
VIEW = Choice(
    "probabilities.view",
    "view",
    "bars",
    N_("Vue"),
    {name: view.label for name, view in VIEWS.items()},
)


def tried(now: Situation, view: str) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    return {
        "guess": view == "guess" and guess.revealed(now),
        "stages": view == "stages",
        "beside": bool(now.beside),
        "q": now.read[:-1].lower().endswith("q"),
        "space": now.read.endswith(" "),
        "unknown": any(not known for _text, known in now.runs),
    }
