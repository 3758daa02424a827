"""The plane of the embedding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, Figure, escaped, layout, legend_below, theme
from moliere_core.networks.arrays import Array

HEIGHT = 400  # pixels of the places, and of the symbols beside them
SIZE = FONT + 3  # pixels of a symbol's letters
LETTER, LINE = 0.6 * SIZE, 1.0 * SIZE  # pixels that one of them takes, across and down


def plane_figure(
    chars: Sequence[str],
    sorts: Sequence[str],
    order: Sequence[str],
    points: Array,
    chosen: int,
    shares: Sequence[str],
    dark: bool,
    height: int = 470,
    width: int = 640,
) -> Figure:
    """Symbols written where they stand, coloured by sort; the chosen one circled.

    One that would be printed over another is a dot, which says its name to a pointer.

    Args:
        chars: the symbols, as they are shown.
        sorts: of each, one of `order`.
        order: the sorts, each with a colour of its own.
        points: where they stand, shape (symbols, 2).
        chosen: the one that is circled, and written whatever it stands on.
        shares: of the variance, of each axis.
        dark: which theme is on screen.
        height: pixels of the figure.
        width: pixels that the points are given, or less.
    """
    colours = theme(dark)
    written = legible(chars, points, chosen, width, height)
    traces: list[dict[str, Any]] = []
    for number, sort in enumerate(order):
        rows = [i for i, s in enumerate(sorts) if s == sort]
        if not rows:
            continue
        colour = colours.series[number]
        traces.append(
            {
                "x": np.round(points[rows, 0], 3),
                "y": np.round(points[rows, 1], 3),
                "text": [f"<b>{escaped(chars[i])}</b>" if i in written else "" for i in rows],
                "hovertext": [escaped(chars[i]) for i in rows],
                "name": sort,
                "mode": "markers+text",
                "textfont": {"size": SIZE, "color": colour},
                "marker": {
                    "size": 6,
                    "color": colour,
                    "opacity": [0.0 if i in written else 1.0 for i in rows],
                },
                "hovertemplate": "%{hovertext} (%{x}, %{y})<extra></extra>",
                "showlegend": False,
            }
        )
        traces.append(  # the legend's mark: those of the characters are invisible
            {
                "x": [None],
                "y": [None],
                "mode": "markers",
                "name": sort,
                "marker": {"size": 13, "color": colour, "symbol": "square"},
            }
        )
    traces.append(
        {
            "x": [points[chosen, 0]],
            "y": [points[chosen, 1]],
            "mode": "markers",
            "marker": {
                "size": 34,
                "symbol": "circle-open",
                "color": colours.ink,
                "line": {"width": 3},
            },
            "hoverinfo": "skip",
            "showlegend": False,
        }
    )
    figure = layout(
        Figure([{"type": "scatter"} | trace for trace in traces]),
        dark,
        _("Le plongement, vu de son meilleur plan"),
        _("axe 1 ({share} de la variance)").format(share=shares[0]),
        _("axe 2 ({share} de la variance)").format(share=shares[1]),
        height=height,
    )
    figure.layout.legend.itemsizing = "constant"
    return figure


def legible(chars: Sequence[str], points: Array, chosen: int, width: int, height: int) -> set[int]:
    """Which symbols can be written where they stand with none printed over another.

    Args:
        chars: the symbols, as they are shown.
        points: where they stand, shape (symbols, 2).
        chosen: the one that comes before all others, which come in their order.
        width: pixels that the points span.
        height: the same, down.

    Returns:
        Their numbers.
    """
    span = np.maximum(np.ptp(points, axis=0), 1e-9)
    places = points / span * (width, height)  # pixels
    across = np.array([len(char) for char in chars]) * LETTER
    found: list[int] = []
    for one in sorted(range(len(chars)), key=lambda i: i != chosen):
        x, y = np.abs(places[found] - places[one]).T
        if not np.any((x < (across[found] + across[one]) / 2) & (y < LINE)):
            found.append(one)
    return set(found)


def places_figure(
    points: Array, read: int, chosen: int, shares: Sequence[str], dark: bool
) -> Figure:
    """The places of a text as a line through the plane in which they differ most.

    Args:
        points: of each place, from the first on, shape (places, 2).
        read: places that the text takes.
        chosen: the one that is circled.
        shares: of the variance, of each axis.
        dark: which theme is on screen.
    """
    colours = theme(dark)
    rounded = np.round(points.astype(float), 3)
    parts = (
        (_("au-delà du texte"), slice(max(read - 1, 0), None), colours.muted, 1),
        (_("places du texte"), slice(0, read), colours.series[1], 4),
    )
    figure = Figure(
        [
            {
                "type": "scatter",
                "x": rounded[part, 0],
                "y": rounded[part, 1],
                "customdata": list(range(len(points)))[part],
                "mode": "lines+markers",
                "name": name,
                "line": {"color": colour, "width": width},
                "marker": {"size": 5, "color": colour},
                "hovertemplate": "%{customdata}<extra></extra>",
            }
            for name, part, colour, width in parts
        ]
        + [
            {
                "type": "scatter",
                "x": [rounded[chosen, 0]],
                "y": [rounded[chosen, 1]],
                "mode": "markers",
                "marker": {
                    "size": 24,
                    "symbol": "circle-open",
                    "color": colours.ink,
                    "line": {"width": 3},
                },
                "hoverinfo": "skip",
                "showlegend": False,
            }
        ]
    )
    layout(
        figure,
        dark,
        _("Les places, de la première à la dernière"),
        _("axe 1 ({share})").format(share=shares[0]),
        _("axe 2 ({share})").format(share=shares[1]),
        height=HEIGHT,
    )
    return legend_below(figure)
