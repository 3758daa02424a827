"""Lesson plan: two timed paths through the application, a quiz, and what to take home."""

from dashboard.course import snippet, views
from dashboard.shared import lesson, state
from dashboard.shared.i18n import _

drawer = lesson.heading("course", _("Le cours, pas à pas"))

shown = views.VIEW.ask()
views.VIEWS[shown].show()
drawer.finish(snippet.code(state.value(state.MODEL)), views.tried(shown))
