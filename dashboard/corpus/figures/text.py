"""Names and titles in a figure."""

from __future__ import annotations

from dashboard.corpus.said import short


def brief(name: str, chars: int = 26) -> str:
    """A name or a title that leaves room for the figure."""
    head = short(name)
    return escaped(head if len(head) <= chars else head[: chars - 1].rstrip() + "…")


def escaped(text: str) -> str:
    """Text that Plotly, which reads a few HTML tags, shows as it is."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
