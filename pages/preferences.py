"""Preferences: the class votes on two texts, the network learns to please, and what that costs."""

from functools import partial

import streamlit as st

from dashboard.preferences import controls, results, views
from dashboard.shared import lesson, widgets
from dashboard.shared.i18n import _

drawer = lesson.heading("preferences", _("L’avis de la classe"))

with st.container(horizontal=True, vertical_alignment="center"):
    prompt = widgets.prompt(labelled=False)
    view = views.VIEW.ask()
    with widgets.settings():
        now = controls.Settings(
            widgets.model(),
            prompt,
            widgets.seed(),
            controls.TEMPERATURE.ask(),
            controls.LENGTH.ask(),
            controls.HOLD.ask(),
        )
widgets.unknown(now.reference, prompt, underlined=True)
story = results.story(now.reference)
results.learn(story, now.pull, now.sampling)
views.VIEWS[view].show(story, now)
drawer.finish(partial(controls.code, now, story), views.tried(view, story, now))
