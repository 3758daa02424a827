"""The cell of the page for the school."""

from __future__ import annotations

from dashboard.about.results import LAMP_WATTS
from dashboard.shared import snippets


def code(trained: str, watts: int) -> str:
    """The energy of a training, from the seconds that it noted and the power that is supposed."""
    return snippets.filled("about", reference=trained, watts=watts, lamp=LAMP_WATTS)
