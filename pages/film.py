"""Film: the same prompt and the same draws at every moment of a training."""

import streamlit as st

from dashboard import components, film, snippets, state, widgets
from dashboard.i18n import _
from moliere_core.config import SamplingConfig

drawer = widgets.heading("film", _("Le film de l’apprentissage"))

with st.container(horizontal=True, vertical_alignment="center"):
    prompt = widgets.prompt(labelled=False)
    view = widgets.segmented(
        state.FILM_VIEW,
        _("Vue"),
        {"film": _("Film"), "compare": _("Avant / après")},
        visible=False,
    )
    with st.popover(_("Réglages"), icon=":material/tune:"):
        reference = widgets.model()
        temperature = widgets.slider(state.FILM_TEMPERATURE, _("Température"), 0.0, 2.0)
        seed = widgets.seed()

config = SamplingConfig(temperature)
runs = widgets.unknown(reference, prompt)
reel = film.reel(reference, prompt, runs, config, seed)
components.film(film.payload(reel, view), film.KEY, film.move)
film.remark(reel)
film.watch(reference)
widgets.code("film", drawer, snippets.film(reference, prompt, config, seed))
