"""Model: the network on paper, layer by layer, and what it costs and knows before it learns."""

from functools import partial

from dashboard.model import controls, views
from dashboard.shared import lesson
from dashboard.shared.i18n import _

drawer = lesson.heading("model", _("Le modèle"))
view, settings = controls.choose(views.VIEW)
views.VIEWS[view].show(settings)
drawer.finish(partial(controls.code, settings), views.tried(view, settings))
