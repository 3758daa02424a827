"""The cell of the Lesson plan page: the whole course in ten lines."""

from __future__ import annotations

from dashboard.shared import snippets


def code(reference: str) -> str:
    """From a corpus to text on screen, with a model that is already trained."""
    return snippets.filled("course", model=reference)
