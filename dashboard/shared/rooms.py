"""The room of whoever teaches: opened and closed beside "Rejoindre", found again by their browser.

A room belongs to a browser, by a hash of its cookie: its other windows, and the same page after a
reload or a restart of the server, have it too.
"""

from __future__ import annotations

import hashlib

import streamlit as st

from dashboard.server.phones import FOLDER
from dashboard.server.rates import Rate
from dashboard.shared import i18n, join, rights, state, widgets
from dashboard.shared.components import Component
from dashboard.shared.i18n import _
from moliere_core import classroom
from moliere_core.classroom import Room
from moliere_core.errors import MoliereError
from moliere_core.runs.ownership import has_teacher, may_change

_TYPED, _SHOWN = "rooms.code", "rooms.shown"  # the teacher's code; whether the dialog is shown
_opened = Rate(20, 1 / 60)  # rooms, by address
_component = Component(__file__, "rooms")


def key() -> str:
    """The secret of this browser's rooms, which opens nothing else."""
    mine = rights.browser() or rights.token()
    return hashlib.sha256(f"room {mine}".encode()).hexdigest()


def mine() -> Room | None:
    """The room that this browser has open; None where it has none."""
    return classroom.of(key())


def may_open() -> bool:
    """Whether this session may open one.

    Where the server has a teacher's code, who knows it; on a public server without one, nobody;
    on a school's network without one, everybody there.
    """
    return any(may_change(None, token) for token in rights.tokens())


def address(room: Room, question: str = "") -> str:
    """Where a component hears of a room, from any page of this server."""
    asked = f"?question={question}" if question else ""
    return f"./{FOLDER}/{room.code}/results{asked}"


def phones_present() -> list[str]:
    """What stands after their number: after one, and after several."""
    return [i18n.ngettext("téléphone présent", "téléphones présents", n) for n in (1, 2)]


def label() -> str:
    """What stands on the button: the code of the room, for those who come late."""
    room = mine()
    return _("Rejoindre") if room is None else _("Salle {code}").format(code=room.code)


def shown() -> bool:
    """Whether the invitation stays open over a run of the page."""
    return bool(st.session_state.pop(_SHOWN, False))


def show() -> None:
    """The room, or how to open one; inside a dialog."""
    room = mine()
    if room is not None:
        _show(room)
    elif may_open():
        _offer()
    else:
        _ask_for_code()


def _show(room: Room) -> None:
    found = join.beside(FOLDER)
    link = f"{found.page}/{room.code}"
    _component(
        {
            "code": room.code,
            "address": found.page,
            "picture": join.code(link),
            "results": address(room),
            "key": key(),
            "phones": room.present,
            "labels": {
                "scan": _("QR code de la salle"),
                "type": _("Scannez, ou tapez cette adresse puis le code :"),
                "phones": phones_present(),
            },
            "locale": state.language(),
        },
        key="rooms.room",
    )
    join.warn(found)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(_("Fermer la salle"), key="rooms.close", icon=":material/door_front:"):
            try:
                room.close()
            except MoliereError as error:
                widgets.problem(error)
            else:
                st.rerun()
        st.caption(
            _("Aucun nom : un vote par téléphone. Elle se ferme d’elle-même après 4 heures."),
            width="stretch",
        )


def _offer() -> None:
    st.markdown(
        _(
            "Les élèves votent sur leur téléphone, sans compte, sans nom et sans application ; "
            "les votes arrivent ici d’eux-mêmes. Sans salle, on vote à main levée."
        )
    )
    if not st.button(
        _("Ouvrir une salle"), key="rooms.open", type="primary", icon=":material/meeting_room:"
    ):
        return
    if not _opened.allows(rights.address()):
        st.warning(_("Trop de salles ouvertes d’ici : réessayez dans une minute."))
        return
    try:
        classroom.open_room(key())
    except MoliereError as error:
        widgets.problem(error)
    else:
        st.session_state[_SHOWN] = True
        st.rerun()  # the page behind asks its question at once


def _ask_for_code() -> None:
    if not has_teacher():
        st.info(_("Ce serveur public n’a pas de code de professeur : aucune salle ne s’y ouvre."))
        return
    st.text_input(
        _("Le code du professeur ouvre une salle"),
        type="password",
        key=_TYPED,
        autocomplete="off",
        on_change=_give,
    )
    rights.say_wait()


def _give() -> None:
    rights.give(str(st.session_state.get(_TYPED) or ""))
