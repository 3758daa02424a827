"""What is set on Home, and what it opens with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.shared import cached, fields, naming, snippets, state, widgets
from dashboard.shared.controls import Choice, Flag, Whole
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig
from moliere_core.errors import N_

SPEED = Choice(
    "home.speed",
    "speed",
    "normal",
    N_("Vitesse"),
    {"slow": N_("lent"), "normal": N_("normal"), "instant": N_("instantané")},
)
TEMPERATURE = widgets.temperature("home")
TOP_K = widgets.top_k("home")
LENGTH = Whole(
    "home.chars",
    "chars",
    0,
    N_("Nombre de caractères"),
    0,
    5_000,
    help=N_("0 : jusqu’à ce qu’on l’arrête."),
)
HIDDEN = Flag("home.hidden", "hidden", False, N_("Suite masquée"))

# The best network here, and a text of its that a class listens to: read among 200, with the seeds
# from 0 to 199, and chosen for its rhymes. The lesson says so.
OPENING: Mapping[fields.Field[Any], Any] = {fields.MODEL: "grand", fields.SEED: 73}

SMALLER = "exp-architecture-lstm-128"
NEAR = {"grand": N_("grand"), "petit": N_("petit"), SMALLER: N_("plus petit")}
SHOWN_CHARS = 300  # that the page's cell writes
_OTHER = "home.other"


def open_page() -> None:
    """What is shown to somebody who has asked for nothing yet."""
    state.open_with(OPENING, (fields.PROMPT, TEMPERATURE))


def model() -> str:
    """The model that writes: three of them a click away, and the one chosen among the others."""
    chosen = widgets.model_asked()
    near = {name: _(label) for name, label in NEAR.items()}
    options = [*near, *([] if chosen in near else [chosen])]
    with _line(_("Modèle"), fields.MODEL.key):
        found = st.segmented_control(
            _("Modèle"),
            options,
            format_func=lambda name: near.get(name) or naming.model(name),
            required=True,
            key=fields.MODEL.key,
            label_visibility="collapsed",
        )
    return state.keep(fields.MODEL, str(found))


def other_model() -> None:
    """A model that is not in sight: a training of the class, an experiment."""
    options = [name for name in cached.models() if name not in NEAR]
    st.selectbox(
        _("Un autre modèle"),
        options,
        index=None,
        placeholder=_("Choisir"),
        key=_OTHER,
        on_change=_take_other,
    )


def temperature() -> float:
    """The temperature, on the line of the model."""
    with _line(TEMPERATURE.told, TEMPERATURE.key), st.container(width=220):
        return TEMPERATURE.ask(visible=False)


def _line(label: str, key: str) -> DeltaGenerator:
    """Where a setting stands after its label; both stay together where a line is too short."""
    line = st.container(
        key=f"{key}.line",
        horizontal=True,
        vertical_alignment="center",
        gap="small",
        width="content",
    )
    line.markdown(f"**{label}**", width="content")
    return line


def _take_other() -> None:
    if st.session_state[_OTHER] in cached.models():
        state.change(fields.MODEL, st.session_state[_OTHER])
    st.session_state[_OTHER] = None


def examples() -> None:
    """Other prompts, a click away: the course's, and all that its notebook sets."""
    st.button(
        _("« {text} »").format(text=widgets.COURSE_START),
        key="home.course_start",
        type="tertiary",
        on_click=state.change,
        args=(fields.PROMPT, widgets.COURSE_START),
    )
    course = widgets.COURSE_SAMPLING
    widgets.as_in_notebook(
        "home",
        {TEMPERATURE: course.temperature, TOP_K: course.top_k, LENGTH: widgets.COURSE_CHARS},
    )


def code(reference: str, prompt: str, config: SamplingConfig, seed: int, chars: int = 0) -> str:
    """Write on, one character at a time; a while where nobody has said how many."""
    return snippets.filled(
        "home",
        model=reference,
        prompt=prompt,
        config=snippets.config(config),
        seed=seed,
        chars=chars or SHOWN_CHARS,
    )
