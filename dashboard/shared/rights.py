"""Whose training it is: a key for each session, the teacher's code, and who may stop what."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from itertools import chain

import streamlit as st

from dashboard.server.guesses import LONG, guesses
from dashboard.server.networks import network
from dashboard.server.room import COOKIE, secret
from dashboard.shared import i18n
from dashboard.shared.i18n import _
from moliere_core.errors import MoliereError
from moliere_core.runs.ownership import is_teacher, read_owner
from moliere_core.runs.run import OWNER, runs_folder
from moliere_core.training import jobs

_TOKEN, _TYPED = "training.token", "training.key"
_TRIED, _UNTIL = "training.key.tried", "training.key.wait"  # the last key tried; seconds to wait


def token() -> str:
    """This session's secret: what it starts, only it and the teacher may stop or delete."""
    return str(st.session_state.setdefault(_TOKEN, secrets.token_urlsafe(9)))


def tokens() -> tuple[str, ...]:
    """The keys of this session: the teacher's code alone, or its own secret and what was typed.

    What was typed counts once it has been tried, see `_tried`.
    """
    typed = str(st.session_state.get(_TYPED) or "").strip()
    if not typed or not _tried(typed):
        return (token(),)
    return (typed,) if is_teacher(typed) else (token(), typed)


def browser() -> str:
    """What the tabs of this browser have in common: the secret of its cookie, hashed."""
    cookie = st.context.cookies.get(COOKIE)
    return hashlib.sha256(secret(cookie).encode()).hexdigest() if isinstance(cookie, str) else ""


def address() -> str:
    """The network that this session is in."""
    return network(st.context.ip_address)


def _tried(typed: str) -> bool:
    """Whether a key that was typed may be used: each new one may be a guess, see `guesses`.

    One that opens something of the store is none: such keys are drawn from 2**72, and who has one
    was given it. One that opens nothing is used once it has been tried: what it belongs to may be
    about to come.
    """
    if st.session_state.get(_TRIED) == typed:
        return True
    wait = 0.0
    if not _opens(typed):
        short = len(os.environ.get("MOLIERE_TEACHER_CODE", "")) < LONG
        wait = guesses.wait(browser() or token(), address(), lambda: is_teacher(typed), short)
    st.session_state[_UNTIL] = wait
    if wait:
        return False
    st.session_state[_TRIED] = typed
    return True


def _opens(key: str) -> bool:
    """Whether a key is this session's, or that of a job or a run."""
    waiting = (job.spec.owner for job in jobs.active())
    stored = (read_owner(path / OWNER) for path in runs_folder().glob("*"))
    return key == token() or any(owner and owner.holds(key) for owner in chain(waiting, stored))


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
        tokens()
        say_wait()


def give(typed: str) -> None:
    """Inside a callback: use a key, as if it had been typed into the drawer."""
    st.session_state[_TYPED] = typed


def say_wait() -> None:
    """How long the next key has to wait, if it has to."""
    if wait := st.session_state.get(_UNTIL):
        st.warning(
            _("Trop de clés essayées : la prochaine compte dans {duration}.").format(
                duration=i18n.duration(wait)
            )
        )
