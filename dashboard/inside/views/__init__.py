"""The views of the Inside page, and what the class has done in them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.inside import results, text, units
from dashboard.inside.controls import TEXT
from dashboard.inside.text import Colours, Looked
from dashboard.inside.views import embedding, forgets, gates, influence, step, unit
from dashboard.shared import widgets
from dashboard.shared.i18n import _
from dashboard.shared.views import View, chosen
from moliere_core.errors import N_

VIEWS: dict[str, View[...]] = {  # all of them but the embedding's show a `Looked`
    "unit": View(N_("Une unité"), unit.show),
    "gates": View(N_("Les portes"), gates.show),
    "mattered": View(N_("Ce qui a compté"), influence.show),
    "forgets": View(N_("L’oubli"), forgets.show),
    "embedding": View(N_("Le plongement"), embedding.show),
    "step": View(N_("Un pas"), step.show),
}
VIEW = chosen("inside.view", "view", N_("Vue"), VIEWS)
HINTS = {
    "mattered": N_("Cliquez sur un caractère : lesquels, avant lui, l’ont fait attendre ?"),
    "step": N_("Cliquez sur un caractère : le pas qui le lit."),
    "gates": N_("Cliquez sur un caractère : les cartes commencent là."),
}
ANY_HINT = N_("Cliquez sur un caractère, ou glissez sur un passage.")


def show(view: str, reference: str, typed: str) -> tuple[int, int]:
    """One of the views, under the text that it is about.

    Returns:
        The unit that it looks at, by layer and number, from 0.
    """
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
        "forgets": view == "forgets",
        "embedding": view == "embedding",
        "step": view == "step",
    }
