"""Where mini-gpt looks, token by token: recurrence against attention."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from dashboard.bridge import components, results
from dashboard.bridge.controls import Settings
from dashboard.shared import following, i18n, state, widgets
from dashboard.shared.i18n import _
from moliere_core import pretrained
from moliere_core.models.protocol import CONTEXT_START
from moliere_core.pretrained import Attention, Request

MOST_CHARS = 160


def show(_settings: Settings) -> None:
    """The end of the prompt, and the same question asked of the LSTM."""
    text = widgets.prompt(labelled=False)[-MOST_CHARS:]
    asked = following.asked(results.attention, pretrained.MINI, text)
    following.follow([asked], partial(_heads, asked), following.OFTEN)
    st.page_link(
        "../pages/inside.py",
        label=_("La même question posée au LSTM : quelles lettres ont compté ?"),
        icon=":material/neurology:",
    )
    with st.container(border=True):
        st.markdown(i18n.lesson("attention"))


def _heads(asked: Request[Attention]) -> None:
    status = asked.status
    if status.active:
        st.progress(status.share, _("mini-gpt relit le texte…"))
        return
    if status.error is not None:
        widgets.problem(status.error)
        return
    components.attention(
        {
            "pieces": list(asked.value.tokens),
            "weights": np.round(asked.value.layers.astype(float), 5).tolist(),
            "start": CONTEXT_START,
            "locale": state.language(),
            "labels": {
                "layer": _("Couche"),
                "mean": _("toutes"),
                "hint": _(
                    "Cliquez sur un token : plus un token d’avant est coloré, plus il y regarde "
                    "pour prédire la suite. Le LSTM, lui, n’a que sa mémoire : il ne peut pas "
                    "revenir en arrière."
                ),
            },
        },
        "discussion.attention",
    )
