"""The views of the Experiments page: the charts of a plan, texts, and one run trained live."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.experiments import trained, wording
from dashboard.experiments.views import bet, charts, live, measured, texts
from dashboard.shared import fields, state
from dashboard.shared.controls import Choice
from dashboard.shared.i18n import _
from dashboard.shared.views import View, chosen
from moliere_core.errors import N_
from moliere_core.training.experiments import Plan

VIEWS = {
    "past": View(N_("Caractères visibles"), partial(measured.show, chart=charts.past)),
    "parameters": View(N_("Paramètres"), partial(measured.show, chart=charts.parameters)),
    "seconds": View(N_("Secondes"), partial(measured.show, chart=charts.seconds)),
    "matrix": View(N_("Qui prédit quoi"), partial(measured.show, chart=charts.matrix)),
    "learning": View(N_("Époques"), partial(measured.show, chart=charts.learning)),
    "texts": View(N_("Textes"), texts.show),
    "live": View(N_("En direct"), live.show),
}
CHARTS = {  # of each plan, the first unless another is chosen
    "length": ("past", "seconds"),
    "architecture": ("parameters", "seconds"),
    "embedding": ("parameters", "seconds"),
    "plays": ("matrix", "seconds"),
    "overfitting": ("learning", "seconds"),
    "epochs": ("learning", "seconds"),
    "last_only": ("past", "seconds"),
    "transformer": ("seconds", "past", "parameters"),
}


def view(plan: Plan) -> Choice:
    """Which of them is on screen."""
    offered = {name: VIEWS[name] for name in (*CHARTS[plan.name], "texts", "live")}
    return chosen(f"experiments.view.{plan.name}", "view", N_("Vue"), offered)


def show(plan: Plan) -> str:
    """The view that is chosen, and what is the same for all runs; returns its name."""
    with st.container(key="experiments-bar", horizontal=True, horizontal_alignment="distribute"):
        name = view(plan).ask()
        with st.popover(_("Égal pour tous"), icon=":material/balance:"):  # read before the vote
            st.markdown(wording.equal(plan))
    VIEWS[name].show(plan)
    return name


def tried(view: str, plan: Plan) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    votes = bet.counted(plan)
    shown = bet.revealed(plan)
    return {
        "bet": shown and any(votes.values()),
        "past": shown and view == "past",
        "texts": shown and view == "texts" and state.value(fields.PROMPT) != fields.PROMPT.default,
        "live": any(row.run is not None for row in trained.found(plan)),
    }
