"""Home's player: what it plays, at which speed, paused or hidden.

The text is written here in pieces, with the choice behind each character, and played in the browser
(player.js): a pause or a speed costs one light rerun, and thirty screens that write cost the server
nothing. The browser asks for the next piece before it has played what it has.

What is hidden is paused: a class that guesses has not seen what follows.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.home import controls, gallery, results
from dashboard.home.results import BARS, PIECES, Performance, Playback
from dashboard.shared import fields, state
from dashboard.shared.components import Component, told, whole
from dashboard.shared.i18n import _
from moliere_core.text.normalise import normalise

AT_ONCE = 800  # characters that are there before anything else, at no speed
SPEEDS = {"slow": 8, "normal": 20, "instant": 0}  # characters a second; 0 is at once

_player = Component(__file__, "player")  # a text that writes itself, and the bars of each choice

_PLAYER = "home.player"
_PAUSED, _TAKE, _WRITTEN, _PLAYED = "home.paused", "home.take", "home.written", "home.played"


def restart() -> None:
    """Start again from the prompt; what is hidden stays so, to be guessed."""
    st.session_state[_TAKE] = st.session_state.get(_TAKE, 0) + 1
    st.session_state[_PAUSED] = False


def pause_button() -> None:
    """Pause or go on; key P."""
    paused = st.session_state.setdefault(_PAUSED, False)
    label, icon = (_("Reprendre"), "play_arrow") if paused else (_("Pause"), "pause")
    st.button(
        label,
        key="home.pause",
        icon=f":material/{icon}:",
        shortcut="P",
        on_click=st.session_state.update,
        args=({_PAUSED: not paused},),
        disabled=state.value(controls.HIDDEN),
    )


def hide_button() -> None:
    """Hide what follows the prompt, so that the class can guess; show it and write on. Key H."""
    hidden = state.value(controls.HIDDEN)
    label, icon = (_("Montrer"), "visibility") if hidden else (_("Masquer"), "visibility_off")
    st.button(
        label,
        key="home.hide",
        icon=f":material/{icon}:",
        shortcut="H",
        type="primary" if hidden else "secondary",
        on_click=_hide,
        args=(not hidden,),
    )


def play(performance: Performance, prompt: list[tuple[str, bool]], speed: str) -> None:
    """Write what is wanted so far, and play it.

    Args:
        performance: what to write.
        prompt: its prompt in runs, as `widgets.unknown` gives it.
        speed: one of `SPEEDS`.
    """
    pieces = _wanted(performance)
    playback = results.playback(performance, pieces)
    st.session_state[_PLAYED] = performance, playback.text
    payload = _payload(performance, playback, prompt, speed) | {
        "more": not performance.ends_within(pieces)
    }
    _player(payload, _PLAYER, more=_write_more, keep=_keep)


def tried(prompt: str, seed: int) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    return {
        "hide": state.value(controls.HIDDEN),
        "look": bool(st.session_state[_PAUSED]),
        "own": prompt != fields.DEFAULT_PROMPT,
        "seed": seed not in (fields.SEED.default, controls.OPENING[fields.SEED]),
    }


def _wanted(performance: Performance) -> int:
    """How many pieces of this performance are wanted so far."""
    written, wanted = st.session_state.get(_WRITTEN, (None, 0))
    if written != _identity(performance):
        wanted = 1
        st.session_state[_WRITTEN] = _identity(performance), wanted
    return int(wanted)


def _write_more() -> None:
    """The text has run out in the browser: want another piece."""
    written, wanted = st.session_state[_WRITTEN]
    st.session_state[_WRITTEN] = written, min(wanted + 1, len(PIECES))


def _keep() -> None:
    """Keep the prompt and what the browser had written when it was asked to."""
    performance, text = st.session_state[_PLAYED]
    if (at := whole(told(_PLAYER, "keep"), 0, len(text))) is not None:
        gallery.keep(performance, normalise(performance.prompt) + text[:at])


def _payload(
    performance: Performance, playback: Playback, prompt: list[tuple[str, bool]], speed: str
) -> dict[str, Any]:
    """What player.js needs."""
    return {
        "id": _identity(performance),
        "prompt": prompt,
        "text": playback.text,
        "candidates": playback.candidates,
        "chances": playback.chances,
        "drawn": playback.drawn,
        "bars": BARS,
        "speed": SPEEDS[speed],
        "paused": st.session_state[_PAUSED] or state.value(controls.HIDDEN),
        "hidden": state.value(controls.HIDDEN),
        "piece": AT_ONCE,
        "locale": state.language(),
        "labels": {
            "heading": _("Le caractère suivant"),
            "note": _("Probabilités parmi lesquelles il tire ; en couleur, le caractère tiré."),
            "looked": _("Le choix derrière le caractère surligné. Cliquez dessus pour revenir."),
            "hush": _("À vous de deviner la suite. Touche H, ou « Montrer »."),
            "copy": _("Copier"),
            "copied": _("Copié"),
            "keep": _("Garder"),
        },
    }


def _identity(performance: Performance) -> str:
    return f"{performance!r}/{st.session_state.get(_TAKE, 0)}"


def _hide(hidden: bool) -> None:
    state.change(controls.HIDDEN, hidden)
    st.session_state[_PAUSED] = False
