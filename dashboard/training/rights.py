"""Whose training it is: a key for each session, the teacher's code, and who may stop what."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import streamlit as st

from dashboard.i18n import _
from moliere_core.errors import MoliereError

_TOKEN, _TYPED = "training.token", "training.key"


def token() -> str:
    """This session's secret: what it starts, only it and the teacher may stop or delete."""
    return str(st.session_state.setdefault(_TOKEN, secrets.token_urlsafe(9)))


def tokens() -> tuple[str, ...]:
    """What this session may show at the door: what was typed, then its own secret."""
    typed = str(st.session_state.get(_TYPED) or "").strip()
    return (typed, token()) if typed else (token(),)


def attempt(action: Callable[[str], object]) -> MoliereError | None:
    """Do it with each of these keys until one opens; why the last one does not, else None."""
    error: MoliereError | None = None
    for key in tokens():
        try:
            action(key)
        except MoliereError as refusal:
            error = refusal
        else:
            return None
    return error


def key_drawer() -> None:
    """The key to take elsewhere, and a field for a key or for the teacher's code."""
    with st.popover(_("Clé"), icon=":material/key:"):
        st.caption(
            _(
                "Qui lance un entraînement peut seul l’arrêter ou le supprimer. "
                "Notez cette clé pour le faire d’un autre navigateur :"
            )
        )
        st.code(token(), language=None)
        st.text_input(
            _("Une autre clé, ou le code du professeur"),
            type="password",
            key=_TYPED,
            autocomplete="off",
        )
