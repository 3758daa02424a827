"""What is set on the Lesson plan page: the step of a path."""

from __future__ import annotations

from dashboard.shared.state import Field, integer

STEP: Field[int] = Field("course.step", "step", 1, integer(1, 30))
