"""The corrected cell of the Inside page."""

from __future__ import annotations

from dashboard.shared import snippets


def code(reference: str, text: str, layer: int, unit: int) -> str:
    """One unit over a text, and the letters that mattered for its last character."""
    return snippets.filled("inside", model=reference, text=text, layer=layer, unit=unit)
