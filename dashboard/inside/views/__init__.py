"""The views of the Inside page, and what the class has done in them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from dashboard.inside import controls, models, results, text, transformers, units
from dashboard.inside.controls import TEXT, OfKind
from dashboard.inside.text import Colours, Cut, Looked
from dashboard.inside.views import (
    attention,
    embedding,
    forgets,
    gates,
    gaze,
    influence,
    lens,
    step,
    unit,
    vectors,
    why,
)
from dashboard.shared import fields, state, widgets
from dashboard.shared.i18n import _
from dashboard.shared.views import View
from moliere_core.errors import N_
from moliere_core.models.protocol import CONTEXT_START
from moliere_core.text.normalise import normalise

VIEWS: dict[
    str, View[...]
] = {  # of what has cells; all of them but the embedding's show a `Looked`
    "unit": View(N_("Unité"), unit.show),
    "gates": View(N_("Portes"), gates.show),
    "mattered": View(N_("Ce qui a compté"), influence.show),
    "why": View(N_("Pourquoi ?"), why.show),
    "forgets": View(N_("L’oubli"), forgets.show),
    "embedding": View(N_("Plongement"), embedding.show),
    "step": View(N_("Un pas"), step.show),
}
LOOKS: dict[str, View[...]] = {  # of a transformer
    "heads": View(N_("Regards"), gaze.show),
    "layers": View(N_("Couche par couche"), lens.show),
    "why": View(N_("Pourquoi ?"), why.show),
    "embedding": View(N_("Plongement"), vectors.show),
    "step": View(N_("Un pas"), attention.show),
}
VIEW = OfKind("inside.view", "view", "unit", N_("Vue"), fields.choice(*VIEWS, *LOOKS))
HINTS = {
    "mattered": N_("Cliquez sur un caractère : lesquels, avant lui, l’ont fait attendre ?"),
    "step": N_("Cliquez sur un caractère : le pas qui le lit."),
    "gates": N_("Cliquez sur un caractère : les cartes commencent là."),
}
ANY_HINT = N_("Cliquez sur un caractère, ou glissez sur un passage.")


def ask(reference: str) -> str:
    """Which of the views that a model of its kind has."""
    return VIEW.ask(VIEWS if models.kind(reference) == "cells" else LOOKS)


def show(view: str, reference: str, typed: str) -> Callable[[], str]:
    """One of the views, under the text that it is about.

    Returns:
        What fills the page's cell.
    """
    if view == "why":  # asks two models, of whatever kinds
        return why.show(reference, typed)
    cells = models.kind(reference) == "cells"
    chosen = (_show_cells if cells else _show_transformer)(view, reference, typed)
    return partial(controls.code, reference, typed, *chosen)


def _show_transformer(view: str, reference: str, typed: str) -> tuple[int, int]:
    """The head that it looks at, by layer and number, from 0."""
    for setting in (controls.FROM, controls.TO, controls.BLOCK, controls.HEAD):
        state.value(setting)  # the address keeps them while the model is asked
    found = transformers.gaze(reference, typed)
    if found is None:  # it is being read
        return 0, 0
    read = sum(map(len, found.tokens))
    if read < len(CONTEXT_START + normalise(typed)):
        st.caption(
            _("Il ne voit pas plus de {count} caractères à la fois : en voici le début.").format(
                count=read
            )
        )
    cut = Cut(reference, typed, found.tokens, found.heads, text.symbol(found.tokens))
    LOOKS[view].show(cut)
    return gaze.chosen(cut)


def _show_cells(view: str, reference: str, typed: str) -> tuple[int, int]:
    """The unit that it looks at, by layer and number, from 0."""
    if view == "embedding":  # of all characters, whatever the text
        VIEWS[view].show(reference)
        return 0, 0
    widgets.unknown(reference, typed, underlined=True)
    chosen = units.choose(reference, view)
    context, seen = results.seen(reference, typed)
    looked = Looked(reference, context, seen, *chosen, *text.span(context, view, seen, chosen))
    explained = view == "mattered"
    colours = influence.colours(looked) if explained else _memory(looked)
    text.show(looked, colours, _(HINTS.get(view, ANY_HINT)), one=explained)
    VIEWS[view].show(looked)
    return chosen


def _memory(looked: Looked) -> Colours:
    memory = looked.seen.layers[looked.layer].memory[:, looked.unit]
    bound = max(float(np.abs(memory).max()), 1e-6)
    labels = {"value": _("mémoire"), "low": _("mémoire"), "high": ""}
    return Colours(np.round(memory, 3).tolist(), bound, labels)


def tried(view: str) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    picked = bool(st.session_state.get(text.PICKED))
    return {
        "own": st.session_state[TEXT.key] != TEXT.default,
        "other": st.session_state.get(units.CHANGED, False),
        "where": picked and view == "unit",
        "mattered": picked and view == "mattered",
        "why": picked and view == "why",
        "forgets": view == "forgets",
        "embedding": view == "embedding",
        "step": view == "step",
        "layers": view == "layers" and picked,
        "head": bool(st.session_state.get(gaze.PICKED)),
    }
