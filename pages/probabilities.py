"""Probabilities: the distribution of the next character, and a hand that chooses from it."""

import streamlit as st

from dashboard import components, lesson, widgets
from dashboard.i18n import _
from dashboard.probabilities import cached, fields, snippet, stepping

drawer = lesson.heading("probabilities", _("Le caractère suivant"))

with st.container(horizontal=True, vertical_alignment="bottom"):
    prompt = widgets.prompt()
    with st.popover(_("Réglages"), icon=":material/tune:"):
        reference = widgets.model()
        filters = widgets.filters("probabilities", 1.0)
        bars = widgets.integer(fields.BARS, _("Nombre de barres"), 3, 120)
        seed = widgets.seed()
runs = widgets.unknown(reference, prompt)
chosen = stepping.chosen(reference, prompt)
tools = st.container(horizontal=True, vertical_alignment="bottom")
board, panel = st.columns([2.5, 1], gap="medium")
with panel:
    config = stepping.temperature(filters)
    following = cached.next_character(reference, prompt, chosen, config, seed, bars)
    stepping.hesitation(following)
with tools:
    stepping.buttons(following)
    stepping.typed(reference)
with board:
    components.choices(stepping.payload(following, runs), "probabilities.choices", stepping.pick)
drawer.finish(
    snippet.code(reference, prompt + chosen, config, bars), stepping.tried(prompt + chosen, runs)
)
