"""For the school: what is kept, what leaves the room, what a training costs, and what it is for."""

from functools import partial

from dashboard.about import controls, views
from dashboard.shared import lesson
from dashboard.shared.i18n import _

drawer = lesson.heading("about", _("Pour l’établissement"))

views.kept()
trained, watts = views.energy()
views.meant()
drawer.finish(partial(controls.code, trained, watts), controls.tried(trained, watts))
