"""Bits per character against what is visible of the past."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.shared import i18n
from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, Figure, escaped, layout, theme

HEIGHT = 330  # of all figures of the page


@dataclass(frozen=True)
class Past:
    """Bits against visible characters, of one run.

    Attributes:
        name: of the run.
        trained: characters that it saw in training; None where its memory was carried.
        bits: with 1, 2, ... characters visible.
        live: whether it was trained here.
    """

    name: str
    trained: int | None
    bits: tuple[float, ...]
    live: bool = False


def past(curves: Sequence[Past], dark: bool, text: str) -> Figure:
    """What each more visible character brings; the length seen in training is marked.

    The table beside it is the legend of those that are trained for it, see `run_colour`; what they
    are compared with has its name on its curve.

    Args:
        curves: the runs.
        dark: which theme is on screen.
        text: on which it was measured, for the title.
    """
    colours, figure = theme(dark), Figure()
    for place, curve in enumerate(curves):
        ink = run_colour(place, dark) if curve.trained else colours.muted
        visible = list(range(1, len(curve.bits) + 1))
        seen = min(curve.trained or len(visible), len(visible))
        for first, dash in ((0, "solid"), (seen - 1, "dot")):
            stop = seen if first == 0 else len(visible)
            if stop - first < 2:
                continue
            figure.add_scatter(
                x=visible[first:stop],
                y=curve.bits[first:stop],
                mode="lines",
                line={"color": ink, "width": 3.5, "dash": "dash" if curve.live else dash},
                name=curve.name,
                legendgroup=curve.name,
                text=[i18n.bits(value, 3) for value in curve.bits[first:stop]],
                hovertemplate=f"{curve.name}<br>%{{x}} → %{{text}}<extra></extra>",
            )
        if curve.trained is None:
            figure.add_annotation(
                x=math.log10(len(visible)),
                y=curve.bits[-1],
                text=escaped(curve.name),
                font={"size": FONT, "color": ink},
                showarrow=False,
                xanchor="right",
                yanchor="bottom",
                yshift=4,
            )
            continue
        figure.add_scatter(
            x=[seen],
            y=[curve.bits[seen - 1]],
            mode="markers",
            marker={
                "size": 13,
                "color": ink,
                "symbol": "star" if curve.live else "circle",
                "opacity": 1,
            },
            hoverinfo="skip",
        )
    layout(
        figure,
        dark,
        _("Mesuré sur {text}").format(text=text),
        _("caractères visibles (échelle logarithmique)"),
        _("bits par caractère"),
        HEIGHT,
    )
    ends = [curve.bits[-1] for curve in curves]
    longest = max(len(curve.bits) for curve in curves)
    marks = [mark for mark in (1, 2, 3, 5, 10, 20, 40, 60, 100, 150, 256) if mark <= longest]
    figure.update_xaxes(type="log", tickvals=marks, ticktext=[str(mark) for mark in marks])
    figure.update_xaxes(range=[0, math.log10(1.07 * longest)])
    figure.update_yaxes(range=[min(ends) - 0.1, max(c.bits[0] for c in curves) + 0.1])
    figure.update_layout(showlegend=False, hovermode="closest")
    return figure


def run_colour(place: int, dark: bool) -> str:
    """The colour of the run in this place of a plan, in charts and beside them."""
    series = theme(dark).series
    return series[place % len(series)]
