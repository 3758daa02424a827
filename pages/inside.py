"""Inside: one unit that colours a text, the gates behind it, what mattered, one step in numbers."""

from functools import partial

import streamlit as st

from dashboard.inside import controls, text, views
from dashboard.shared import lesson, widgets
from dashboard.shared.i18n import _

drawer = lesson.heading("inside", _("Dans le réseau"))

with st.container(horizontal=True, vertical_alignment="center"):
    view = views.VIEW.ask()
    with widgets.settings():
        reference = widgets.model()
        typed = text.ask()
layer, unit = views.show(view, reference, typed)
drawer.finish(partial(controls.code, reference, typed, layer, unit), views.tried(view))
