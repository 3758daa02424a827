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
from dashboard.shared import hour, votes, widgets
from dashboard.shared.i18n import _
from dashboard.shared.votes import Live
from moliere_core import classroom
from moliere_core.text.normalise import normalise

MOST = 5  # different votes that are told
SHOWN = 120  # characters before the one that is asked for, on a telephone

_VOTES, _REVEALED = "probabilities.guesses", "probabilities.revealed"
_ASKED = "probabilities.asked"  # the question that the votes are about


def show(now: Situation, board: DeltaGenerator, side: DeltaGenerator) -> None:
    """The votes; then the bars of the class beside the model's, and what it says of each vote."""
    controls.stop()
    live = votes.ask(_question(now), new=not revealed(now))
    voted = revealed(now) or (live is not None and not live.open)
    with board:
        _ask(now, voted, live)
    if voted:
        guesses = _guesses(live)
        with side:
            if not now.beside:
                bars.hesitation(now.following)
            if guesses:
                st.markdown(wording.division(guesses))
            for char, count in guesses.most_common(MOST):
                st.markdown(wording.vote(char, count, now.following))
        if now.beside:
            bars.boards(now, board, side)
            return
        data = bars.payload(now.following, now.runs, play=False)
        with board:
            components.choices(_beside(data, guesses, now), CHOICES, pick=controls.pick)
        return
    hidden = bars.payload(replace(now.following, bars=(), drawn=""), now.runs, play=False)
    with board:
        components.choices(hidden | {"others": None}, CHOICES, pick=controls.pick)


def revealed(now: Situation) -> bool:
    """Whether the class has voted on the character that follows, and may see the bars."""
    return bool(st.session_state.get(_REVEALED) == now.question)


def _reveal(now: Situation, live: Live | None) -> None:
    st.session_state[_REVEALED] = now.question
    if live is None:
        asked = _question(now)
        hour.wrote(asked.key, asked.text, _guesses(None))


def _question(now: Situation) -> classroom.Question:
    """What the telephones are asked: the end of what was read, and a character to type."""
    told = _("« …{end} » Quel caractère vient ensuite ?").format(end=now.read[-SHOWN:])
    return classroom.letter(" ".join(("guess", *now.question)), told)


def _guesses(live: Live | None) -> Counter[str]:
    """The votes of the telephones, or the characters that were typed for raised hands."""
    if live is None:
        return Counter(normalise(st.session_state.get(_VOTES) or ""))
    return Counter({str(answer): count for answer, count in live.tally.counts.items()})


def _beside(data: dict[str, Any], guesses: Counter[str], now: Situation) -> dict[str, Any]:
    """The model's bars with those of the class, and a row for each vote that has no bar."""
    learned, total = now.following.learned, max(guesses.total(), 1)
    after = {bar["char"]: bar["after"] for bar in data["bars"]}
    for char, _count in guesses.most_common(MOST):
        after.setdefault(char, learned.get(char, 0.0))
    class_, model = _("la classe"), _("le modèle")
    return data | {
        "voted": True,
        "bars": [
            {"char": char, "before": guesses[char] / total, "after": share}
            for char, share in after.items()
        ],
        "others": None,
        "labels": data["labels"]
        | {"before": class_, "before_short": class_, "after": model, "after_short": model},
    }


def _ask(now: Situation, voted: bool, live: Live | None) -> None:
    """The votes, and the one button of the moment: reveal, then go on to the next character."""
    if live is not None:
        if voted:  # also by another window
            live.reveal(said=wording.favourite(now.following))
        else:
            live.show("probabilities.votes")
    if st.session_state.get(_ASKED) != now.question:
        st.session_state[_ASKED], st.session_state[_VOTES] = now.question, ""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if live is None:
            st.text_input(
                _("Les votes de la classe, un caractère par main levée"),
                key=_VOTES,
                max_chars=60,
                placeholder="eeeaai",
            )
        if voted:
            controls.step(now.following)
            return
        widgets.reveal("probabilities.reveal", _reveal, (now, live))
    st.info(_("Les barres sont cachées : votez, puis révélez."))
