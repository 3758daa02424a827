"""Where mini-gpt looks, token by token: recurrence against attention."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.bridge import results
from dashboard.bridge.controls import Settings
from dashboard.shared import attention, following, i18n, widgets
from dashboard.shared.attention import Look
from dashboard.shared.i18n import _
from moliere_core import pretrained
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
    st.page_link(
        "../pages/recurrence.py",
        label=_("Qui se souvient d’un nom, et ce que coûte de regarder en arrière"),
        icon=":material/history:",
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
    weights = asked.value.layers
    layers = enumerate(weights, start=1)
    attention.show(
        "discussion.attention",
        asked.value.tokens,
        [Look(_("toutes"), weights.mean(axis=0)), *(Look(str(n), one) for n, one in layers)],
        _(
            "Cliquez sur un token : plus un token d’avant est coloré, plus il y regarde "
            "pour prédire la suite. Le LSTM, lui, n’a que sa mémoire : il ne peut pas "
            "revenir en arrière."
        ),
        _("Couche"),
    )
