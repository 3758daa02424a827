"""Experiments: one setting at a time, what the class expects of it, and what it gave."""

import streamlit as st

from dashboard.experiments import fields, guess, live, shown, snippet, words
from dashboard.shared import lesson, state, widgets
from dashboard.shared.i18n import _
from moliere_core.training.experiments import PLANS

drawer = lesson.heading("experiments", _("Les expériences"))

chosen = widgets.segmented(fields.PLAN, _("Expérience"), words.plan_names(), visible=False)
plan = PLANS[chosen]  # type: ignore[index]  # its parser knows these names alone
st.markdown(words.question(plan))
view = ""
if not guess.revealed(plan):
    guess.ask(plan)
else:
    view = shown.view(plan)
    if view == "texts":
        shown.texts(plan)
    elif view == "live":
        live.show(plan)
    else:
        shown.results(plan, view)
drawer.finish(snippet.code(plan, state.value(fields.variant(plan))), shown.tried(plan, view))
