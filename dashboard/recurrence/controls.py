"""What the Recurrence page asks for."""

from __future__ import annotations

from dashboard.shared import snippets
from dashboard.shared.controls import Choice
from moliere_core.errors import N_
from moliere_core.measures.name_recall import DISTANCES

DISTANCE = Choice(
    "recurrence.distance",
    "distance",
    str(DISTANCES[0]),
    N_("Caractères entre les deux"),
    {str(distance): str(distance) for distance in DISTANCES},
)


def code(view: str, reference: str) -> str:
    """The page's cell: the same measure of one model.

    Args:
        view: name of the view.
        reference: of the model.
    """
    if view == "seconds":
        return snippets.filled("recurrence-seconds")
    return snippets.filled("recurrence-name", model=reference)
