"""Lesson plan: two timed paths through the application, a quiz, and what to take home."""

from functools import partial

from dashboard.course import snippet, views
from dashboard.shared import lesson, widgets
from dashboard.shared.i18n import _

drawer = lesson.heading("course", _("Le cours, pas à pas"))

view = views.VIEW.ask()
views.VIEWS[view].show()
drawer.finish(partial(snippet.code, widgets.model_asked()), views.tried(view))
