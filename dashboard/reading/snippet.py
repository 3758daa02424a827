"""The corrected cell of the Reading page."""

from __future__ import annotations

from dashboard.shared import snippets

MOST_CHARS = 400  # of the text in the cell


def code(reference: str, text: str) -> str:
    """How surprised a model is by each character of a text."""
    return snippets.filled("reading", model=reference, text=text[:MOST_CHARS])
