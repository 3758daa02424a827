"""Raised hands, where no telephone votes: a field for each answer, and what is counted in it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.shared import hour
from moliere_core.classroom import Question

MOST = 999


def field(label: str, key: str, width: int = 165) -> None:
    """How many hands an answer has; `taken` reads it."""
    st.number_input(label, 0, MOST, key=key, icon=":material/front_hand:", width=width)


def taken(keys: Sequence[str]) -> list[int]:
    """Inside a click: what is counted in fields of these keys, which begin again at none."""
    counted = [int(st.session_state.get(key) or 0) for key in keys]
    for key in keys:
        st.session_state[key] = 0
    return counted


def voted(asked: Question, counted: Sequence[int], right: int | None = None) -> None:
    """Remember for the hour's report what a question was answered with.

    Args:
        asked: the question, with options.
        counted: hands for each of them.
        right: the place of the right one, from 0; None where none is known.
    """
    hour.voted(asked.key, hour.Vote(asked.text, asked.options, tuple(counted), right))
