"""“Devine”: bars that stay hidden until the class has voted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.probabilities import components, controls, wording
from dashboard.probabilities.controls import CHOICES
from dashboard.probabilities.results import Situation
from dashboard.probabilities.views import bars
from dashboard.shared.i18n import _
from moliere_core.text.normalise import normalise

MOST = 5  # different votes that are told

_VOTES, _REVEALED = "probabilities.guesses", "probabilities.revealed"
_ASKED = "probabilities.asked"  # the question that the votes are about


def show(now: Situation, board: DeltaGenerator, side: DeltaGenerator) -> None:
    """The votes; then the bars, and what the model says of each vote."""
    voted = revealed(now)
    if voted:
        with side:
            if not now.beside:
                bars.hesitation(now.following)
            votes = normalise(st.session_state.get(_VOTES) or "")
            for char, count in Counter(votes).most_common(MOST):
                st.markdown(wording.vote(char, count, now.following))
    with board:
        _ask(now.question, voted)
    if voted:
        bars.boards(now, board, side)
        return
    hidden = bars.payload(replace(now.following, bars=(), drawn=""), now.runs, play=False)
    with board:
        components.choices(hidden | {"others": None}, CHOICES, pick=controls.pick)


def revealed(now: Situation) -> bool:
    """Whether the class has voted on the character that follows, and may see the bars."""
    return bool(st.session_state.get(_REVEALED) == now.question)


def _ask(question: tuple[str, str], voted: bool) -> None:
    """The votes of the class, counted once the bars are shown; another question empties them."""
    if st.session_state.get(_ASKED) != question:
        st.session_state[_ASKED], st.session_state[_VOTES] = question, ""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            _("Les votes de la classe, un caractère par main levée"),
            key=_VOTES,
            max_chars=60,
            placeholder="eeeaai",
        )
        st.button(
            _("Révéler"),
            key="probabilities.reveal",
            type="primary",
            icon=":material/visibility:",
            shortcut="V",
            on_click=st.session_state.update,
            args=({_REVEALED: question},),
            disabled=voted,
        )
    if not voted:
        st.info(_("Les barres sont cachées : votez, puis révélez."))
