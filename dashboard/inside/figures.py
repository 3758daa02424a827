"""Letters that mattered, what is left of a passage, the embedding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, Figure, characters, escaped, layout, theme
from moliere_core.networks.arrays import Array

ABOVE = {"orientation": "h", "y": 1.17, "x": 1, "xanchor": "right"}  # a legend beside the title


def mattered_figure(
    chars: Sequence[str], gradient: Array, change: Array, target: str, dark: bool
) -> Figure:
    """Gradient times input, and the effect of deletion, a pair of bars a letter."""
    colours = theme(dark)
    series = (
        (_("gradient × entrée"), gradient, colours.series[1]),
        (_("effet de l’effacement"), change, colours.series[2]),
    )
    figure = Figure(
        [
            {
                "type": "bar",
                "x": list(range(len(chars))),
                "y": np.round(values, 4),
                "name": name,
                "marker": {"color": colour},
            }
            for name, values, colour in series
        ],
        {"barmode": "group", "bargap": 0.15, "xaxis": characters(chars)},
    )
    layout(
        figure,
        dark,
        _("Ce qui a compté pour « {char} »").format(char=escaped(target)),
        _("caractères qui précèdent"),
        _("log-probabilité (nats)"),
        height=300,
    )
    figure.layout.legend.update(ABOVE)
    return figure


def echo_figure(
    chars: Sequence[str], distance: Array, divergence: Array, kept: Array, dark: bool
) -> Figure:
    """How the difference that a passage makes dies away, and what one unit keeps."""
    colours = theme(dark)
    series = (
        (_("écart des mémoires"), distance, "solid", "y"),
        (_("part gardée par l’unité"), kept, "dash", "y"),
        (_("écart des prédictions (bits)"), divergence, "dot", "y2"),
    )
    figure = Figure(
        [
            {
                "type": "scatter",
                "x": list(range(len(chars))),
                "y": np.round(values, 4),
                "name": name,
                "yaxis": on,
                "mode": "lines",
                "line": {"color": colours.series[number], "width": 4, "dash": dash},
                "hovertemplate": "%{y:.3f}",
            }
            for number, (name, values, dash, on) in enumerate(series)
        ],
        {
            "hovermode": "x unified",
            "xaxis": characters(chars),
            "yaxis": {"rangemode": "tozero"},
            "yaxis2": {
                "overlaying": "y",
                "side": "right",
                "rangemode": "tozero",
                "showgrid": False,
                "tickmode": "auto",  # round figures of its own, not those beside the others' lines
                "nticks": 5,
            },
        },
    )
    layout(
        figure,
        dark,
        _("Ce qu’il reste du passage"),
        _("caractères lus depuis le passage"),
        _("part (de 0 à 1)"),
        height=265,
    )
    figure.layout.yaxis2.title.text = _("bits")
    figure.layout.legend.update(ABOVE)
    return figure


def plane_figure(
    chars: Sequence[str],
    sorts: Sequence[str],
    order: Sequence[str],
    points: Array,
    chosen: int,
    shares: Sequence[str],
    dark: bool,
) -> Figure:
    """Characters written where they stand, coloured by sort; the chosen one circled."""
    colours = theme(dark)
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
                "text": [f"<b>{escaped(chars[i])}</b>" for i in rows],
                "name": sort,
                "mode": "markers+text",
                "textfont": {"size": FONT + 3, "color": colour},
                "marker": {"size": 9, "color": colour, "opacity": 0.0},
                "hovertemplate": "%{text} (%{x}, %{y})<extra></extra>",
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
        height=520,
    )
    figure.layout.legend.itemsizing = "constant"
    return figure
