"""The corrected cell of the Characters page."""

from __future__ import annotations

from dashboard.shared import snippets
from moliere_core.corpus import EMBEDDED


def code(sentence: str, source: str, min_char_freq: int) -> str:
    """An alphabet, a sentence as integers and back, and the same sentence as tokens."""
    return snippets.filled(
        "characters",
        corpus=snippets.Code('"embedded"' if source == EMBEDDED else ""),
        min_char_freq=min_char_freq,
        sentence=sentence,
    )
