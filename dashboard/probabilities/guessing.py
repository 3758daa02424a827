"""The Probabilities page's game: bars that stay hidden until the class has voted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import streamlit as st

from dashboard.probabilities import components, stepping
from dashboard.probabilities.choice import NextCharacter
from dashboard.shared import i18n, widgets
from dashboard.shared.i18n import _
from moliere_core.text.normalise import normalise

_GUESSES, _REVEALED = "probabilities.guesses", "probabilities.revealed"
_ASKED = "probabilities.asked"  # what the votes are about
MOST = 5  # different votes that are told

Question = tuple[str, str]  # a model, and what it has read


def revealed(question: Question) -> bool:
    """Whether the class has voted on the character that follows, and may see the bars."""
    return bool(st.session_state.get(_REVEALED) == question)


def guesses(following: NextCharacter, question: Question) -> None:
    """The votes of the class, counted once the bars are revealed; another question empties them."""
    if st.session_state.get(_ASKED) != question:
        st.session_state[_ASKED], st.session_state[_GUESSES] = question, ""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
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
    if not revealed(question):
        st.info(_("Les barres sont cachées : votez, puis révélez."))


def hidden(following: NextCharacter, runs: list[tuple[str, bool]]) -> None:
    """The text alone, while the class guesses."""
    nothing = replace(following, bars=(), drawn="")
    components.choices(
        stepping.payload(nothing, runs, play=False) | {"others": None},
        stepping.CHOICES,
        stepping.pick,
    )


def votes(following: NextCharacter) -> None:
    """What the class said beside what the model says."""
    said = normalise(st.session_state.get(_GUESSES) or "")
    order = sorted(following.learned, key=following.learned.__getitem__, reverse=True)
    for char, count in Counter(said).most_common(MOST):
        hands = i18n.ngettext("{count} voix", "{count} voix", count).format(count=count)
        st.markdown(
            f"**{widgets.plain(widgets.visible(char))}** {hands} ({_said(char, order, following)})"
        )


def _said(char: str, order: list[str], following: NextCharacter) -> str:
    """What the model says of a vote; the settings change the chances, not the ranks."""
    if char not in following.learned:
        return _("jamais lu par ce modèle")
    rank = order.index(char)
    if rank >= len(following.bars):
        return _("rang {rank}, sous les barres montrées").format(rank=rank + 1)
    share = widgets.plain(i18n.chance(following.bars[rank].after))
    return _("rang {rank}, {share}").format(rank=rank + 1, share=share)
