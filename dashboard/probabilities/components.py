"""What this page draws in the browser; the .js and .css of a component stand beside this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dashboard.shared.components import Component

_choices = Component(__file__, "choices")
_stages = Component(__file__, "stages")


def choices(data: Mapping[str, Any], key: str, on_pick: Callable[[], None]) -> None:
    """Bars before and after the settings, each of them a button; see choices.js."""
    _choices(data, key, pick=on_pick)


def stages(data: Mapping[str, Any], key: str) -> None:
    """The same characters through the four stages of a draw; see stages.js."""
    _stages(data, key)
