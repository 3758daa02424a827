"""The figures of the Recurrence page: what is remembered, and what looking back costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dashboard.shared.i18n import _
from dashboard.shared.plotting import Figure, layout, legend_below, theme
from moliere_core.measures.context_cost import ContextCost
from moliere_core.measures.name_recall import NameRecall

DASHES = ("solid", "dash", "dot", "dashdot")
HEIGHT = 350  # pixels of the seconds


def recall_figure(found: Mapping[str, Sequence[NameRecall]], dark: bool) -> Figure:
    """Bits that the memory of a name saves at each distance, a line a model, with two errors."""
    colours = theme(dark)
    figure = Figure(
        [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [str(point.distance) for point in points],
                "y": np.round([point.own for point in points], 3).tolist(),
                "error_y": {
                    "type": "data",
                    "array": np.round([2 * point.own_error for point in points], 3).tolist(),
                    "color": colours.series[number % len(colours.series)],
                    "thickness": 2,
                },
                "name": name,
                "line": {
                    "width": 4,
                    "color": colours.series[number % len(colours.series)],
                    "dash": DASHES[number % len(DASHES)],
                },
                "marker": {"size": 11},
                "hovertemplate": "%{y:.2f} bit<extra>%{fullData.name}</extra>",
            }
            for number, (name, points) in enumerate(found.items())
        ],
        {"xaxis": {"type": "category"}, "yaxis": {"rangemode": "tozero"}},
    )
    layout(
        figure,
        dark,
        _("Ce que le souvenir du nom fait gagner"),
        _("caractères entre le nom et la question"),
        _("bits gagnés sur le nom"),
        height=350,
    )
    return figure


def steps_figure(costs: Sequence[ContextCost], dark: bool) -> Figure:
    """Time of one more character, after more and more of them."""
    lines = {
        _("LSTM"): [cost.recurrent_step for cost in costs],
        _("transformer"): [cost.transformer_step for cost in costs],
        _("qui relit tout"): [cost.transformer_again for cost in costs],
    }
    scaled = {name: [1e3 * value for value in values] for name, values in lines.items()}
    figure = _against(costs, scaled, dark)
    layout(
        figure,
        dark,
        _("Un caractère de plus"),
        _("caractères déjà lus"),
        _("millisecondes"),
        height=HEIGHT,
    )
    figure.layout.yaxis.update({"type": "log", "dtick": 1})
    return legend_below(figure)


def reading_figure(costs: Sequence[ContextCost], dark: bool) -> Figure:
    """Characters that are read in a second, texts of some lengths taken at once."""
    lines = {
        _("LSTM"): [cost.context / max(cost.recurrent_read, 1e-9) for cost in costs],
        _("transformer"): [cost.context / max(cost.transformer_again, 1e-9) for cost in costs],
    }
    figure = _against(costs, lines, dark)
    layout(
        figure,
        dark,
        _("Un texte entier, lu d’un coup"),
        _("caractères du texte"),
        _("caractères par seconde"),
        height=HEIGHT,
    )
    figure.layout.yaxis.update({"rangemode": "tozero", "tickformat": ","})
    return legend_below(figure)


def _against(
    costs: Sequence[ContextCost], lines: Mapping[str, Sequence[float]], dark: bool
) -> Figure:
    """Lines over the number of characters."""
    colours = theme(dark)
    return Figure(
        [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [cost.context for cost in costs],
                "y": [float(f"{value:.3g}") for value in values],
                "name": name,
                "line": {"width": 4, "color": colours.series[number], "dash": DASHES[number]},
                "marker": {"size": 10},
                "hovertemplate": "%{y}<extra>%{fullData.name}</extra>",
            }
            for number, (name, values) in enumerate(lines.items())
        ],
        {
            "xaxis": {
                "type": "log",
                "tickvals": [cost.context for cost in costs],
                "ticktext": [str(cost.context) for cost in costs],
            }
        },
    )
