"""Recurrence or attention: who remembers a name, and what it costs to look back."""

from functools import partial

import streamlit as st

from dashboard.recurrence import controls, views
from dashboard.shared import lesson, widgets
from dashboard.shared.i18n import _

drawer = lesson.heading("recurrence", _("Récurrence ou attention"))

with st.container(horizontal=True, vertical_alignment="center"):
    view = views.VIEW.ask()
    with widgets.settings():
        reference = widgets.model()
views.VIEWS[view].show(reference)
drawer.finish(partial(controls.code, view, reference), views.tried(view, reference))
