"""Lesson plan: two timed paths through the application, a quiz, and what to take home."""

from dashboard.course import fields, snippet, view
from dashboard.shared import lesson, state, widgets
from dashboard.shared.i18n import _

drawer = lesson.heading("course", _("Le cours, pas à pas"))

shown = widgets.segmented(
    fields.VIEW,
    _("Vue"),
    {
        "short": _("15 minutes"),
        "long": _("1 heure"),
        "about": _("Objectifs"),
        "quiz": _("Quiz"),
        "home": _("Chez soi"),
    },
    visible=False,
)
if shown in ("short", "long"):
    view.path(shown)
elif shown == "about":
    view.about()
elif shown == "quiz":
    view.quiz()
else:
    view.at_home()
drawer.finish(snippet.code(state.value(state.MODEL)), view.tried(shown))
