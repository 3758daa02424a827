"""What this page draws in the browser; the .js and .css of a component stand beside this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.shared.components import Component

_texts = Component(__file__, "texts")


def texts(data: Mapping[str, Any], key: str) -> None:
    """Texts in columns, with their first differences and their loops marked; see texts.js."""
    _texts(data, key)
