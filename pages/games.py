"""Games: the class tells Molière from the machine, guesses his letters, writes with the models."""

from functools import partial

import streamlit as st

from dashboard.games import controls, views
from dashboard.shared import lesson
from dashboard.shared.i18n import _

drawer = lesson.heading("games", _("Jeux"))

with st.container(horizontal=True, vertical_alignment="center"):
    view = views.VIEW.ask()
    settings = controls.ask(view)
views.VIEWS[view].show(settings)
drawer.finish(partial(controls.code, view, settings), views.tried())
