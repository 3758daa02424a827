"""The one axis: bits per character as bars, against size or reading, and on two texts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.bridge.figures.labels import Point, labelled
from dashboard.bridge.marks import FAMILIES, MAY_HAVE_READ, Mark
from dashboard.shared import i18n
from dashboard.shared.i18n import _
from dashboard.shared.naming import RECORDED
from dashboard.shared.plotting import FONT, Figure, Theme, escaped, layout, theme

ROW, AIRY = 20, 23  # pixels a bar, and of a row of marks with a line
HEIGHT, AROUND = 400, 110  # pixels of a figure, and of them those outside of its axes
WIDTH = 860  # pixels between the ends of an axis where the page has its menu
LETTER = 8.6  # pixels of a letter of a name, on average
BESIDE = 0.9  # decades between what is measured and what has no number, or an unknown one


def bars(marks: Sequence[Mark], dark: bool, title: str) -> Figure:
    """Bits per character, the best model at the top."""
    colours = theme(dark)
    figure = Figure()
    for family, name in FAMILIES.items():
        kept = [mark for mark in marks if mark.family == family]
        if kept:
            figure.add_bar(
                y=[mark.name for mark in kept],
                x=[mark.bits for mark in kept],
                name=_(name),
                orientation="h",
                marker={
                    "color": _colour(colours, family),
                    "pattern": {"shape": ["/" if mark.recorded else "" for mark in kept]},
                },
                text=[_told(mark) for mark in kept],
                textposition="outside",
                constraintext="none",
                textfont={"size": FONT},
                cliponaxis=False,
                hovertemplate="%{x:.3f}",
            )
    layout(figure, dark, title, _("bits par caractère (moins = mieux)"), "", _height(marks))
    order = [mark.name for mark in sorted(marks, key=lambda mark: -mark.bits)]
    figure.update_yaxes(categoryorder="array", categoryarray=order, dtick=1, showgrid=False)
    reach = 1.12 * max(mark.bits for mark in marks)
    figure.update_xaxes(range=[0, reach], showticklabels=False)  # each bar has its number
    figure.update_layout(bargap=0.18, showlegend=False)
    return figure


def against(marks: Sequence[Mark], dark: bool, title: str, what: str) -> Figure:
    """Bits per character against the number of parameters, or of characters read.

    What has no parameters stands at the left of the measured, what nobody knows at their right:
    every model keeps a place.
    """
    colours = theme(dark)
    figure = Figure()
    known = [number for mark in marks if (number := _number(mark, what))]
    left, right = math.log10(min(known, default=1)), math.log10(max(known, default=1))
    places: dict[Mark, float] = {}  # decades
    for mark in marks:
        nowhere = (
            left - BESIDE if what == "parameters" and _without(mark.family) else right + BESIDE
        )
        number = _number(mark, what)
        places[mark] = math.log10(number) if number else nowhere
    for family, name in FAMILIES.items():
        if kept := [mark for mark in marks if mark.family == family]:
            figure.add_scatter(
                x=[10 ** places[mark] for mark in kept],
                y=[mark.bits for mark in kept],
                name=_(name),
                mode="markers",
                text=[mark.label for mark in kept],
                cliponaxis=False,
                marker={
                    "size": 15,
                    "color": _colour(colours, family),
                    "symbol": ["circle-open" if mark.recorded else "circle" for mark in kept],
                    "line": {"width": [3 if mark.recorded else 0 for mark in kept]},
                },
                hovertemplate="%{text} : %{y:.3f}",
            )
    label = (
        _("nombres réglés ou stockés (échelle logarithmique)")
        if what == "parameters"
        else _("caractères lus pour apprendre (échelle logarithmique)")
    )
    layout(figure, dark, title, label, _("bits par caractère"), HEIGHT)
    bits = [mark.bits for mark in marks]
    bounds = min(bits) - 0.5, max(bits) + 0.4
    axis = _decades(marks, what, left, right)
    figure.update_xaxes(**axis)
    figure.update_yaxes(range=bounds, dtick=1)
    figure.update_layout(showlegend=False)
    _name(figure, places, axis["range"], bounds, colours)
    return figure


def _name(
    figure: Figure,
    places: Mapping[Mark, float],
    decades: Sequence[float],
    bits: Sequence[float],
    colours: Theme,
) -> None:
    """The names of marks, each as near its mark as may be: none over another, a mark or a line.

    Args:
        figure: in which the marks are.
        places: of the marks, in decades.
        decades: where the horizontal axis begins and ends.
        bits: where the vertical axis begins and ends.
        colours: of the theme.
    """
    points = {
        mark: Point(
            WIDTH * (place - decades[0]) / (decades[1] - decades[0]),
            (HEIGHT - AROUND) * (bits[1] - mark.bits) / (bits[1] - bits[0]),
        )
        for mark, place in places.items()
    }
    named = sorted(places, key=lambda mark: (points[mark].x, points[mark].y))
    offsets = labelled(
        [points[mark] for mark in named],
        [LETTER * len(mark.label) for mark in named],
        Point(WIDTH, HEIGHT - AROUND),
    )
    for mark, offset in zip(named, offsets, strict=True):
        half = LETTER * len(mark.label) / 2
        beside = abs(offset.x) > half  # then it begins, or ends, at its leader
        side = (1 if offset.x > 0 else -1) if beside else 0
        figure.add_annotation(
            x=places[mark],
            y=mark.bits,
            ax=offset.x - side * half,
            xanchor={1: "left", 0: "center", -1: "right"}[side],
            ay=offset.y,
            text=escaped(mark.label),
            showarrow=True,
            arrowhead=0,
            arrowwidth=1,
            arrowcolor=colours.muted,
            standoff=8,
            borderpad=0,
        )


def _number(mark: Mark, what: str) -> int:
    """The parameters of a mark, or the characters it read; 0 for none, or an unknown number."""
    return mark.parameters if what == "parameters" else mark.read or 0


def _without(family: str) -> bool:
    """Whether models of a family have no parameters, rather than an unknown number."""
    return family in ("chance", "class", "compressor")


def _decades(marks: Sequence[Mark], what: str, left: float, right: float) -> dict[str, Any]:
    """A logarithmic axis with a tick a decade, and one for each place beside the measured."""
    ticks = {10.0**k: f"10<sup>{k}</sup>" for k in range(math.ceil(left), math.floor(right) + 1)}
    beside = [mark for mark in marks if not _number(mark, what)]
    none = [mark for mark in beside if what == "parameters" and _without(mark.family)]
    if none:
        ticks[10 ** (left - BESIDE)] = _("aucun")
    if len(beside) > len(none):
        ticks[10 ** (right + BESIDE)] = _("inconnu")
    first = left - (BESIDE if none else 0) - BESIDE / 2
    last = right + (BESIDE if len(beside) > len(none) else 0) + BESIDE / 2
    return {
        "type": "log",
        "range": [first, last],
        "tickvals": list(ticks),
        "ticktext": list(ticks.values()),
    }


def two_texts(marks: Sequence[Mark], dark: bool, title: str, names: tuple[str, str]) -> Figure:
    """For each model, its figure on a text and on another, joined by a line."""
    colours = theme(dark)
    kept = sorted((m for m in marks if m.other is not None), key=lambda m: -m.bits)
    figure = Figure()
    for mark in kept:
        figure.add_scatter(
            x=[mark.bits, mark.other],
            y=[mark.label, mark.label],
            mode="lines",
            line={"color": colours.muted, "width": 3},
            hoverinfo="skip",
            showlegend=False,
        )
    for place, (name, symbol) in enumerate(zip(names, ("circle", "diamond"), strict=True)):
        figure.add_scatter(
            x=[mark.other if place else mark.bits for mark in kept],
            y=[mark.label for mark in kept],
            name=name,
            mode="markers",
            marker={"size": 15, "symbol": symbol, "color": colours.series[place]},
            hovertemplate="%{y} : %{x:.3f}",
        )
    layout(figure, dark, title, _("bits par caractère (moins = mieux)"), "", 100 + AIRY * len(kept))
    order = [mark.label for mark in kept]
    figure.update_yaxes(categoryorder="array", categoryarray=order, dtick=1)
    figure.update_layout(legend={"orientation": "h", "y": 1.1, "x": 1, "xanchor": "right"})
    return figure


def _told(mark: Mark) -> str:
    told = ("≤ " if mark.bound else "") + i18n.number(mark.bits, 2)
    told += f" {MAY_HAVE_READ}" if mark.seen else ""
    return f"{told} {RECORDED}" if mark.recorded else told


def _colour(colours: Theme, family: str) -> str:
    places = {"recurrent": 0, "small": 1, "large": 2, "ngram": 3, "class": 4, "compressor": 5}
    return colours.series[places[family]] if family in places else colours.muted


def _height(marks: Sequence[Mark]) -> int:
    return 66 + ROW * len(marks)
