"""Inside: what happens in a network while it reads: cells and gates, or heads and layers."""

import streamlit as st

from dashboard.inside import models, text, views
from dashboard.shared import lesson, widgets
from dashboard.shared.i18n import _

drawer = lesson.heading("inside", _("Dans le réseau"))

reference = models.asked()
with st.container(key="inside-bar", horizontal=True, vertical_alignment="center", gap="small"):
    view = views.ask(reference)
    with widgets.settings():
        reference = models.choose(reference)
        typed = text.ask()
drawer.finish(views.show(view, reference, typed), views.tried(view))
