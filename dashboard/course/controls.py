"""What the Lesson plan page is asked for, beside the view and the step: see `shared.script`."""

from __future__ import annotations

from dashboard.shared import fields, snippets
from dashboard.shared.controls import Flag
from moliere_core.errors import N_

PRESENT = Flag("course.present", "present", False, N_("Deux fenêtres"))
QUESTION: fields.Field[int] = fields.Field("course.question", "question", 1, fields.integer(1, 99))


def code(reference: str) -> str:
    """The page's cell: the whole course in ten lines, with a model that is already trained."""
    return snippets.filled("course", model=reference)
