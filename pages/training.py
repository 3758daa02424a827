"""Training: the class turns the knobs, presses one button, and watches its network learn."""

import streamlit as st

from dashboard import (
    snippets,
    state,
    stored,
    training_desk,
    training_live,
    training_rights,
    widgets,
)
from dashboard.i18n import _

drawer = widgets.heading("training", _("L’entraînement"))

job = state.value(state.JOB)
with st.container(horizontal=True, horizontal_alignment="distribute"):
    view = widgets.segmented(
        state.training_view(job),
        _("Vue"),
        {"new": _("Régler"), "follow": _("Suivre"), "stored": _("Enregistrés")},
        visible=False,
    )
    training_rights.key_drawer()
if view == "new":
    left, right = st.columns([1.75, 1], gap="medium")
    with left:
        request = training_desk.request(training_desk.preset())
    with right:
        training_desk.summary(request)
        training_desk.guesses()
        training_desk.button(request)
    spec = request.spec
elif view == "follow":
    spec = training_live.follow(job, training_desk.kept_guesses())
else:
    spec = None
    chosen = stored.choose()
    if len(chosen) == 1:
        stored.tools(chosen[0])
    if len(chosen) > 1:
        stored.comparison(chosen, stored.common_text())
    else:
        stored.table()
widgets.code("training", drawer, snippets.training(spec))
