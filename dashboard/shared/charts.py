"""How a figure is shown: for the back row, for a screen reader, and to take away."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard.shared import components, fields, screen, state, tables

if TYPE_CHECKING:
    import pandas as pd

    from dashboard.shared.plotting import Figure


def clicked(key: str) -> str | None:
    """Inside `on_select`: the word behind the mark that was clicked; None where there is none.

    Args:
        key: of the figure, whose marks carry a word, or a list that begins with one.
    """
    event: Any = st.session_state.get(key)
    try:
        found = event["selection"]["points"][0]["customdata"]
    except (KeyError, IndexError, TypeError):
        return None
    word = found[0] if isinstance(found, list | tuple) and found else found
    return components.text(word, fields.MAX_PROMPT)


def dark() -> bool:
    """Whether the dark theme is on screen."""
    return st.context.theme.type == "dark"


def enlarged(figure: Figure, lower: bool = False) -> Figure:
    """A figure of a projector, as large as the screen's type is.

    Args:
        figure: left as it is.
        lower: whether its letters alone grow where it is projected; see `show`.
    """
    from dashboard.shared import plotting  # which is there: it has made the figure

    height = screen.size() / (screen.LARGER if lower and screen.projected() else 1)
    return plotting.enlarged(figure, screen.letters(), height)


def pixels(height: int) -> int:
    """How tall something is, which is so tall on a projector."""
    return round(height * screen.size())


def config(key: str) -> dict[str, Any]:
    """Plotly's settings of a figure: over it, the button of a picture as PNG; the language.

    Beside that button pictures.js puts one for SVG.

    Args:
        key: of the figure; the file is named after it.
    """
    return {
        "displaylogo": False,
        "displayModeBar": "hover",
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "png", "scale": 2, "filename": key.replace(".", "-")},
        "locale": state.language(),
    }


def show(
    figure: Figure,
    key: str,
    data: pd.DataFrame,
    alt: str,
    on_select: Callable[[], None] | None = None,
    lower: bool = False,
    said: str = "",
) -> Any:
    """A Plotly figure to take away: as a picture, see `config`, and its numbers (CSV).

    Args:
        figure: from `charts`, with its title, units and axis labels.
        key: unique on the page; also the name of the downloaded files.
        data: what the figure shows, one row a mark, columns named for a reader.
        alt: one or two sentences for those who cannot see it, with its main figures.
        on_select: called when something of it is clicked; the event is under `key`.
        lower: whether it leaves a projector's first screen room for what is above it; not where
            rows of words, which grow, would no longer have a line each.
        said: what it shows, in a few sentences of Markdown, to be read under it.
    """
    figure = enlarged(figure, lower)
    event = st.plotly_chart(
        figure,
        key=key,
        alt=alt,
        on_select=on_select or "ignore",
        config=config(key),
    )
    if said:
        st.markdown(said)
    tables.download(data, key)
    return event
