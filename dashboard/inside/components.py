"""What the Inside page draws in the browser; the .js and .css of a component stand beside this."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.shared import components
from dashboard.shared.components import Component

cells = Component(__file__, "cells")  # coloured by one number each; a part of them can be chosen


def spanned(key: str) -> tuple[int, int] | None:
    """Where it hears `span`: the first character, and the one after the last; None for none."""
    span = components.told(key, "span")
    if not isinstance(span, Mapping):
        return None
    first = components.whole(span.get("from"), 0, components.LONGEST)
    after = components.whole(span.get("to"), 0, components.LONGEST)
    return None if first is None or after is None or first >= after else (first, after)


def passages(found: Sequence[Mapping[str, str]]) -> None:
    """Passages of a corpus, with where they are.

    Args:
        found: what precedes each ("before"), the passage itself ("text"), what follows ("after"),
            where it is ("source"), and how many cells are active ("cells").
    """
    st.html(f'<div class="passages">{"".join(map(_passage, found))}</div>')


def _passage(found: Mapping[str, str]) -> str:
    told = {name: html.escape(text) for name, text in found.items()}
    before, text, after = (told[n].replace("\n", " ↵ ") for n in ("before", "text", "after"))
    return (
        f'<div class="passage"><div class="said"><span>{before}</span><mark>{text}</mark>'
        f"<span>{after}</span></div>"
        f'<div class="from"><span>{told["source"]}</span><span>{told["cells"]}</span></div></div>'
    )
