"""Characters that leave no mark, as signs that do."""

from __future__ import annotations

_SIGNS = str.maketrans({" ": "␣", "\n": "↵", "\t": "⇥"})


def visible(text: str) -> str:
    """The same text with its line breaks, its tabulations and a lone space as signs."""
    return all_visible(text) if text == " " else text.replace("\n", "↵").replace("\t", "⇥")


def all_visible(text: str) -> str:
    """The same text with all its spaces as signs, too: it stands in a figure, or in a table."""
    return text.translate(_SIGNS)
