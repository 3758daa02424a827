"""What the page for the school shows: what is kept, an estimate of energy, what it is for."""

from __future__ import annotations

import streamlit as st

from dashboard.about import controls, results, wording
from dashboard.shared.i18n import _


def kept() -> None:
    """What is kept where, and what leaves the room."""
    st.markdown(wording.text("about-data"))


def energy() -> tuple[str, int]:
    """The energy of a training, for the power that is supposed; its reference, and that power."""
    st.header(_("L’énergie d’un entraînement"), anchor=False)
    timed = results.timed()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        trained = controls.TRAINED.ask(list(timed), lambda name: timed[name].name)
        watts = controls.WATTS.ask()
    st.markdown(wording.energy(timed[trained], watts))
    st.caption(
        _(
            "C’est une estimation : les secondes sont mesurées pendant l’apprentissage, la "
            "puissance est une hypothèse. N’y sont ni la fabrication de la machine, ni l’écran, ni "
            "les essais d’avant."
        )
    )
    return trained, watts


def meant() -> None:
    """Biases of its texts, and where it stands in the programmes."""
    st.markdown(wording.text("about-class"))
