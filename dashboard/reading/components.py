"""What this page draws in the browser; the .js and .css of a component stand beside this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.shared.components import Component

_reading = Component(__file__, "reading")


def reading(data: Mapping[str, Any], key: str) -> None:
    """A text coloured by what a model made of each of its characters; see reading.js."""
    _reading(data, key)
