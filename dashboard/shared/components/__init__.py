"""What Streamlit's own widgets do not draw: small components in plain HTML, CSS and JavaScript.

Data goes in as JSON and reaches the screen through `textContent` only, so that no prompt and no
generated text is ever read as HTML. Colours and fonts are the theme's, through its CSS variables.
Each component is redrawn in place when its data change: nothing is mounted again, nothing flickers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent
LONGEST = 100_000  # characters of a text that a place can be in
MOMENT = 20  # characters of the name of a moment


def player(data: Mapping[str, Any], key: str, on_more: Callable[[], None]) -> None:
    """A text that writes itself, the bars of the current choice beside it; see player.js."""
    _component("player")(data=dict(data), key=key, on_more_change=on_more)


def texts(data: Mapping[str, Any], key: str) -> None:
    """Texts in columns, with their first differences and their loops marked; see texts.js."""
    _component("texts")(data=dict(data), key=key)


def choices(data: Mapping[str, Any], key: str, on_pick: Callable[[], None]) -> None:
    """Bars before and after the settings, each of them a button; see choices.js."""
    _component("choices")(data=dict(data), key=key, on_pick_change=on_pick)


def stages(data: Mapping[str, Any], key: str) -> None:
    """The same characters through the four stages of a draw; see stages.js."""
    _component("stages")(data=dict(data), key=key)


def picked(key: str) -> str | None:
    """Inside `on_pick`: the character of the bar that was clicked, "" for the one drawn.

    None where there is neither.
    """
    return text(_told(key, "pick"), longest=1)


def film(data: Mapping[str, Any], key: str, on_rest: Callable[[], None]) -> None:
    """The moments of a training, played, or two of them side by side; see film.js."""
    _component("film")(data=dict(data), key=key, on_rest_change=on_rest)


def reading(data: Mapping[str, Any], key: str) -> None:
    """A text coloured by what a model made of each of its characters; see reading.js."""
    _component("reading")(data=dict(data), key=key)


def cells(data: Mapping[str, Any], key: str, on_span: Callable[[], None]) -> None:
    """A text coloured by one number a character; a part of it can be chosen; see cells.js."""
    _component("cells")(data=dict(data), key=key, on_span_change=on_span)


def spanned(key: str) -> tuple[int, int] | None:
    """Inside `on_span`: first character of the part, and the one after its last; None for none."""
    span = _told(key, "span")
    if not isinstance(span, Mapping):
        return None
    first, after = whole(span.get("from"), 0, LONGEST), whole(span.get("to"), 0, LONGEST)
    return None if first is None or after is None or first >= after else (first, after)


def passages(data: Mapping[str, Any], key: str) -> None:
    """Passages of a corpus, with where they are; see passages.js."""
    _component("passages")(data=dict(data), key=key)


def tokens(data: Mapping[str, Any], key: str, on_listen: Callable[[], None]) -> None:
    """Texts of several models, cut where their tokens are; see tokens.js."""
    _component("tokens")(data=dict(data), key=key, on_listen_change=on_listen)


def alphabet(
    data: Mapping[str, Any], key: str, on_pick: Callable[[], None], on_listen: Callable[[], None]
) -> None:
    """The next character of several models, in the same rows; see alphabet.js."""
    _component("alphabet")(
        data=dict(data), key=key, on_pick_change=on_pick, on_listen_change=on_listen
    )


def rungs(data: Mapping[str, Any], key: str, on_listen: Callable[[], None]) -> None:
    """What each model of the ladder writes and expects; see rungs.js."""
    _component("rungs")(data=dict(data), key=key, on_listen_change=on_listen)


def listened(key: str) -> str:
    """Inside `on_listen`: the value of the choice that was clicked; empty where there is none."""
    result: Any = st.session_state.get(key) or {}
    return str(result.get("listen") or "")


def attention(data: Mapping[str, Any], key: str) -> None:
    """Where each token of a text looks; see attention.js."""
    _component("attention")(data=dict(data), key=key)


def rested(key: str) -> tuple[str, str, int] | None:
    """Inside `on_rest`: the moment that the film rests at, the one before, the place looked at."""
    rest = _told(key, "rest")
    if not isinstance(rest, Mapping):
        return None
    at, before = text(rest.get("at"), MOMENT), text(rest.get("before"), MOMENT)
    back = whole(rest.get("back"), -1, LONGEST)
    return None if at is None or before is None or back is None else (at, before, back)


def windows(data: Mapping[str, Any], key: str) -> None:
    """The sliding window on numbers and on text, played in the browser; see windows.js."""
    _component("windows")(data=dict(data), key=key)


def streams(data: Mapping[str, Any], key: str) -> None:
    """Contiguous streams with their carried state, played in the browser; see streams.js."""
    _component("streams")(data=dict(data), key=key)


def batch(data: Mapping[str, Any], key: str) -> None:
    """A batch: characters over their integers, input beside target; see batch.js."""
    _component("batch")(data=dict(data), key=key)


def unrolled(data: Mapping[str, Any], key: str) -> None:
    """A network unrolled along a window; see unrolled.js."""
    _component("unrolled")(data=dict(data), key=key)


def architecture(data: Mapping[str, Any], key: str) -> None:
    """A network layer by layer, with shapes, examples and parameters; see architecture.js."""
    _component("architecture")(data=dict(data), key=key)


def characters(data: Mapping[str, Any], key: str, on_pick: Callable[[], None]) -> None:
    """Characters as tiles, integers, tokens or bytes; see characters.js."""
    _component("characters")(data=dict(data), key=key, on_pick_change=on_pick)


def picked_char(key: str) -> str:
    """Inside `on_pick`: the character that was clicked; empty where it was elsewhere."""
    return text(_told(key, "pick"), longest=1) or ""


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


def _told(key: str, name: str) -> Any:
    """What a component has sent under a name; None where it has not."""
    result: Any = st.session_state.get(key)
    return result.get(name) if isinstance(result, Mapping) else None


@cache
def _source(name: str) -> tuple[str, str]:
    def joined(suffix: str) -> str:
        files = (HERE / f"common.{suffix}", HERE / f"{name}.{suffix}")
        return "".join(file.read_text(encoding="utf-8") for file in files)

    return joined("css"), joined("js")


def _component(name: str) -> Any:
    css, js = _source(name)
    # Registering again with the same source is idempotent, and AppTest has no lasting registry.
    return st.components.v2.component(
        f"moliere_{name}", html='<div class="root"></div>', css=css, js=js
    )
