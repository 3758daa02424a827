"""What the Characters page asks for."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.shared import components, fields, snippets, state, widgets
from dashboard.shared.controls import Choice, Control, Given, Menu
from dashboard.shared.tokens import MOST_MERGES
from dashboard.shared.views import go
from moliere_core.corpus import EMBEDDED
from moliere_core.errors import N_
from moliere_core.text.normalise import normalise

LEAST = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)  # of min_char_freq


class _Frequency(Control[int]):
    """One of the numbers of `LEAST`, on a slider."""

    def _widget(self, value: int, given: Given) -> int:
        chosen: Any = st.select_slider(options=LEAST, **given)
        return int(chosen)


class _Merges(Control[int]):
    """As many merges as the shipped tokenizer has, or fewer, on a slider."""

    def _widget(self, value: int, given: Given) -> int:
        return int(st.slider(min_value=0, max_value=MOST_MERGES, **given))


class _Character(Control[str]):
    """A single character."""

    labelled = False

    def _widget(self, value: str, given: Given) -> str:
        """What is typed, of which the first character counts, or was clicked."""
        typed = normalise(st.text_input(max_chars=4, **given) or "")
        return typed[0] if typed else self.default


def nearest(text: str) -> int:
    """A parser of `min_char_freq`: the nearest value that the slider has."""
    wanted = int(text)
    return min(LEAST, key=lambda value: abs(value - wanted))


def first_char(text: str) -> str:
    """A parser of a character: the first one.

    Raises:
        ValueError: there is none.
    """
    if not text:
        raise ValueError(text)
    return text[0]


STEP = Choice(
    "characters.step",
    "step",
    "text",
    N_("Étape"),
    {
        "text": N_("1. Le texte"),
        "chars": N_("2. Les caractères"),
        "ints": N_("3. Les indices"),
        "back": N_("4. Le retour"),
    },
)
MIN_CHAR_FREQ = _Frequency(
    "characters.least",
    "min_char_freq",
    1,
    N_("Garder les caractères vus au moins… fois"),
    nearest,
    help=N_("min\\_char\\_freq : les autres deviennent « inconnu », d’indice 0."),
)
ORDER = Choice(
    "characters.order",
    "order",
    "index",
    N_("Ranger par"),
    {"index": N_("indice"), "count": N_("fréquence")},
)
MERGES = _Merges(
    "characters.merges",
    "merges",
    MOST_MERGES,
    N_("Arrêter l’apprentissage du BPE après… fusions"),
    fields.integer(0, MOST_MERGES),
)
CHAR = _Character(
    "characters.char",
    "char",
    "é",
    N_("Un caractère"),
    first_char,
    lambda typed: typed[:1],
    free=True,
)
PLAY = Menu("characters.play", "play", "", N_("Pièce"))
THROWS = 60  # of three dice, that a sheet has


def ask_sentence() -> str:
    """The shared prompt, as every text here is read: normalised."""
    return normalise(widgets.prompt(labelled=False))


def pick_char() -> None:
    """Inside a click on a character: show its bytes."""
    for key in ("characters.trip", "characters.alphabet", "characters.bytes"):
        if char := components.picked_char(key):
            state.change(CHAR, char)
            go("characters", "bytes")


def code(sentence: str, source: str, min_char_freq: int) -> str:
    """The page's cell: an alphabet, a sentence as integers and back, and as tokens."""
    return snippets.filled(
        "characters",
        corpus=snippets.Code('"embedded"' if source == EMBEDDED else ""),
        min_char_freq=min_char_freq,
        sentence=sentence,
    )
