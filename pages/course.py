"""Lesson plan: three timed paths through the application, a quiz, and what to take home."""

from functools import partial

from dashboard.course import controls, presenting, views
from dashboard.shared import lesson, state, widgets
from dashboard.shared.i18n import _

drawer = lesson.heading("course", _("Le cours, pas à pas"))

presenting.follow(state.restore(views.VIEW))
view = views.VIEW.ask()
views.VIEWS[view].show()
drawer.finish(partial(controls.code, widgets.model_asked()), views.tried(view))
