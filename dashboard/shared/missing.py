"""What an address asks for and is not here: noted where a page finds out, told above it.

It is told as long as the page shows what it has put in its place: a page that computes draws itself
several times before anybody has read a line of it.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.shared import fields, naming, state
from dashboard.shared.i18n import _

_MISSING = "missing"  # key of a setting -> its `_Note`


@dataclass
class _Note:
    """What was asked in vain.

    Attributes:
        label: of the setting, in the reader's language.
        asked: what the address says.
        shown: what the page shows instead, as people call it; "" for nothing.
        since: where it was first told, and what the setting was; None before.
    """

    label: str
    asked: str
    shown: str
    since: tuple[str, str, Any] | None = None


def note(field: fields.Field[Any], label: str, asked: str, shown: str) -> None:
    """Note that the address asks for what is not here.

    Args:
        field: the setting.
        label: what it is called, in the reader's language.
        asked: what the address says.
        shown: what the page shows instead, as people call it; "" for nothing.
    """
    _notes()[field.key] = _Note(label, asked, shown)


def tell(place: DeltaGenerator, page: str) -> None:
    """Say what has been noted on this page, a sentence each, until somebody chooses otherwise."""
    for key, noted in list(_notes().items()):
        now = page, state.language(), st.session_state.get(key)
        noted.since = noted.since or now
        if noted.since != now:
            del _notes()[key]
            continue
        said = (
            _("{label} : cette page n’a pas « {asked} », et montre « {shown} ».")
            if noted.shown
            else _("{label} : cette page n’a pas « {asked} ».")
        )
        names = {
            "label": noted.label,
            "asked": naming.clipped(noted.asked),
            "shown": naming.clipped(noted.shown),
        }
        told = said.format(**{name: html.escape(text) for name, text in names.items()})
        place.html(f'<p class="unread" role="status">⚠ {told}</p>')


def _notes() -> dict[str, _Note]:
    found: dict[str, _Note] = st.session_state.setdefault(_MISSING, {})
    return found
