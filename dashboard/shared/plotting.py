"""What all figures share: colours told apart from the back row and by everyone, and the layout."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from plotly.graph_objects import Figure

from dashboard.shared import i18n, state

__all__ = [
    "DARK",
    "FONT",
    "LIGHT",
    "Figure",
    "Theme",
    "axis",
    "characters",
    "enlarged",
    "escaped",
    "layout",
    "legend_below",
    "percents",
    "spread",
    "theme",
]

FONT = 17  # pixels: the least that is read from the back row
_PIXELS = {
    "size",
    "minsize",
    "standoff",
    "thickness",
    "xshift",
    "yshift",
    "ax",
    "ay",
    "arrowwidth",
}
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)  # of an axis of shares
MOST_STEPS = 5
_OF_DATA = {"xbins", "ybins", "contours"}  # whose sizes are no pixels


@dataclass(frozen=True)
class Theme:
    """The colours of one of the two themes.

    Attributes:
        ink: of text.
        paper: of the page.
        grid: of lines that help.
        muted: of what is beside the point.
        series: for up to eight things side by side, after Okabe and Ito, told apart without red
            and green; the first is the accent of the application.
        sequential: from nothing to much, even in lightness (cividis).
        diverging: from below to above, white or black in the middle (blue to orange).
    """

    ink: str
    paper: str
    grid: str
    muted: str
    series: tuple[str, ...]
    sequential: str
    diverging: tuple[tuple[float, str], ...]


LIGHT = Theme(
    "#211a15",
    "#fdfbf6",
    "#e6dece",
    "#6b6156",
    ("#8a1c2c", "#0072b2", "#b35c00", "#007a5a", "#7a4fa3", "#56759e", "#5b5b1f", "#a0527f"),
    "Cividis",
    ((0.0, "#2166ac"), (0.25, "#92c5de"), (0.5, "#fdfbf6"), (0.75, "#f4a582"), (1.0, "#b35806")),
)
DARK = Theme(
    "#f3ecdd",
    "#15161c",
    "#2f313b",
    "#b9b3a6",
    ("#e8b04a", "#74bdf0", "#ff9d5c", "#4fd0a5", "#c3a3f0", "#9fb7d9", "#d3d35f", "#f0a3cc"),
    "Cividis",
    ((0.0, "#7cc4ff"), (0.25, "#2f6f9f"), (0.5, "#15161c"), (0.75, "#a8541a"), (1.0, "#ffb066")),
)


def theme(dark: bool) -> Theme:
    """The colours of the theme on screen."""
    return DARK if dark else LIGHT


def layout(figure: Figure, dark: bool, title: str, x: str, y: str, height: int = 380) -> Figure:
    """Give a figure its title, the names of its axes with their units, and the house's look.

    Args:
        figure: changed in place, and returned.
        dark: which theme is on screen.
        title: what it shows, in a few words.
        x: name of the horizontal axis, with its unit.
        y: name of the vertical axis, with its unit.
        height: pixels.
    """
    colours = theme(dark)
    # Plotly merges into what is there ten times more slowly than it replaces it.
    figure.update_layout(
        {
            "height": height,
            "title": {"text": title, "font": {"size": FONT + 2}, "x": 0, "xanchor": "left"},
            "margin": {"l": 10, "r": 10, "t": 44, "b": 10},
            "font": {"size": FONT, "color": colours.ink},
            "colorway": colours.series,
            "separators": ", " if state.language() == "fr" else ".,",
            "hoverlabel": {"font": {"size": FONT}},
            "legend": {"font": {"size": FONT}},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
        },
        overwrite=True,
    )
    for axes, text in ((figure.select_xaxes(), x), (figure.select_yaxes(), y)):
        for found in list(axes):
            figure.layout[found.plotly_name] = found.to_plotly_json() | axis(text, dark)
    return figure


def legend_below(figure: Figure) -> Figure:
    """The legend on lines of its own under the axis, where no curve is, on a telephone either.

    Args:
        figure: changed in place, and returned.
    """
    place = {"orientation": "h", "x": 0, "xanchor": "left", "yref": "container", "y": 0}
    return figure.update_layout(legend=place | {"yanchor": "bottom"})


def enlarged(figure: Figure, letters: float, height: float) -> Figure:
    """A figure for a larger screen, or a smaller one.

    Args:
        figure: left as it is.
        letters: how much larger its letters, marks and lines are.
        height: how much taller it is.
    """
    if letters == height == 1:
        return figure
    spec = figure.to_plotly_json()
    larger = {name: _enlarged(part, letters) for name, part in spec.items()}
    if tall := spec["layout"].get("height"):
        larger["layout"]["height"] = round(tall * height)
    return Figure(larger, _validate=False)


def _enlarged(part: Any, letters: float) -> Any:
    """A part of a figure, with all its lengths in pixels."""
    if isinstance(part, list | tuple):
        return [_enlarged(item, letters) for item in part]
    if not isinstance(part, dict):
        return part
    larger = {}
    for name, value in part.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and name in _PIXELS:
            larger[name] = value * letters
        elif name in _OF_DATA:
            larger[name] = value
        elif name == "margin" and isinstance(value, dict):
            larger[name] = {side: room * letters for side, room in value.items()}
        else:
            larger[name] = _enlarged(value, letters)
    return larger


def axis(title: str, dark: bool) -> dict[str, Any]:
    """The house's look of one axis.

    Args:
        title: its name, with its unit.
        dark: which theme is on screen.
    """
    colours = theme(dark)
    font = {"size": FONT, "color": colours.ink}
    return {
        "title": {"text": title, "font": font, "standoff": 8},
        "tickfont": font,
        "gridcolor": colours.grid,
        "zerolinecolor": colours.grid,
        "automargin": True,
    }


def characters(chars: Sequence[str]) -> dict[str, Any]:
    """A horizontal axis that has a character at each whole number from 0."""
    return {
        "tickvals": list(range(len(chars))),
        "ticktext": [escaped(char) for char in chars],
        "tickangle": 0,
        "ticks": "",
        "showgrid": False,
    }


def percents(low: float = 0.0, high: float = 1.0) -> dict[str, Any]:
    """An axis of shares, each written as the reader's language writes it: 20 % or 20%.

    Args:
        low: where the axis begins.
        high: where it ends.
    """
    step = next((s for s in _STEPS if high - low <= MOST_STEPS * s), _STEPS[-1])
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    places = [round(place * step, 2) for place in range(first, last + 1)]
    return {"tickvals": places, "ticktext": [i18n.percent(place) for place in places]}


def escaped(text: str) -> str:
    """Text that Plotly does not read as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def spread(levels: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Where names stand so that none covers another, each as near its level as may be.

    Args:
        levels: what has a name.
        least: from one name to the next.
        low: of the lowest name.
        high: of the highest.
    """
    places = dict.fromkeys(range(len(levels)), 0.0)
    order = sorted(places, key=lambda place: levels[place])
    floor = low
    for index in order:  # upwards: none below the one before it
        places[index] = max(levels[index], floor)
        floor = places[index] + least
    ceiling = high
    for index in reversed(order):  # downwards: those at the top move the others
        places[index] = min(places[index], ceiling)
        ceiling = places[index] - least
    return [places[index] for index in range(len(levels))]
