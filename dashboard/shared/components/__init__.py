"""What Streamlit's own widgets do not draw: small components in plain HTML, CSS and JavaScript.

Data goes in as JSON and reaches the screen through `textContent` only, so that no prompt and no
generated text is ever read as HTML. Colours and fonts are the theme's, through its CSS variables.
Each component is redrawn in place when its data change: nothing is mounted again, nothing flickers.

A browser may draw two changes in the wrong order (see component.js). So data go out with their
place in the order in which the session was told: greater where they have changed, else the same,
since a browser that is told the same again draws nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import streamlit as st

from dashboard.shared.i18n import _
from moliere_core.system.scripts import bundled as bundled

HERE = Path(__file__).parent
LONGEST = 100_000  # characters of a text that a place can be in

# Of this session: its name; of each component, what it was told last, and under which number.
_ORDER = "components.order"


def picked(key: str) -> str | None:
    """Where one hears `pick`: the character of the bar that was clicked, "" for the one drawn.

    None where there is neither.
    """
    return text(told(key, "pick"), longest=1)


def picked_char(key: str) -> str:
    """Where one hears `pick`: the character that was clicked; empty where it was elsewhere."""
    return text(told(key, "pick"), longest=1) or ""


def player(previous: str, following: str) -> dict[str, str]:
    """The labels of player.js; the names of the moments before and after are the page's."""
    return {
        "play": _("Lecture (P)"),
        "pause": _("Pause (P)"),
        "previous": previous,
        "next": following,
        "speed": _("Vitesse"),
        "slow": _("lent"),
        "normal": _("normal"),
        "fast": _("rapide"),
    }


# What a browser sends is somebody's who may have written it by hand: anything that JSON can say.


def text(value: Any, longest: int) -> str | None:
    """A short text; None if it is anything else, or has half of a character."""
    if not isinstance(value, str) or len(value) > longest:
        return None
    return None if any("\ud800" <= char <= "\udfff" for char in value) else value


def whole(value: Any, low: int, high: int) -> int | None:
    """A whole number between two bounds, which JSON may write 3 or 3.0; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if low <= value <= high and value == int(value) else None


def number(value: Any, low: float, high: float) -> float | None:
    """A number between two bounds; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if low <= value <= high else None


def told(key: str, name: str) -> Any:
    """What a component has sent under a name; None where it has not."""
    result: Any = st.session_state.get(key)
    return result.get(name) if isinstance(result, Mapping) else None


class Component:
    """A component of a page, whose .js and .css stand in the page's room.

    Args:
        module: the `__file__` of the module that makes it, in that room or among its views.
        name: of the two files.
    """

    def __init__(self, module: str, name: str) -> None:
        folder = Path(module).parent
        self._stem = (folder.parent if folder.name == "views" else folder) / name
        self._name = f"moliere_{name}"

    def __call__(self, data: Mapping[str, Any], key: str, **heard: Callable[[], None]) -> None:
        """Draw it.

        Args:
            data: what it shows, which JSON can say.
            key: of its widget.
            heard: what to call when the browser sends something, by the name it sends it under.
        """
        css, js = _source(self._stem)
        # Registering again with the same source is idempotent; AppTest has no lasting registry.
        component: Any = st.components.v2.component(
            self._name, html='<div class="root"></div>', css=css, js=js
        )
        callbacks = {f"on_{name}_change": call for name, call in heard.items()}
        component(data={**data, "order": _order(key, data)}, key=key, **callbacks)


def _order(key: str, data: Mapping[str, Any]) -> tuple[str, int]:
    """The session, and the number of these data among what it was told: greater than any before."""
    session, last = st.session_state.setdefault(_ORDER, (uuid4().hex, {}))
    said = hash(json.dumps(data))
    if key not in last or last[key][0] != said:
        last[key] = said, 1 + max((number for _said, number in last.values()), default=0)
    return session, last[key][1]


@cache
def _source(stem: Path) -> tuple[str, str]:
    """The styles and the script of a component, with what all of them share.

    Streamlit hands a script to the browser as a text: it is one module, see `bundled`.
    """
    styles = (HERE / "common.css", stem.with_suffix(".css"))
    css = "".join(file.read_text(encoding="utf-8") for file in styles)
    return css, bundled(stem.with_suffix(".js"))


characters = Component(__file__, "characters")  # as tiles, integers, tokens or bytes
