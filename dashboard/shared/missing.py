"""What an address asks for and is not here: noted where a page finds out, told above it."""

from __future__ import annotations

import html

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.shared import naming
from dashboard.shared.i18n import _

_MISSING = "missing"  # label -> (what the address asked for, what is shown), until it is told


def note(label: str, asked: str, shown: str) -> None:
    """Note that the address asks for what is not here.

    Args:
        label: of the setting, in the reader's language.
        asked: what the address says.
        shown: what the page shows instead, as people call it; "" for nothing.
    """
    st.session_state.setdefault(_MISSING, {})[label] = (asked, shown)


def tell(place: DeltaGenerator) -> None:
    """Say what has been noted, a sentence each, once."""
    for label, (asked, shown) in st.session_state.pop(_MISSING, {}).items():
        said = (
            _("{label} : cette page n’a pas « {asked} », et montre « {shown} ».")
            if shown
            else _("{label} : cette page n’a pas « {asked} ».")
        )
        names = {"label": label, "asked": naming.clipped(asked), "shown": naming.clipped(shown)}
        told = said.format(**{name: html.escape(text) for name, text in names.items()})
        place.html(f'<p class="unread" role="status">⚠ {told}</p>')
