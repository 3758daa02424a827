"""“Barres”: a bar a character, each of them a button."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.probabilities import components, controls, results, wording
from dashboard.probabilities.controls import CHOICES, CHOICES_BESIDE
from dashboard.probabilities.results import NextCharacter, Situation
from dashboard.shared import i18n, state
from dashboard.shared.i18n import _

PLAY = 700  # milliseconds from one character to the next
LINKS = {False: 9, True: 4}  # characters of the chain that fit beside the prompt; side by side


def show(now: Situation, board: DeltaGenerator, side: DeltaGenerator) -> None:
    """The board, and what is said of the choice."""
    with side:
        if not now.beside:  # two models have theirs over their boards
            hesitation(now.following)
        last_choice(now.following)
    boards(now, board, side)


def boards(now: Situation, board: DeltaGenerator, side: DeltaGenerator) -> None:
    """The board; with a second model two of them, and a click on either leads both on."""
    following = now.following
    with board:
        if not now.beside:
            components.choices(payload(following, now.runs), CHOICES, pick=controls.pick)
            return
        other = results.next_character(
            now.beside, now.prompt, now.chosen, now.config, now.seed, now.count
        )
        left, right = st.columns(2)
    with left:
        st.markdown(wording.heading(now.reference, following))
        data = payload(following, now.runs, narrow=True)
        components.choices(data, CHOICES, pick=controls.pick)
    with right:
        st.markdown(wording.heading(now.beside, other))
        data = payload(other, now.runs, narrow=True, play=False)
        components.choices(data, CHOICES_BESIDE, pick=controls.pick_beside)
    with side:
        st.caption(wording.difference(following, other))


def hesitation(following: NextCharacter) -> None:
    """The entropy, in bits and in characters."""
    st.metric(_("Entropie"), i18n.bits(following.entropy_bits))
    st.markdown(wording.hesitation(following))


def last_choice(following: NextCharacter) -> None:
    """What was chosen last, and the perplexity of all choices."""
    if not following.chain:
        st.caption(_("La température ne change ni les poids du réseau, ni l’ordre des barres."))
        return
    st.markdown(wording.last_choice(following))
    st.caption(wording.perplexity(following))


def payload(
    following: NextCharacter, runs: list[tuple[str, bool]], narrow: bool = False, play: bool = True
) -> dict[str, Any]:
    """What choices.js needs.

    Args:
        following: the choice that is shown.
        runs: the prompt, as `widgets.unknown` gives it.
        narrow: whether there is another model beside it.
        play: whether this board asks for the next draw while playing; one of them does.
    """
    links = LINKS[narrow]
    return {
        "step": len(following.chain),
        "narrow": narrow,
        "voted": False,
        "prompt": [*runs, *[(c, True) for c, _p, _r in following.chain[:-links]]],
        "chain": [(c, p) for c, p, _r in following.chain[-links:]],
        "bars": [
            {"char": bar.char, "before": bar.before, "after": bar.after} for bar in following.bars
        ],
        "others": {
            "label": i18n.ngettext(
                "L’autre caractère :", "Les {count} autres caractères, ensemble :", following.others
            ).format(count=following.others),
            "before": following.before,
            "after": following.after,
        },
        "drawn": following.drawn,
        "play": PLAY if play and controls.playing() else 0,
        "locale": state.language(),
        "labels": {
            "before": _("avant réglages (T = 1)"),
            "after": _("après réglages"),
            "before_short": _("avant"),
            "after_short": _("après"),
            "choose": _("Choisir"),
        },
    }
