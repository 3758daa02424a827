"""Which letters mattered for a character, and what is left of a passage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.shared.i18n import _
from dashboard.shared.plotting import Figure, characters, escaped, layout, legend_below, theme
from moliere_core.networks.arrays import Array
from moliere_core.text.vocabulary import Ids

LEFT_OUT = "…"
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
    symbols: Sequence[str],
    places: Ids,
    attribution: Array,
    change: Array,
    ends: tuple[str, str],
    dark: bool,
) -> Figure:
    """Integrated gradients, and the effect of replacement: upwards for the first of two ends.

    Args:
        symbols: those that were replaced.
        places: of them in the context, rising; three dots stand for those between that are not.
        attribution: of them.
        change: of them.
        ends: what is compared.
        dark: the screen's colours.
    """
    columns = np.arange(len(places)) + (np.diff(places, prepend=places[:1]) > 1).cumsum()
    shown = [LEFT_OUT] * (int(columns[-1]) + 1)
    for column, symbol in zip(columns.tolist(), symbols, strict=True):
        shown[column] = symbol
    figure = _paired(
        shown,
        (_("gradients intégrés"), attribution),
        (_("remplacement"), change),
        dark,
        columns.tolist(),
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
    chars: Sequence[str],
    left: tuple[str, Array],
    right: tuple[str, Array],
    dark: bool,
    columns: Sequence[int] | None = None,
) -> Figure:
    """Two measures of the symbols in some columns, by default in all, side by side."""
    colours = theme(dark)
    series = ((*left, colours.series[1]), (*right, colours.series[2]))
    return Figure(
        [
            {
                "type": "bar",
                "x": list(range(len(chars)) if columns is None else columns),
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
