"""Experiments: one setting at a time, what the class expects of it, and what it gave."""

from functools import partial

import streamlit as st

from dashboard.experiments import controls, views, wording
from dashboard.experiments.views import bet
from dashboard.shared import lesson, state
from dashboard.shared.i18n import _
from moliere_core.training.experiments import PLANS

drawer = lesson.heading("experiments", _("Les expériences"))

plan = PLANS[controls.PLAN.ask()]  # type: ignore[index]  # it knows these names alone
st.markdown(wording.question(plan))
view = ""
if bet.revealed(plan):
    view = views.show(plan)
else:
    bet.ask(plan)
variant = state.value(controls.variant(plan))
drawer.finish(partial(controls.code, plan, variant), views.tried(view, plan))
