"""Bridge: from the LSTM to large language models, on one prompt, one alphabet and one axis."""

from functools import partial

import streamlit as st

from dashboard.bridge import controls, fetching, views
from dashboard.bridge.views import alphabet
from dashboard.shared import fields, lesson, state, widgets
from dashboard.shared.i18n import _

drawer = lesson.heading("bridge", _("Du LSTM aux LLM"))

with st.container(key="bridge-bar", horizontal=True, vertical_alignment="center"):
    view = views.VIEW.ask()
    with widgets.settings():
        references = controls.models()
        with st.expander(_("Les modèles qui valent d’être téléchargés")):
            fetching.worth_fetching(references)
        config = widgets.filters("bridge", controls.TEMPERATURE.ask())
        chars = controls.LENGTH.ask()
        seed = widgets.seed()
        controls.as_in_notebook()
prompt = widgets.prompt(labelled=False) if view in views.PROMPTED else state.value(fields.PROMPT)
chosen, model = alphabet.chosen(prompt), widgets.model_asked()
settings = controls.Settings(references, model, prompt, chosen, config, seed, chars)
views.VIEWS[view].show(settings)
drawer.finish(partial(controls.code, view, settings), views.tried(view, settings))
