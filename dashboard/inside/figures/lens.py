"""What each layer would say, as bars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, Figure, escaped, layout, theme
from moliere_core.networks.arrays import Array


def lens_figure(
    layers: Sequence[str],
    symbols: Sequence[Sequence[str]],
    probs: Array,
    marked: str,
    title: str,
    dark: bool,
) -> Figure:
    """A bar a layer, the embedding at the top: its likeliest symbols, as long as they are likely.

    Args:
        layers: what each is called.
        symbols: the likeliest of each, best first.
        probs: their probabilities, same shape.
        marked: the symbol that the last layer prefers, which has the accent's colour everywhere.
        title: of the figure.
        dark: which theme is on screen.
    """
    colours = theme(dark)
    figure = Figure(
        [
            {
                "type": "bar",
                "orientation": "h",
                "y": list(layers),
                "x": np.round(probs[:, rank].astype(float), 4).tolist(),
                "text": [escaped(row[rank]) for row in symbols],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {"size": FONT, "color": colours.paper},
                "marker": {
                    "color": [
                        colours.series[0] if row[rank] == marked else colours.series[5]
                        for row in symbols
                    ],
                    "line": {"color": colours.paper, "width": 2},
                },
                "hovertemplate": "%{text} : %{x:.1%}<extra>%{y}</extra>",
                "showlegend": False,
            }
            for rank in range(probs.shape[1])
        ],
        {"barmode": "stack", "bargap": 0.18, "xaxis": {"range": [0, 1], "tickformat": ".0%"}},
    )
    layout(figure, dark, title, _("probabilité"), "", height=110 + 38 * len(layers))
    figure.layout.uniformtext = {"minsize": FONT - 3, "mode": "hide"}
    figure.layout.yaxis.autorange = "reversed"
    return figure
