"""The discussion, one topic at a time, and its two cards."""

from __future__ import annotations

import streamlit as st

from dashboard.bridge.discussion import attention, fields, pairs, table, tongues
from dashboard.shared import i18n, state, widgets
from dashboard.shared.i18n import _


def show(reference: str) -> None:
    """One topic at a time."""
    topic = widgets.segmented(
        fields.TOPIC,
        _("Sujet"),
        {
            "table": _("Ce qui change"),
            "pairs": _("Prédire ou comprendre ?"),
            "attention": _("L’attention"),
            "tongues": _("Deux langues"),
            "cards": _("Et après ?"),
        },
        visible=False,
    )
    if topic == "table":
        table.show(reference)
    elif topic == "pairs":
        pairs.show(reference)
    elif topic == "attention":
        attention.show(widgets.prompt(labelled=False))
    elif topic == "tongues":
        tongues.show()
    else:
        _cards()


def _cards() -> None:
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        st.markdown(i18n.lesson("finetuning"))
        state.link_with(
            "../pages/training.py",
            _("Repartir de petit dans l’Entraînement"),
            ":material/model_training:",
            {"from": "petit"},
        )
    with right, st.container(border=True):
        st.markdown(i18n.lesson("alignment"))
