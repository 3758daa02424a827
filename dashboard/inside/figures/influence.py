"""Which letters mattered for a character."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.inside.figures import ABOVE
from dashboard.shared.i18n import _
from dashboard.shared.plotting import Figure, characters, escaped, layout, theme
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
    figure.layout.legend.update(ABOVE)
    return figure
