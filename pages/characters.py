"""Characters: from text to integers and back, by character, by token and by byte."""

from functools import partial

import streamlit as st

from dashboard.characters import controls, views
from dashboard.shared import lesson, sources, state, widgets
from dashboard.shared.i18n import _

drawer = lesson.heading("characters", _("Les caractères"))

with st.container(horizontal=True, vertical_alignment="center"):
    sentence = controls.ask_sentence()
    with widgets.settings():
        source = sources.select()
view = views.VIEW.ask()
views.VIEWS[view].show(sentence, source)
drawer.finish(
    partial(controls.code, sentence, source, state.value(controls.MIN_CHAR_FREQ)),
    views.tried(view, sentence, source),
)
