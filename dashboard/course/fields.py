"""What the address of the Lesson plan page holds."""

from __future__ import annotations

from dashboard.shared.state import Field, choice, integer

VIEW: Field[str] = Field(
    "course.view", "view", "short", choice("short", "long", "about", "quiz", "home")
)
STEP: Field[int] = Field("course.step", "step", 1, integer(1, 30))
