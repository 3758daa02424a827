"""What this page draws in the browser; the .js and .css of a component stand beside this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dashboard.shared.components import Component

_player = Component(__file__, "player")


def player(data: Mapping[str, Any], key: str, on_more: Callable[[], None]) -> None:
    """A text that writes itself, the bars of the current choice beside it; see player.js."""
    _player(data, key, more=on_more)
