"""Probabilities: the distribution of the next character, and a hand that chooses from it."""

import streamlit as st

from dashboard.probabilities import (
    boards,
    cached,
    components,
    fields,
    guessing,
    panel,
    snippet,
    stepping,
)
from dashboard.shared import lesson, widgets
from dashboard.shared.i18n import _

drawer = lesson.heading("probabilities", _("Le caractère suivant"))

with st.container(horizontal=True, vertical_alignment="center"):
    prompt = widgets.prompt(labelled=False)
    view = widgets.segmented(
        fields.VIEW,
        _("Vue"),
        {"bars": _("Barres"), "stages": _("Calcul"), "guess": _("Devine")},
        visible=False,
    )
    with st.popover(_("Réglages"), icon=":material/tune:"):
        reference = widgets.model()
        beside = boards.beside(reference)
        filters = widgets.filters("probabilities", 1.0)
        bars = widgets.integer(fields.BARS, _("Nombre de barres"), 3, 120)
        seed = widgets.seed()
runs = widgets.unknown(reference, prompt)
chosen = stepping.chosen(reference, prompt)
tools = st.container(horizontal=True, vertical_alignment="bottom")
board, side = st.columns([2.5, 1], gap="medium")
with side:
    config = stepping.temperature(filters)
    following = cached.next_character(reference, prompt, chosen, config, seed, bars)
    question = (reference, prompt + chosen)
    revealed = view != "guess" or guessing.revealed(question)
    if revealed:
        if not beside or view == "stages":
            panel.hesitation(following)
        if view == "guess":
            guessing.votes(following)
        else:
            panel.last_choice(following)
with tools:
    stepping.buttons(following, playable=view == "bars")
    stepping.typed(reference)
with board:
    if view == "guess":
        guessing.guesses(following, question)
    if not revealed:
        guessing.hidden(following, runs)
    elif view == "stages":
        components.stages(boards.stages(following, config), "probabilities.stages")
    elif beside:
        other = cached.next_character(beside, prompt, chosen, config, seed, bars)
        boards.side_by_side((reference, following), (beside, other), runs)
        with side:
            panel.difference(following, other)
    else:
        components.choices(stepping.payload(following, runs), stepping.CHOICES, stepping.pick)
drawer.finish(
    snippet.code(reference, prompt + chosen, config, bars),
    stepping.tried(prompt + chosen, runs, view, beside, view == "guess" and revealed),
)
