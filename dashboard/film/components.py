"""What this page draws in the browser; the .js and .css of a component stand beside this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dashboard.shared import components
from dashboard.shared.components import Component

MOMENT = 20  # characters of the name of a moment

_film = Component(__file__, "film")


def film(data: Mapping[str, Any], key: str, on_rest: Callable[[], None]) -> None:
    """The moments of a training, played, or two of them side by side; see film.js."""
    _film(data, key, rest=on_rest)


def rested(key: str) -> tuple[str, str, int] | None:
    """Inside `on_rest`: the moment that the film rests at, the one before, the place looked at."""
    rest = components.told(key, "rest")
    if not isinstance(rest, Mapping):
        return None
    at = components.text(rest.get("at"), MOMENT)
    before = components.text(rest.get("before"), MOMENT)
    back = components.whole(rest.get("back"), -1, components.LONGEST)
    return None if at is None or before is None or back is None else (at, before, back)
