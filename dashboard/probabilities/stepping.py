"""The Probabilities page's controls: step, play, undo, and choosing by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.probabilities import fields
from dashboard.probabilities.choice import NextCharacter
from dashboard.shared import cached, components, i18n, state, widgets
from dashboard.shared.chain import Chain
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig

CHOICES, BESIDE = "probabilities.choices", "probabilities.choices.beside"  # the boards' keys
PLAY = 700  # milliseconds from one character to the next
LINKS = {False: 9, True: 4}  # characters of the chain that fit beside the prompt; side by side

_PLAYING, _DRAWN = "probabilities.playing", "probabilities.drawn"


def _stop() -> None:
    st.session_state[_PLAYING] = False


_CHAIN = Chain("probabilities", fields.CHOSEN, _stop)


def temperature(filters: SamplingConfig) -> SamplingConfig:
    """The temperature, which acts live, joined to the filters."""
    t = widgets.slider(fields.TEMPERATURE, _("Température"), 0.0, 3.0)
    return replace(filters, temperature=t)


def chosen(reference: str, prompt: str) -> str:
    """The characters chosen so far; another prompt or model starts again."""
    return _CHAIN.chosen((reference, prompt), cached.model(reference).vocabulary.index)


def buttons(following: NextCharacter, playable: bool) -> None:
    """Step, play or stop, undo; keys S, P and U.

    Args:
        following: the choice that is shown.
        playable: whether the view has the board that asks for the next draw.
    """
    st.session_state[_DRAWN] = following.drawn
    if not playable:
        _stop()
    playing = st.session_state.setdefault(_PLAYING, False)
    chain = "".join(char for char, _probability, _rank in following.chain)
    _CHAIN.step_button(chain, step, _("Tirer le caractère suivant selon les barres"))
    st.button(
        _("Pause") if playing else _("Jouer"),
        key="probabilities.play",
        icon=":material/pause:" if playing else ":material/play_arrow:",
        shortcut="P",
        on_click=_play,
        disabled=_CHAIN.full(chain) or not playable,
    )
    _CHAIN.undo_button(chain)


def typed(reference: str) -> None:
    """A character chosen on the keyboard."""
    _CHAIN.typed(cached.model(reference).vocabulary.index)
    if refused := _CHAIN.refused():
        st.warning(
            _("Ce modèle n’a jamais lu « {char} » : il ne peut pas l’écrire.").format(
                char=widgets.plain(refused)
            )
        )


def step() -> None:
    """Take the character that the seed draws."""
    _CHAIN.append(st.session_state[_DRAWN])


def pick() -> None:
    """A bar was clicked, or the player asks for the next draw."""
    take(components.picked(CHOICES))


def pick_beside() -> None:
    """The same on the board of the second model."""
    take(components.picked(BESIDE))


def take(char: str | None) -> None:
    """Go on with a character, or with the one drawn for ""."""
    if char == "" and st.session_state.get(_PLAYING):
        step()
    elif char:
        _stop()
        _CHAIN.append(char)


def payload(
    following: NextCharacter, runs: list[tuple[str, bool]], narrow: bool = False, play: bool = True
) -> dict[str, Any]:
    """What components/choices.js needs.

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
        "play": PLAY if play and st.session_state[_PLAYING] else 0,
        "locale": state.language(),
        "labels": {
            "before": _("avant réglages (T = 1)"),
            "after": _("après réglages"),
            "before_short": _("avant"),
            "after_short": _("après"),
            "choose": _("Choisir"),
        },
    }


def _play() -> None:
    st.session_state[_PLAYING] = not st.session_state[_PLAYING]


def tried(
    text: str, runs: list[tuple[str, bool]], view: str, beside: str, voted: bool
) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done; `text` is what was read."""
    return {
        "guess": voted,
        "stages": view == "stages",
        "beside": bool(beside),
        "q": text[:-1].lower().endswith("q"),
        "space": text.endswith(" "),
        "unknown": any(not known for _text, known in runs),
    }
