"""Film: the same prompt and the same draws at every moment of a training."""

from functools import partial

import streamlit as st

from dashboard.film import controls, views
from dashboard.shared import lesson, widgets
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig

drawer = lesson.heading("film", _("Le film de l’apprentissage"))

with st.container(horizontal=True, vertical_alignment="center"):
    prompt = widgets.prompt(labelled=False)
    view = views.VIEW.ask()
    with widgets.settings():
        reference = widgets.model()
        config = SamplingConfig(controls.TEMPERATURE.ask())
        seed = widgets.seed()

runs = widgets.unknown(reference, prompt)
views.VIEWS[view].show(views.film(reference, prompt, runs, config, seed))
views.show_measures_once_ready(reference)
drawer.finish(
    partial(controls.code, reference, prompt, config, seed), views.tried(view, reference, config)
)
