"""What the Film page draws in the browser; the .js and .css of a component stand beside this."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.shared import components
from dashboard.shared.components import Component

MOMENT = 20  # characters of the name of a moment

film = Component(__file__, "film")  # the moments of a training, played, or two side by side


def rest(key: str) -> tuple[str, str, int] | None:
    """When the film has come to rest: the moment, the one before, the place looked at."""
    sent = components.told(key, "rest")
    if not isinstance(sent, Mapping):
        return None
    at = components.text(sent.get("at"), MOMENT)
    before = components.text(sent.get("before"), MOMENT)
    back = components.whole(sent.get("back"), -1, components.LONGEST)
    return None if at is None or before is None or back is None else (at, before, back)
