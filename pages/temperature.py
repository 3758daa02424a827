"""Temperature: the same prompt and the same draws, at several temperatures side by side."""

import streamlit as st

from dashboard.shared import lesson, widgets
from dashboard.shared.i18n import _
from dashboard.temperature import cached, comparison, components, fields, snippet

drawer = lesson.heading("temperature", _("La température"))

first = st.container(horizontal=True, vertical_alignment="bottom")
second = st.container(horizontal=True, vertical_alignment="center")
with first:
    main, settings = st.container(), st.container(width="content")
with second:
    compared = widgets.segmented(
        fields.COMPARED,
        _("Comparer"),
        {"temperatures": _("des températures"), "prompts": _("des débuts")},
        visible=False,
    )
with settings, st.popover(_("Réglages"), icon=":material/tune:"):
    reference = widgets.model()
    chars = widgets.integer(fields.LENGTH, _("Nombre de caractères"), 20, 2000)
    seed = widgets.seed()
    filters = widgets.filters("temperature", 1.0)
if compared == "temperatures":
    with main:
        prompt = widgets.prompt()
    with second:
        temperatures = comparison.temperatures()
    streams = comparison.by_temperature(prompt, temperatures, filters)
else:
    with main:
        prompts = comparison.prompts()
    with second:
        temperature = widgets.slider(fields.ONE_TEMPERATURE, _("Température"), 0.0, 2.0)
    streams = comparison.by_prompt(prompts, temperature, filters)

widgets.unknown(reference, streams.read, underlined=True)
columns = cached.comparison(reference, streams.prompts, streams.configs, seed, chars)
components.texts(comparison.payload(streams, columns), "temperature.texts")
st.caption(comparison.legend(compared, seed, chars))
drawer.finish(
    snippet.code(reference, streams.prompts, streams.configs, seed, chars),
    comparison.tried(streams),
)
