"""Inside: one unit that colours a text, the gates behind it, what mattered, one step in numbers."""

import streamlit as st

from dashboard.inside import cached as inside
from dashboard.inside import fields, snippet, tracking, views
from dashboard.shared import lesson, widgets
from dashboard.shared.i18n import _

drawer = lesson.heading("inside", _("Dans le réseau"))

with st.container(horizontal=True, vertical_alignment="center"):
    view = widgets.segmented(
        fields.VIEW,
        _("Vue"),
        {
            "unit": _("Une unité"),
            "gates": _("Les portes"),
            "mattered": _("Ce qui a compté"),
            "forgets": _("L’oubli"),
            "embedding": _("Le plongement"),
            "step": _("Un pas"),
        },
        visible=False,
    )
    with st.popover(_("Réglages"), icon=":material/tune:"):
        reference = widgets.model()
        text = views.typed()
if view == "embedding":
    views.embedding(reference)
    drawer.finish(snippet.code(reference, text, 0, 0), views.tried(view))
    st.stop()
widgets.unknown(reference, text, underlined=True)
layer, unit = tracking.choose(reference, view)
context, seen = inside.seen(reference, text)
span = views.span(context, view, seen, (layer, unit))
views.draw(view, reference, context, seen, (layer, unit), span)
drawer.finish(snippet.code(reference, text, layer, unit), views.tried(view))
