"""Film: the same prompt and the same draws at every moment of a training."""

import streamlit as st

from dashboard.film import components, fields, reel, snippet
from dashboard.shared import lesson, widgets
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig

drawer = lesson.heading("film", _("Le film de l’apprentissage"))

with st.container(horizontal=True, vertical_alignment="center"):
    prompt = widgets.prompt(labelled=False)
    view = widgets.segmented(
        fields.VIEW,
        _("Vue"),
        {"film": _("Film"), "compare": _("Avant / après")},
        visible=False,
    )
    with st.popover(_("Réglages"), icon=":material/tune:"):
        reference = widgets.model()
        temperature = widgets.slider(fields.TEMPERATURE, _("Température"), 0.0, 2.0)
        seed = widgets.seed()

config = SamplingConfig(temperature)
runs = widgets.unknown(reference, prompt)
shown = reel.reel(reference, prompt, runs, config, seed)
components.film(reel.payload(shown, view), reel.KEY, reel.move)
reel.remark(shown)
reel.watch(reference)
drawer.finish(snippet.code(reference, prompt, config, seed), reel.tried(reference, view, config))
