"""Two ways in, over the page: to what is on screen, and to the room where a class votes."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import join, rooms
from dashboard.shared.i18n import _

_WAY = "invite.way"


def show() -> None:
    """The dialog."""
    st.dialog(_("Rejoindre"), width="large")(_show)()


def _show() -> None:
    ways = {"room": _("Voter par téléphone"), "view": _("Ouvrir cette vue")}
    way = st.segmented_control(
        _("Rejoindre"),
        list(ways),
        format_func=ways.__getitem__,
        default="view" if rooms.mine() is None else "room",
        required=True,
        key=_WAY,
        label_visibility="collapsed",
    )
    if way == "room":
        rooms.show()
    else:
        join.show()
