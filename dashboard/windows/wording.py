"""Labels and sentences that several views of the Windows page share."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import components, i18n
from dashboard.shared.i18n import _
from dashboard.windows import results


def times_read(times: float) -> str:
    """A factor, no more precise than it is read."""
    return i18n.number(times, 0 if times >= 10 or round(times, 1) == round(times) else 1)


def player() -> dict[str, str]:
    """The labels of the buttons."""
    return components.player(
        _("Fenêtre précédente (flèche gauche)"), _("Fenêtre suivante (flèche droite)")
    )


def warn(reference: str, source: str) -> None:
    """Say so where a model is measured on what it has learned from."""
    if results.judged_on_its_own_text(reference, source):
        st.warning(_("Ce modèle a appris sur ce texte même : ses chiffres sont flattés."))
