"""What this page draws in the browser; the .js and .css of a component stand beside this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dashboard.shared import components
from dashboard.shared.components import Component

_cells = Component(__file__, "cells")
_passages = Component(__file__, "passages")


def cells(data: Mapping[str, Any], key: str, on_span: Callable[[], None]) -> None:
    """A text coloured by one number a character; a part of it can be chosen; see cells.js."""
    _cells(data, key, span=on_span)


def spanned(key: str) -> tuple[int, int] | None:
    """Inside `on_span`: first character of the part, and the one after its last; None for none."""
    span = components.told(key, "span")
    if not isinstance(span, Mapping):
        return None
    first = components.whole(span.get("from"), 0, components.LONGEST)
    after = components.whole(span.get("to"), 0, components.LONGEST)
    return None if first is None or after is None or first >= after else (first, after)


def passages(data: Mapping[str, Any], key: str) -> None:
    """Passages of a corpus, with where they are; see passages.js."""
    _passages(data, key)
