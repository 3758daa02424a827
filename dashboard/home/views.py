"""Home's player: what it plays, at which speed, paused or hidden.

The text is written here in pieces of PIECE characters, with the choice behind each character, and
played in the browser (player.js): a pause or a speed costs one light rerun, and thirty screens that
write cost the server nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.home import components, results
from dashboard.home.results import BARS, Playback
from dashboard.shared import state
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig

PIECE = 800  # characters sent at a time: 40 seconds of reading at normal speed
MOST = 8 * PIECE
SPEEDS = {"slow": 8, "normal": 20, "instant": 0}  # characters a second; 0 is at once

_PAUSED, _HIDDEN, _TAKE, _WRITTEN = "home.paused", "home.hidden", "home.take", "home.written"


@dataclass(frozen=True)
class Performance:
    """What is being written: the same performance gives the same text."""

    reference: str
    prompt: str
    config: SamplingConfig
    seed: int


def restart() -> None:
    """Start again from the prompt."""
    st.session_state[_TAKE] = st.session_state.get(_TAKE, 0) + 1
    st.session_state[_PAUSED] = False
    st.session_state[_HIDDEN] = False


def pause_button() -> None:
    """Pause or go on; key P."""
    paused = st.session_state.setdefault(_PAUSED, False)
    label, icon = (_("Reprendre"), "play_arrow") if paused else (_("Pause"), "pause")
    _switch(_PAUSED, label, icon, "home.pause", "P")


def hide_button() -> None:
    """Hide the text and the bars, so that the class can guess; key H."""
    hidden = st.session_state.setdefault(_HIDDEN, False)
    label, icon = (_("Montrer"), "visibility") if hidden else (_("Masquer"), "visibility_off")
    _switch(_HIDDEN, label, icon, "home.hide", "H")


def _switch(state_key: str, label: str, icon: str, key: str, shortcut: str) -> None:
    """A button that turns something of the session on, and off again."""
    st.button(
        label,
        key=key,
        icon=f":material/{icon}:",
        shortcut=shortcut,
        on_click=_toggle,
        args=(state_key,),
    )


def play(performance: Performance, prompt: list[tuple[str, bool]], speed: str) -> None:
    """Write what is wanted so far, and play it.

    Args:
        performance: what to write.
        prompt: its prompt in runs, as `widgets.unknown` gives it.
        speed: one of `SPEEDS`.
    """
    playback = results.playback(
        performance.reference,
        performance.prompt,
        performance.config,
        performance.seed,
        _wanted(performance),
    )
    payload = _payload(performance, playback, prompt, speed)
    components.player(payload, "home.player", more=_write_more)


def tried(prompt: str, seed: int) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    return {
        "hide": bool(st.session_state[_HIDDEN]),
        "look": bool(st.session_state[_PAUSED]),
        "own": prompt != state.DEFAULT_PROMPT,
        "seed": seed != state.SEED.default,
    }


def _wanted(performance: Performance) -> int:
    """How many characters of this performance are wanted so far."""
    written, wanted = st.session_state.get(_WRITTEN, (None, 0))
    if written != _identity(performance):
        wanted = PIECE
        st.session_state[_WRITTEN] = _identity(performance), wanted
    return int(wanted)


def _write_more() -> None:
    """The text has run out in the browser: want another piece."""
    written, wanted = st.session_state[_WRITTEN]
    st.session_state[_WRITTEN] = written, min(wanted + PIECE, MOST)


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
        "paused": st.session_state[_PAUSED],
        "hidden": st.session_state[_HIDDEN],
        "more": len(playback.text) < MOST,
        "locale": state.language(),
        "labels": {
            "heading": _("Le caractère suivant"),
            "note": _("Probabilités parmi lesquelles il tire ; en couleur, le caractère tiré."),
            "looked": _("Le choix derrière le caractère surligné. Cliquez dessus pour revenir."),
            "hush": _("Sortie masquée : à vous de deviner. Touche H pour la montrer."),
        },
    }


def _identity(performance: Performance) -> str:
    return f"{performance!r}/{st.session_state.get(_TAKE, 0)}"


def _toggle(key: str) -> None:
    st.session_state[key] = not st.session_state[key]
