"""Which letters mattered for a character, and what is left of a passage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.shared.i18n import _
from dashboard.shared.plotting import Figure, characters, escaped, layout, legend_below, theme
from moliere_core.networks.arrays import Array

HEIGHT, ROOM = 265, 50  # pixels of a contrast, and more of one whose symbols are words


def influence_figure(
    chars: Sequence[str], gradient: Array, change: Array, target: str, dark: bool
) -> Figure:
    """Gradient times input, and the effect of deletion, a pair of bars a letter."""
    figure = _paired(
        chars, (_("gradient × entrée"), gradient), (_("effet de l’effacement"), change), dark
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


def contrast_figure(
    symbols: Sequence[str], attribution: Array, change: Array, ends: tuple[str, str], dark: bool
) -> Figure:
    """Integrated gradients, and the effect of replacement: upwards for the first of two ends."""
    figure = _paired(
        symbols, (_("gradients intégrés"), attribution), (_("remplacement"), change), dark
    )
    first, second = map(escaped, ends)
    words = any(len(symbol) > 1 for symbol in symbols)
    layout(
        figure,
        dark,
        _("↑ pour « {first} », ↓ pour « {second} »").format(first=first, second=second),
        "",
        _("nats"),
        height=HEIGHT + (ROOM if words else 0),
    )
    if words:  # tokens, which stand upright
        figure.layout.xaxis.tickangle = -55
    return legend_below(figure)


def _paired(
    chars: Sequence[str], left: tuple[str, Array], right: tuple[str, Array], dark: bool
) -> Figure:
    """Two measures of each symbol of a text, side by side, by their names."""
    colours = theme(dark)
    series = ((*left, colours.series[1]), (*right, colours.series[2]))
    return Figure(
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
