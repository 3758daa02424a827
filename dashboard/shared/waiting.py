"""What a page says while it waits for its turn at the engine."""

from __future__ import annotations

import time
from typing import TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.server.turns import LOOK, Work, engine
from dashboard.shared import i18n
from dashboard.shared.i18n import _

T = TypeVar("T")

PATIENCE = 0.5  # seconds after which a page says what it does, and how far it is


def session() -> str:
    """Who asks: this browser tab; "" outside of a page."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""


def until_done(work: Work[T]) -> T:
    """The result of a work, once it is there; raises its error.

    After a moment a bar says how far it is, and that others compute as well.
    """
    began, place = time.monotonic(), None
    try:
        while not work.ended.wait(LOOK):
            engine.look(work)
            if time.monotonic() - began > PATIENCE:
                place = place or st.empty()
                place.progress(work.share, sentence(work.share, engine.others(work)))
    finally:
        if place is not None:
            place.empty()
    return work.future.result()


def sentence(share: float, others: int) -> str:
    """Why one waits, and how far it is."""
    done = i18n.percent(share)
    if not others:
        return _("Le modèle calcule : {share}").format(share=done)
    return i18n.ngettext(
        "Le modèle calcule pour vous et {count} autre personne, à tour de rôle, "
        "le plus court d’abord : {share}",
        "Le modèle calcule pour vous et {count} autres personnes, à tour de rôle, "
        "le plus court d’abord : {share}",
        others,
    ).format(count=others, share=done)
