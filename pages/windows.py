"""Windows: how a text becomes pairs of inputs and targets, and what their length costs."""

from dashboard.shared import lesson
from dashboard.shared.i18n import _
from dashboard.windows import controls, screens

drawer = lesson.heading("windows", _("Les fenêtres"))
view, settings = controls.choose()
screens.show(view, settings)
drawer.finish(screens.code(view, settings), screens.tried(view, settings))
