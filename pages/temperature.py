"""Temperature: the same prompt and the same draws, at several temperatures side by side."""

from functools import partial

import streamlit as st

from dashboard.shared import lesson, widgets
from dashboard.shared.i18n import _
from dashboard.temperature import compromise, controls, views

drawer = lesson.heading("temperature", _("La température"))

first = st.container(horizontal=True, vertical_alignment="bottom")
second = st.container(horizontal=True, vertical_alignment="center")
with first:
    main, settings = st.container(), st.container(width="content")
with second:
    compared = views.COMPARED.ask()
with settings, widgets.settings():
    reference = widgets.model()
    chars = controls.LENGTH.ask()
    seed = widgets.seed()
    filters = widgets.filters("temperature", 1.0)
comparison = views.MODES[compared].ask(main, second, filters)

widgets.unknown(reference, comparison.read, underlined=True)
views.show(reference, compared, comparison, seed, chars)
views.as_in_notebook()
compromise.show(reference, comparison.configs)
drawer.finish(
    partial(controls.code, reference, comparison.prompts, comparison.configs, seed, chars),
    views.tried(comparison),
)
