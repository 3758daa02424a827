"""What is set on the Preferences page."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.preferences import results
from dashboard.preferences.results import Story
from dashboard.shared import hands, hour, snippets, votes, widgets
from dashboard.shared.controls import Slider, Whole
from dashboard.shared.i18n import _
from dashboard.shared.votes import Live
from moliere_core import classroom
from moliere_core.config import SamplingConfig
from moliere_core.errors import N_
from moliere_core.training.preferences import PULL, Vote

TEMPERATURE = widgets.temperature("preferences", 1.0)
LENGTH = Whole("preferences.chars", "chars", 120, N_("Nombre de caractères"), 20, 300)
HOLD = Slider(
    "preferences.pull",
    "pull",
    PULL,
    N_("Attachement à l’original"),
    0.05,
    1.0,
    help=N_("Plus il est fort, moins le modèle s’éloigne de ce qu’il était, pour les mêmes votes."),
)
HANDS = "preferences.hands."  # and the letter of the text: widgets of the votes


@dataclass(frozen=True)
class Settings:
    """What is written and learned, and how.

    Attributes:
        reference: of the original.
        prompt: what both texts follow.
        seed: of the first text; the second has the next one.
        temperature: at which both are written.
        chars: written of each.
        pull: of the original, see `moliere_core.training.preferences`.
    """

    reference: str
    prompt: str
    seed: int
    temperature: float
    chars: int
    pull: float

    @property
    def sampling(self) -> SamplingConfig:
        """How a character is drawn."""
        return SamplingConfig(self.temperature)


def ballot(story: Story, now: Settings, texts: tuple[str, str]) -> None:
    """The votes for each text, and the one button that teaches them to the network."""
    live = votes.ask(_question(story, now, texts))
    if live is not None:
        live.show("preferences.live", "AB")
    with st.container(horizontal=True, vertical_alignment="bottom", key="preferences-ballot"):
        raised = [] if live is not None else _raised()
        st.button(
            _("Apprendre de ce vote"),
            key="preferences.learn",
            type="primary",
            icon=":material/how_to_vote:",
            shortcut="V",
            disabled=live is None and not any(raised),
            on_click=_learn,
            args=(story, now, texts, live),
        )
        st.button(
            _("Deux autres textes"),
            key="preferences.skip",
            icon=":material/refresh:",
            on_click=story.skip,
        )
        if story.votes:
            st.button(
                _("Recommencer"),
                key="preferences.reset",
                icon=":material/restart_alt:",
                help=_("Oublie tous les votes : le modèle redevient l’original."),
                on_click=results.forget,
                args=(story.reference,),
            )


def _question(story: Story, now: Settings, texts: tuple[str, str]) -> classroom.Question:
    """What the telephones are asked, who read both texts there."""
    told = _("« {prompt} » Quelle suite préférez-vous ?").format(prompt=now.prompt)
    key = ("preferences", now.reference, str(story.round), now.prompt, *texts)
    return classroom.choice(" ".join(key), told, texts)


def _raised() -> list[int]:
    """Raised hands for each text, as somebody counts them."""
    return [
        st.number_input(
            _("Mains levées pour {letter}").format(letter=letter),
            0,
            100,
            key=HANDS + letter,
            width=150,
        )
        for letter in "AB"
    ]


def _learn(story: Story, now: Settings, texts: tuple[str, str], live: Live | None) -> None:
    counted = hands.taken([HANDS + letter for letter in "AB"])
    if live is None:
        hands.voted(_question(story, now, texts), counted)
    elif live.tally.total:
        live.reveal()
        counted = live.tally.by_option
    else:
        counted = []
        st.toast(_("Personne n’a encore voté."), icon=":material/how_to_vote:")
    if any(counted):
        # Laplace's rule of succession: one hand out of one is no certainty.
        share = (counted[0] + 1) / (sum(counted) + 2)
        story.vote(Vote(now.prompt, *texts, share))
        preferred = texts[0] if counted[0] >= counted[1] else texts[1]
        hour.vote_on(_("préféré, {model}").format(model=now.reference), now.prompt + preferred)


def code(now: Settings, story: Story) -> str:
    """The cell that nudges a network with the votes of this page."""
    cast = story.votes or [Vote(now.prompt, "oui", "non", 2 / 3)]
    lines = "".join(
        f"    Vote({v.prompt!r}, {v.first!r}, {v.second!r}, {round(v.share, 3)}),\n" for v in cast
    )
    return snippets.filled(
        "preferences",
        model=now.reference,
        votes=snippets.Code(lines),
        pull=now.pull,
        prompt=now.prompt,
        config=snippets.config(now.sampling),
        seed=now.seed,
        chars=now.chars,
    )
