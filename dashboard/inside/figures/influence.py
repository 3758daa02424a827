"""Which letters mattered for a character, and what is left of a passage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.shared.i18n import _
from dashboard.shared.plotting import Figure, characters, escaped, layout, legend_below, theme
from moliere_core.networks.arrays import Array


def influence_figure(
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
    return legend_below(figure)


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
    return legend_below(figure)
