"""Handing a run back as a file that the course's notebook opens."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import widgets
from dashboard.shared.i18n import _
from dashboard.training import cached as training_cache
from moliere_core.errors import MoliereError
from moliere_core.exchange.run_import import check_allowed
from moliere_core.runs.run import Run

_PREPARED = "training.keras.prepared"  # the run whose .keras file is ready


def keras_button(run: Run) -> None:
    """The run as a file that `keras.models.load_model` opens: made on demand, then downloaded."""
    try:
        check_allowed()
    except MoliereError:
        return
    if st.session_state.get(_PREPARED) != run.id:
        if not st.button(
            _("Préparer le .keras"),
            key="training.keras",
            icon=":material/deployed_code:",
            help=_(
                "Le même réseau, que keras.models.load_model ouvre dans le notebook du cours : "
                "l’entrée i est le i-ème caractère de l’alphabet trié."
            ),
        ):
            return
        try:
            with st.spinner(_("Keras écrit le fichier, dans un processus à part : 10 s environ…")):
                training_cache.keras_file(run.id, run.snapshot().name)
        except MoliereError as error:
            widgets.problem(error)
            return
        st.session_state[_PREPARED] = run.id
        st.rerun()
    st.download_button(
        _("Télécharger (.keras)"),
        training_cache.keras_file(run.id, run.snapshot().name),
        f"moliere-{run.id}.keras",
        "application/octet-stream",
        key="training.keras.download",
        icon=":material/download:",
        on_click="ignore",
    )
