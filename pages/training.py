"""Training: the class turns the knobs, presses one button, and watches its network learn."""

import streamlit as st

from dashboard.shared import lesson, rights, state, widgets
from dashboard.shared.i18n import _
from dashboard.training import (
    bets,
    comparison,
    desk,
    fields,
    live,
    snippet,
    stored,
    summary,
)

drawer = lesson.heading("training", _("L’entraînement"))

job = state.value(fields.JOB)
with st.container(horizontal=True, horizontal_alignment="distribute"):
    view = widgets.segmented(
        fields.view(job),
        _("Vue"),
        {"new": _("Régler"), "follow": _("Suivre"), "stored": _("Enregistrés")},
        visible=False,
    )
    rights.key_drawer()
spec = None
if view == "new":
    left, right = st.columns([1.75, 1], gap="medium")
    with left:
        request = desk.request(desk.preset())
        desk.limits()
    with right:
        summary.show(request)
        if not desk.refused(request):
            bets.ask()
        desk.button(request)
    spec = request.spec
elif view == "follow":
    spec = live.follow(job, bets.kept())
else:
    chosen = stored.choose()
    if len(chosen) == 1:
        stored.tools(chosen[0])
    if len(chosen) > 1:
        comparison.table(chosen, comparison.common_text())
    else:
        stored.table()
drawer.finish(snippet.code(spec), desk.tried(spec))
