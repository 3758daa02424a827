"""Minimal pairs: the bits of two ends, model by model."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard import i18n
from dashboard.charts.common import FONT, Figure, layout, theme
from dashboard.i18n import _
from moliere_core.pairs import Pair


def pairs_figure(pair: Pair, bits: Mapping[str, tuple[float, float]], dark: bool) -> Figure:
    """Two bars a model: the end with the shorter one is the one it prefers."""
    colours = theme(dark)
    names = [model.removeprefix("hf:") for model in bits]
    figure = Figure()
    for place, end in enumerate((pair.good, pair.bad)):
        values = [found[place] for found in bits.values()]
        figure.add_bar(
            x=names,
            y=values,
            name=end,
            marker={
                "color": colours.series[3] if place == 0 else colours.series[2],
                "pattern": {"shape": "" if place == 0 else "/"},
            },
            text=[i18n.number(value, 1) for value in values],
            textposition="outside",
            textfont={"size": FONT},
            cliponaxis=False,
            hovertemplate="%{y:.2f}",
        )
    layout(figure, dark, _("Bits donnés à chaque fin (moins = préférée)"), "", _("bits"), 360)
    figure.update_layout(
        barmode="group", legend={"orientation": "h", "y": 1.14, "x": 1, "xanchor": "right"}
    )
    figure.update_yaxes(range=[0, 1.15 * max(max(found) for found in bits.values())])
    return figure
