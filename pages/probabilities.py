"""Probabilities: the distribution of the next character, and a hand that chooses from it."""

from dataclasses import replace
from functools import partial

import streamlit as st

from dashboard.probabilities import controls, results, views
from dashboard.shared import lesson, widgets
from dashboard.shared.i18n import _

drawer = lesson.heading("probabilities", _("Les probabilités"))
controls.open_page()

with st.container(horizontal=True, vertical_alignment="center"):
    prompt = widgets.prompt(labelled=False)
    controls.examples()
    view = views.VIEW.ask()
    with widgets.settings():
        reference = widgets.model()
        beside = controls.BESIDE.ask(reference)
        filters = widgets.filters("probabilities", 1.0)
        bars = controls.BARS.ask()
        seed = widgets.seed()
runs = widgets.unknown(reference, prompt)
chosen = controls.chosen(reference, prompt)
tools = st.container(horizontal=True, vertical_alignment="bottom")
board, side = st.columns([2.5, 1], gap="medium")
with side:
    config = replace(filters, temperature=controls.TEMPERATURE.ask())
    following = results.next_character(reference, prompt, chosen, config, seed, bars)
if view != "guess":  # where there is one thing to press at a time
    with tools:
        controls.buttons(following, playable=view == "bars")
        controls.typed(reference)
now = results.Situation(reference, beside, prompt, chosen, runs, config, seed, bars, following)
views.VIEWS[view].show(now, board, side)
drawer.finish(partial(controls.code, reference, now.read, config, bars), views.tried(view, now))
