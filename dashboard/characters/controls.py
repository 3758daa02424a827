"""The controls of the Characters page that other pages do not have."""

from __future__ import annotations

import streamlit as st

from dashboard.characters import fields
from dashboard.shared import state, widgets
from dashboard.shared.i18n import _
from dashboard.shared.tokens import MOST_MERGES
from moliere_core.text.normalise import normalise


def sentence() -> str:
    """The shared prompt, as every text here is read: normalised."""
    return normalise(widgets.prompt(labelled=False))


def view() -> str:
    """Which of the four views."""
    return widgets.segmented(
        fields.VIEW,
        _("Vue"),
        {
            "trip": _("Aller et retour"),
            "alphabet": _("L’alphabet"),
            "tokens": _("Les tokens"),
            "bytes": _("Les octets"),
        },
        visible=False,
    )


def min_char_freq() -> int:
    """How often a character must occur to be in the alphabet."""
    state.restore(fields.MIN_CHAR_FREQ)
    chosen = st.select_slider(
        _("Garder les caractères vus au moins… fois"),
        fields.LEAST,
        key=fields.MIN_CHAR_FREQ.key,
        help=_("min\\_char\\_freq : les autres deviennent « inconnu », d’indice 0."),
    )
    return state.keep(fields.MIN_CHAR_FREQ, int(chosen))


def merges() -> int:
    """After how many merges the tokenizer's training stops."""
    state.restore(fields.MERGES)
    chosen = st.slider(
        _("Arrêter l’apprentissage du BPE après… fusions"),
        0,
        MOST_MERGES,
        key=fields.MERGES.key,
    )
    return state.keep(fields.MERGES, int(chosen))


def char() -> str:
    """The character whose bytes are shown: typed, or clicked."""
    state.restore(fields.CHAR)
    typed = st.text_input(
        _("Un caractère"), key=fields.CHAR.key, max_chars=4, label_visibility="collapsed"
    )
    normal = normalise(typed or "")
    return state.keep(fields.CHAR, normal[0] if normal else fields.CHAR.default)
