"""Windows: how a text becomes pairs of inputs and targets, and what their length costs."""

from functools import partial

from dashboard.shared import fields, lesson, state
from dashboard.shared.i18n import _
from dashboard.windows import controls, views

drawer = lesson.heading("windows", _("Les fenêtres"))
view, settings = controls.choose(views.VIEW)
views.show(view, settings)
variant, start = state.value(controls.VARIANT), state.value(controls.START)
code = partial(controls.code, view, settings, variant, start, state.value(fields.MODEL))
drawer.finish(code, views.tried(view, settings))
