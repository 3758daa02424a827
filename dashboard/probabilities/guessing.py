"""The Probabilities page's game: bars that stay hidden until the class has voted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import streamlit as st

from dashboard import components, i18n, widgets
from dashboard.i18n import _
from dashboard.playback import NextCharacter
from dashboard.probabilities import stepping
from moliere_core.normalise import normalise

_GUESSES, _REVEALED = "probabilities.guesses", "probabilities.revealed"
_ASKED = "probabilities.asked"  # what the votes are about

Question = tuple[str, str]  # a model, and what it has read


def revealed(question: Question) -> bool:
    """Whether the class has voted on the character that follows, and may see the bars."""
    return bool(st.session_state.get(_REVEALED) == question)


def guesses(following: NextCharacter, question: Question) -> None:
    """The votes of the class, counted once the bars are revealed; another question empties them."""
    if st.session_state.get(_ASKED) != question:
        st.session_state[_ASKED], st.session_state[_GUESSES] = question, ""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        votes = st.text_input(
            _("Les votes de la classe, un caractère par main levée"),
            key=_GUESSES,
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
            disabled=revealed(question),
        )
    if revealed(question):
        _count_votes(normalise(votes or ""), following)
    else:
        st.info(_("Les barres sont cachées : votez, puis révélez."))


def hidden(following: NextCharacter, runs: list[tuple[str, bool]]) -> None:
    """The text alone, while the class guesses."""
    nothing = replace(following, bars=(), drawn="")
    components.choices(
        stepping.payload(nothing, runs, play=False) | {"others": None},
        stepping.CHOICES,
        stepping.pick,
    )


def _count_votes(votes: str, following: NextCharacter) -> None:
    """What the class said beside what the model says."""
    if not votes:
        return
    known = {bar.char: bar for bar in following.bars}
    told = []
    for char, count in Counter(votes).most_common(5):
        bar = known.get(char)
        chance = (
            _("rang {rank}, {share} %").format(rank=bar.rank, share=i18n.number(100 * bar.after, 1))
            if bar
            else _("hors des barres montrées")
        )
        hands = i18n.ngettext("{count} voix", "{count} voix", count).format(count=count)
        told.append(f"**{widgets.plain(widgets.visible(char))}** {hands} ({chance})")
    st.markdown(" · ".join(told))
