"""“Devine”: bars that stay hidden until the class has voted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

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
    """The votes; then the bars of the class beside the model's, and what it says of each vote."""
    controls.stop()
    voted = revealed(now)
    with board:
        _ask(now, voted)
    if voted:
        votes = Counter(normalise(st.session_state.get(_VOTES) or ""))
        with side:
            if not now.beside:
                bars.hesitation(now.following)
            for char, count in votes.most_common(MOST):
                st.markdown(wording.vote(char, count, now.following))
        if now.beside:
            bars.boards(now, board, side)
            return
        data = bars.payload(now.following, now.runs, play=False)
        with board:
            components.choices(_beside(data, votes, now), CHOICES, pick=controls.pick)
        return
    hidden = bars.payload(replace(now.following, bars=(), drawn=""), now.runs, play=False)
    with board:
        components.choices(hidden | {"others": None}, CHOICES, pick=controls.pick)


def revealed(now: Situation) -> bool:
    """Whether the class has voted on the character that follows, and may see the bars."""
    return bool(st.session_state.get(_REVEALED) == now.question)


def _beside(data: dict[str, Any], votes: Counter[str], now: Situation) -> dict[str, Any]:
    """The model's bars with those of the class, and a row for each vote that has no bar."""
    learned, total = now.following.learned, max(votes.total(), 1)
    after = {bar["char"]: bar["after"] for bar in data["bars"]}
    for char, _count in votes.most_common(MOST):
        after.setdefault(char, learned.get(char, 0.0))
    class_, model = _("la classe"), _("le modèle")
    return data | {
        "voted": True,
        "bars": [
            {"char": char, "before": votes[char] / total, "after": share}
            for char, share in after.items()
        ],
        "others": None,
        "labels": data["labels"]
        | {"before": class_, "before_short": class_, "after": model, "after_short": model},
    }


def _ask(now: Situation, voted: bool) -> None:
    """The votes, and the one button of the moment: reveal, then go on to the next character."""
    if st.session_state.get(_ASKED) != now.question:
        st.session_state[_ASKED], st.session_state[_VOTES] = now.question, ""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            _("Les votes de la classe, un caractère par main levée"),
            key=_VOTES,
            max_chars=60,
            placeholder="eeeaai",
        )
        if voted:
            controls.step(now.following)
            return
        st.button(
            _("Révéler"),
            key="probabilities.reveal",
            type="primary",
            icon=":material/visibility:",
            shortcut="V",
            on_click=st.session_state.update,
            args=({_REVEALED: now.question},),
        )
    st.info(_("Les barres sont cachées : votez, puis révélez."))
