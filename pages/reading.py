"""Reading: how surprised a model is by each character of a text, alone, learning, or mixed."""

from functools import partial

import streamlit as st

from dashboard.reading import controls, views
from dashboard.shared import cached, lesson, widgets
from dashboard.shared.i18n import _

drawer = lesson.heading("reading", _("Lire comme le modèle"))

with st.container(key="reading-bar", horizontal=True, vertical_alignment="center", gap="small"):
    view = views.VIEW.ask()
    colour = controls.COLOUR.ask() if view == "text" else controls.COLOUR.default
    with widgets.settings():
        settings = controls.Settings(widgets.model(), widgets.seed(), colour)
cached.prepare_judging()
read = views.VIEWS[view].show(settings)
drawer.finish(partial(controls.code, view, settings, read), views.tried(view, settings))
