"""What the Inside page asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard.inside import models
from dashboard.shared import fields, snippets
from dashboard.shared.controls import Choice, Control, Given, Menu, Text, Whole
from dashboard.shared.i18n import _
from dashboard.shared.views import Labelled
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


class OfKind(Control[str]):
    """One of the views that a model of its kind has, the first where it has not the one asked."""

    labelled = False

    def _widget(self, value: str, given: Given, views: Mapping[str, Labelled]) -> str:
        """Which of `views`."""
        if value not in views:
            st.session_state[self.key] = next(iter(views))
        chosen = st.segmented_control(
            options=list(views), format_func=lambda n: _(views[n].label), required=True, **given
        )
        return str(chosen)


class _Rival(Text):
    """What might stand in the place of something; what is expected where nothing is typed."""

    def _widget(
        self,
        value: str,
        given: Given,
        expected: str = "",
        *,
        on_change: Callable[[], None] | None = None,
    ) -> str:
        typed = st.text_input(
            value=value,  # see `Text`
            max_chars=self.most,
            placeholder=expected,
            width=110,
            on_change=on_change,
            **given,
        )
        return typed or ""


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
RATHER = _Rival("inside.rather", "rather", "", N_("Plutôt que"), most=40)
BESIDE = Menu("inside.beside", "beside", "", N_("À côté"))
BLOCK: fields.Field[int] = fields.Field("inside.block", "block", 0, fields.integer(0, 200))
HEAD: fields.Field[int] = fields.Field("inside.head", "head", 0, fields.integer(0, 200))
CHAR = Menu("inside.char", "char", "é", N_("Caractère"), lambda text: text[:1])


def code(reference: str, text: str, layer: int, number: int) -> str:
    """The page's cell: what one unit, or one head, does over a text, and what comes of it.

    Args:
        reference: of the model.
        text: that it reads.
        layer: from 0.
        number: of the unit, or of the head, from 0.
    """
    kind = models.kind(reference)
    if kind == "cells":
        return snippets.filled("inside", model=reference, text=text, layer=layer, unit=number)
    return snippets.filled(f"inside-{kind}", model=reference, text=text, layer=layer, head=number)
