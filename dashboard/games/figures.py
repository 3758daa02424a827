"""Who pays how much for a text, a bar each: the class and models, or an author's networks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.shared import i18n
from dashboard.shared.i18n import _
from dashboard.shared.plotting import Figure, layout, theme

ROW = 52  # pixels a bar


@dataclass(frozen=True)
class Guesser:
    """Who guesses, on average.

    Attributes:
        name: as it is shown.
        bits: per character, on the letters that the class has guessed.
        margin: half of an interval around it; NaN where there is none.
        place: of its colour among the series; the first is the class's.
    """

    name: str
    bits: float
    margin: float
    place: int = 1


def axis(guessers: Sequence[Guesser], dark: bool, title: str = "") -> Figure:
    """A bar each, the best at the top, with the margin of so few letters; `title` is the axis'."""
    colours = theme(dark)
    ordered = sorted(guessers, key=lambda g: -g.bits)
    figure = Figure(
        [
            {
                "type": "bar",
                "orientation": "h",
                "y": [f"{g.name}  <b>{i18n.number(g.bits, 2)}</b>" for g in ordered],
                "x": [g.bits for g in ordered],
                "error_x": {
                    "symmetric": False,
                    "array": [0 if math.isnan(g.margin) else g.margin for g in ordered],
                    "arrayminus": [
                        min(g.bits, 0 if math.isnan(g.margin) else g.margin) for g in ordered
                    ],
                    "color": colours.muted,
                    "thickness": 2,
                },
                "marker": {"color": [colours.series[g.place] for g in ordered]},
                "hovertemplate": "%{x:.3f}<extra></extra>",
            }
        ]
    )
    height = 110 + ROW * len(ordered)
    told = title or _("bits par caractère (moins = mieux)")
    layout(figure, dark, "", told, "", height=height)
    figure.update_xaxes(rangemode="tozero")
    figure.update_layout(bargap=0.25, showlegend=False)
    return figure
