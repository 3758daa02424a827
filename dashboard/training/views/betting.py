"""The class's bets by telephone: one number after the other, whose median becomes the bet."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import i18n, state, votes
from dashboard.shared.i18n import _
from dashboard.shared.votes import Live
from dashboard.training.controls import bets
from dashboard.training.controls.bets import Bet
from moliere_core import classroom
from moliere_core.errors import N_

_WHICH = "training.bet"  # what is asked now: "loss" or "bits"
_BETS = {"loss": bets.LOSS, "bits": bets.BITS}
_ASKED = {
    "loss": N_("Avant d’avoir rien lu : quelle sera sa perte, en bits par caractère ?"),
    "bits": N_("Après l’entraînement : combien de bits par caractère, sur un texte jamais lu ?"),
}


def listen() -> None:
    """Ask the telephones for one of the two bets; where no room is open, nothing is shown."""
    which = st.session_state.get(_WHICH, "loss")
    asked = classroom.number(f"training.{which}", _(_ASKED[which]), 0, bets.HIGHEST)
    live = votes.ask(asked)
    if live is None:
        return
    st.segmented_control(
        _("Sur quoi parier"),
        list(_BETS),
        format_func=lambda name: _BETS[name].told,
        default="loss",
        required=True,
        key=_WHICH,
        label_visibility="collapsed",
    )
    st.caption(asked.text)
    if live.open:  # above the bars, which are as many as there are bets
        st.button(
            _("Prendre la médiane"),
            key="training.median",
            icon=":material/front_hand:",
            on_click=_take,
            args=(live, _BETS[which]),
        )
    else:
        st.button(
            _("Voter à nouveau"),
            key="training.again",
            icon=":material/replay:",
            on_click=live.again,
        )
    live.show("training.votes")


def _take(live: Live, bet: Bet) -> None:
    """Inside a click: the vote ends, its median is the class's bet, and the other one is asked."""
    if live.tally.median is None:
        st.toast(_("Personne n’a encore voté."), icon=":material/how_to_vote:")
        return
    live.reveal()
    median = live.tally.median or 0.0
    state.change(bet, i18n.number(median, 2))
    if bet is bets.LOSS:
        st.session_state[_WHICH] = "bits"
