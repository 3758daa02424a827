"""What the Inside page asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard.shared import fields, snippets
from dashboard.shared.controls import Choice, Control, Given, Menu, Text, Whole
from moliere_core.errors import N_

DEFAULT_TEXT = (
    "Monsieur, je ne saurais (c'est ma faute) répondre aux belles dames de Lyon.\n"
    "L'amour ne se dit point : il se montre, et Valère ne le sait que trop."
)
DEFAULT_WORD = "belles"  # of that text: with `petit`, cells that follow the plural


class _Area(Text):
    """A text of several lines."""

    def _widget(
        self, value: str, given: Given, *, on_change: Callable[[], None] | None = None
    ) -> str:
        typed = st.text_area(
            value=value,  # see `Text`
            max_chars=self.most,
            height=150,
            width=640,
            on_change=on_change,
            **given,
        )
        return typed or ""


class _Series(Control[str]):
    """A gate or a state, of those that the cells of a model have."""

    def _widget(self, value: str, given: Given, series: Mapping[str, str]) -> str:
        """What is chosen of `series`: their names, and what they are called."""
        if value not in series:
            st.session_state[self.key] = "cell" if "cell" in series else "hidden"
        chosen = st.segmented_control(
            options=list(series), format_func=series.__getitem__, required=True, **given
        )
        return str(chosen)


TEXT = _Area("inside.text", "text", DEFAULT_TEXT, N_("Texte"))
# A name of features.NAMES; "" is the strongest, "other" any unit by its numbers.
TRACKED = Menu("inside.tracked", "tracks", "", N_("Unité"))
LAYER = Whole("inside.layer", "layer", 1, N_("Couche"), 1, 3)
UNIT = Whole("inside.unit", "unit", 0, N_("Unité"), 0, 4095)
FROM: fields.Field[int] = fields.Field("inside.from", "from", -1, fields.integer(-1, 1_000))
TO: fields.Field[int] = fields.Field("inside.to", "to", -1, fields.integer(-1, 1_000))
GATE = _Series("inside.gate", "gate", "cell", N_("Carte de toutes les couches"), str)
EDIT = Choice(
    "inside.edit",
    "edit",
    "delete",
    N_("Contrôle"),
    {"delete": N_("effacer"), "replace": N_("mettre un espace")},
)
CHAR = Menu("inside.char", "char", "é", N_("Caractère"), lambda text: text[:1])


def code(reference: str, text: str, layer: int, unit: int) -> str:
    """The page's cell: one unit over a text, and the letters that mattered for its last one."""
    return snippets.filled("inside", model=reference, text=text, layer=layer, unit=unit)
