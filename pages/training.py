"""Training: the class turns the knobs, presses one button, and watches its network learn."""

from functools import partial

import streamlit as st

from dashboard.shared import lesson, rights, state
from dashboard.shared.i18n import _
from dashboard.training import controls, views

drawer = lesson.heading("training", _("L’entraînement"))

with st.container(key="training-bar", horizontal=True, horizontal_alignment="distribute"):
    view = views.view(state.value(controls.JOB)).ask()
    if views.measured(view):
        controls.MEASURE.ask(visible=False)
    rights.key_drawer()
spec = views.VIEWS[view].show()
drawer.finish(partial(controls.code, spec), views.tried(spec))
