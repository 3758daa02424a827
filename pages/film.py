"""Film: the same prompt and the same draws at every moment of a training."""

from functools import partial

import streamlit as st

from dashboard.film import controls, views
from dashboard.shared import fields, lesson, state, widgets
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig

drawer = lesson.heading("film", _("Le film de l’apprentissage"))

with st.container(horizontal=True, vertical_alignment="center"):
    place = st.container()
    view = views.VIEW.ask()
    with widgets.settings():
        reference = widgets.model()
        config = SamplingConfig(controls.TEMPERATURE.ask())
        seed = widgets.seed()
with place:
    prompted = view in views.PROMPTED
    prompt = widgets.prompt(labelled=False) if prompted else state.value(fields.PROMPT)

views.VIEWS[view].show(views.Asked(reference, prompt, config, seed))
drawer.finish(
    partial(controls.code, reference, prompt, config, seed), views.tried(view, reference, config)
)
