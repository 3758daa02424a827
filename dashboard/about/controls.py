"""What is set on the page for the school: whose energy is estimated, and of which machine."""

from __future__ import annotations

from dashboard.about.results import LAMP_WATTS
from dashboard.shared import snippets
from dashboard.shared.controls import Menu, Whole
from moliere_core.errors import N_

USUAL_WATTS = 65  # a laptop's charger, at its label: more than it draws, less than a tower

TRAINED = Menu("about.trained", "trained", "petit", N_("Entraînement"))
WATTS = Whole(
    "about.watts",
    "watts",
    USUAL_WATTS,
    N_("Puissance supposée (W)"),
    5,
    1000,
    step=5,
    help=N_(
        "Rien ici ne mesure le courant : 65 W est le chargeur d’un portable. Une tour prend "
        "100 à 200 W, un wattmètre de prise dit la vraie valeur."
    ),
)


def tried(trained: str, watts: int) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    return {"watts": watts != USUAL_WATTS, "other": trained != TRAINED.default}


def code(trained: str, watts: int) -> str:
    """The energy of a training, from the seconds that it noted and the power that is supposed."""
    return snippets.filled("about", reference=trained, watts=watts, lamp=LAMP_WATTS)
