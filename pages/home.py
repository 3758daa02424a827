"""Home: a model that writes by itself, and the choice behind each of its characters."""

from functools import partial

import streamlit as st

from dashboard.home import controls, gallery, views
from dashboard.home.results import Performance
from dashboard.shared import lesson, take_home, widgets
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig

drawer = lesson.heading("home", _("Un réseau écrit comme Molière"))
controls.open_page()

with st.container(horizontal=True, vertical_alignment="center"):
    prompt = widgets.prompt(labelled=False)
    st.button(_("Écrire la suite"), type="primary", icon=":material/edit:", on_click=views.restart)
with st.container(key="home-model", horizontal=True, vertical_alignment="center"):
    reference = controls.model()
    temperature = controls.temperature()
with st.container(key="home-set", horizontal=True, vertical_alignment="center"):
    speed = controls.SPEED.ask()
    views.pause_button()
    views.hide_button()
    with widgets.settings():
        seed = widgets.seed()
        top_k, chars = controls.TOP_K.ask(), controls.LENGTH.ask()
        controls.other_model()
        config = SamplingConfig(temperature, top_k)
        take_home.button(reference, "home", config)

runs = widgets.unknown(reference, prompt)
views.play(Performance(reference, prompt, config, seed, chars), runs, speed)
with st.container(key="home-next", gap="xsmall"):
    widgets.card(reference)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(_("**Et maintenant ?**"), width="content")
        st.page_link(
            "../pages/probabilities.py",
            label=_("Choisir soi-même le caractère suivant"),
            icon=":material/bar_chart:",
        )
        st.page_link(
            "../pages/temperature.py",
            label=_("Changer la température"),
            icon=":material/thermostat:",
        )
        controls.examples()
gallery.show()
code = partial(controls.code, reference, prompt, config, seed, chars)
drawer.finish(code, views.tried(prompt, seed))
