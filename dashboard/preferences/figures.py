"""The curve of what pleasing costs."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.shared.i18n import _
from dashboard.shared.plotting import Figure, layout, theme


def cost(distance: Sequence[float], more: Sequence[float], dark: bool) -> Figure:
    """Bits per character after each vote: the distance from the original, and Molière's price.

    Args:
        distance: from the original, on what the network writes itself; first 0.
        more: bits that real Molière costs more than the original paid; first 0.
        dark: which theme is on screen.
    """
    colours = theme(dark)
    votes = list(range(len(distance)))
    figure = Figure(
        [
            {
                "type": "scatter",
                "x": votes,
                "y": list(values),
                "name": name,
                "mode": "lines+markers",
                "line": {"color": colour, "width": 4, "dash": dash},
                "marker": {"size": 11},
                "hovertemplate": "%{y:.3f}",
            }
            for values, name, colour, dash in (
                (more, _("un caractère de Molière coûte en plus"), colours.series[0], "solid"),
                (distance, _("distance à l’original"), colours.series[1], "dot"),
            )
        ],
        {
            "hovermode": "x unified",
            "xaxis": {"dtick": 1, "range": [-0.1, max(len(votes) - 0.9, 4.1)]},
            "yaxis": {"rangemode": "tozero"},
        },
    )
    layout(figure, dark, "", _("votes"), _("bits par caractère"), height=400)
    figure.layout.legend.update(x=0.02, y=0.98)  # both curves rise: that corner is empty
    return figure
