"""The curves of a training, and of several laid over each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.shared import i18n
from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, Figure, Theme, escaped, layout, percents, spread, theme
from dashboard.training.curves import Curves, Forgetting, overfitting
from moliere_core.training.yardsticks import Yardsticks

__all__ = [
    "HEIGHT",
    "Bets",
    "Figure",
    "accuracy_figure",
    "compared_figure",
    "curves_figure",
    "forgetting_figure",
]

HEIGHT = 352
TOP, BOTTOM, MARGIN = 36, 48, 158  # pixels around the curves; names stand in the one on the right
NARROW_MARGIN = 34  # of places in a ranking
LINE = 1.25 * FONT  # pixels from one name to the next
BET = 3  # the colour of what the class wrote down, among the series
_FIXED: dict[str, Any] = {"zeroline": False, "fixedrange": True}


@dataclass(frozen=True)
class Bets:
    """What the class wrote down before the start."""

    loss: float | None = None  # at the start, nats per character
    bits: float | None = None  # at the end, bits per character


@dataclass(frozen=True)
class _Level:
    """Something that has a name at its height: in the margin, or beside the epoch where it ends."""

    at: float
    name: str
    colour: str
    epoch: float | None = None


def in_unit(nats: float, unit: str) -> float:
    """An amount of information in "nats" or in "bits"."""
    return nats if unit == "nats" else nats / math.log(2)


def curves_figure(
    curves: Curves, yardsticks: Yardsticks | None, bets: Bets, dark: bool, unit: str = "bits"
) -> Figure:
    """Loss against epochs, in one unit.

    Args:
        curves: what has been learned so far.
        yardsticks: horizontal references, once they are computed.
        bets: those of the class.
        dark: which of the two themes is on screen.
        unit: "bits" or "nats", per character.
    """
    colours = theme(dark)
    low, high = (in_unit(bound, unit) for bound in _bounds(curves, yardsticks, bets))
    title = _("nats par caractère") if unit == "nats" else _("bits par caractère")
    figure = layout(Figure(), dark, "", _("époques"), title, HEIGHT)
    _lines(figure, curves, yardsticks, colours, unit)
    levels = [
        *_references(figure, yardsticks, colours, unit),
        *_bets(figure, curves, bets, colours, unit),
    ]
    _name(figure, levels, low, high)
    _legend(figure, curves, colours)
    if best := overfitting(curves.ended):
        figure.add_vline(best.number, line={"dash": "dot", "color": colours.series[0], "width": 2})
    step = next(s for s in (0.5, 1, 2, 5) if (high - low) / s <= 8 or s == 5)
    _axes(figure, _end(curves), (low, high), {"dtick": step})
    return figure


def accuracy_figure(curves: Curves, spaces: float | None, dark: bool) -> Figure:
    """The share of first choices that were right, on the text it reads and on the one held out.

    Args:
        curves: what has been learned so far.
        spaces: the share of those who always answer with a space, where it is known.
        dark: which of the two themes is on screen.
    """
    colours = theme(dark)
    figure = layout(Figure(), dark, "", _("époques"), _("exactitude"), HEIGHT)
    read = [(e.number, e.train_accuracy) for e in curves.ended]
    held = [(e.number, e.accuracy) for e in curves.ended]
    named = ((_("validation"), held, 0), (_("texte lu"), read, 1))
    for name, values, place in named:
        _line(figure, name, values, colours.series[place], 4 - place, "%{y:.1%}")
    levels = []
    if spaces is not None:
        figure.add_hline(spaces, line={"dash": "dash", "color": colours.muted, "width": 2})
        told = _("« espace » {share}").format(share=i18n.percent(spaces))
        levels.append(_Level(spaces, told, colours.muted))
    known = [share for _name, values, _place in named for _at, share in values if share is not None]
    high = min(max([0.6, *known]) + 0.08, 1.02)
    _name(figure, levels, 0, high)
    _names_in_a_line(figure, [(colours.series[1], named[1][0]), (colours.series[0], named[0][0])])
    _axes(figure, _end(curves), (0, high), percents(0, high))
    return figure


def forgetting_figure(forgetting: Forgetting, dark: bool) -> Figure:
    """Bits on the new text and on the old, epoch by epoch; the original's as horizontal lines."""
    colours = theme(dark)
    figure = layout(Figure(), dark, "", _("époques"), _("bits par caractère"), HEIGHT)
    levels: list[_Level] = []
    values: list[float] = []
    named = (_("texte nouveau"), _("texte d’avant"))
    for place, (name, before) in enumerate(zip(named, forgetting.before, strict=True)):
        if before is None:
            continue
        points = [(0, before), *((point[0], point[place + 1]) for point in forgetting.points)]
        colour = colours.series[place]
        _line(figure, name, points, colour, 4, "%{y:.3f}")
        figure.add_hline(before, line={"dash": "dash", "color": colour, "width": 2})
        told = _("l’original {bits}").format(bits=i18n.number(before, 2))
        levels.append(_Level(before, told, colour))
        values += [value for _epoch, value in points if value is not None]
    room = max(0.08 * (max(values) - min(values)), 0.05)
    low, high = min(values) - room, max(values) + 2 * room
    _name(figure, levels, low, high)
    _names_in_a_line(figure, [(str(t.line.color), str(t.name)) for t in figure.data])
    end = max((point[0] for point in forgetting.points), default=1)
    _axes(figure, end, (low, high), {})
    return figure


def compared_figure(
    runs: Sequence[tuple[str, Sequence[tuple[int, float]]]], dark: bool, measure: str = "bits"
) -> Figure:
    """The validation of several runs, laid over each other, each with its place at the end.

    Args:
        runs: of each its name, then (epoch, what is measured).
        dark: which of the two themes is on screen.
        measure: "bits" or "nats", per character, or "accuracy".
    """
    colours = theme(dark)
    titles = {
        "bits": _("bits par caractère"),
        "nats": _("nats par caractère"),
        "accuracy": _("exactitude"),
    }
    unit, hover = titles[measure], "%{y:.1%}" if measure == "accuracy" else "%{y:.3f}"
    title = _("La validation de chacun, époque par époque")
    figure = layout(Figure(), dark, title, _("époques"), unit, HEIGHT)
    levels, values = [], []
    for place, (name, points) in enumerate(runs):
        if not points:
            continue
        colour = run_colour(place, dark)
        _line(figure, name, points, colour, 3, hover, place >= len(colours.series))
        levels.append(_Level(points[-1][1], str(place + 1), colour, points[-1][0]))
        values += [value for _epoch, value in points]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    room = max(0.1 * (high - low), 0.02)
    low, high = low - room, high + room
    _name(figure, levels, low, high)
    end = max((epoch for _name, measured in runs for epoch, _bits in measured), default=1)
    vertical = percents(low, high) if measure == "accuracy" else {}
    _axes(figure, end, (low, high), vertical, NARROW_MARGIN)
    return figure


def run_colour(place: int, dark: bool) -> str:
    """The colour of the run in this place among those that are compared."""
    series = theme(dark).series
    return series[place % len(series)]


def _axes(
    figure: Figure,
    end: float,
    bounds: tuple[float, float],
    vertical: dict[str, Any],
    margin: int = MARGIN,
) -> None:
    figure.update_layout(
        margin={"l": 66, "r": margin, "t": TOP, "b": BOTTOM},
        showlegend=False,
        hovermode="x",
        uirevision="curves",
        xaxis={
            "range": [-0.02 * end, 1.03 * end],
            "dtick": _tick(end),
            "showgrid": False,
            **_FIXED,
        },
        yaxis={"range": list(bounds), **vertical, **_FIXED},
    )


def _names(curves: Curves) -> tuple[str, str, str]:
    """Of what is seen as it learns, at the end of an epoch, and on the text held out."""
    if curves.dropout:
        return _("avec dropout"), _("sans dropout"), _("validation")
    return _("en apprenant"), _("texte lu"), _("validation")


def _lines(
    figure: Figure, curves: Curves, yardsticks: Yardsticks | None, colours: Theme, unit: str
) -> None:
    live, train, held = _names(curves)
    before = [(0, yardsticks.untrained)] if yardsticks else []
    figure.add_scatter(
        x=[x for x, _y in curves.live],
        y=[in_unit(y, unit) for _x, y in curves.live],
        name=live,
        mode="lines",
        line={"color": colours.muted, "width": 2},
        hovertemplate="%{y:.3f}",
    )
    for place, (name, values) in enumerate(
        (
            (held, [*before, *((e.number, e.validation) for e in curves.ended)]),
            (train, [(e.number, e.train_loss) for e in curves.ended]),
        )
    ):
        scaled = [(x, None if y is None else in_unit(y, unit)) for x, y in values]
        _line(figure, name, scaled, colours.series[place], 4 - place, "%{y:.3f}")


def _line(
    figure: Figure,
    name: str,
    values: Sequence[tuple[float, float | None]],
    colour: str,
    width: int,
    hover: str,
    dashed: bool = False,
) -> None:
    """A curve with a mark an epoch, where it is measured."""
    known = [(x, y) for x, y in values if y is not None]
    figure.add_scatter(
        x=[x for x, _y in known],
        y=[y for _x, y in known],
        name=name,
        mode="lines+markers",
        line={"color": colour, "width": width, "dash": "dash" if dashed else "solid"},
        marker={"size": 10 if len(known) < 20 else 6},
        hovertemplate=hover,
        cliponaxis=False,
    )


def _references(
    figure: Figure, yardsticks: Yardsticks | None, colours: Theme, unit: str
) -> list[_Level]:
    if yardsticks is None:
        return []
    named = [(_("hasard"), yardsticks.chance)]
    for order, nats in yardsticks.ngrams:
        named.append((_("{order}-gramme").format(order=order), nats))
    levels = []
    for name, nats in named:
        at = in_unit(nats, unit)
        figure.add_hline(at, line={"dash": "dash", "color": colours.muted, "width": 2})
        levels.append(_Level(at, f"{name} {i18n.number(at, 2)}", colours.muted))
    return levels


def _legend(figure: Figure, curves: Curves, colours: Theme) -> None:
    live, train, held = _names(curves)
    _names_in_a_line(
        figure, [(colours.muted, live), (colours.series[1], train), (colours.series[0], held)]
    )


def _names_in_a_line(figure: Figure, named: Sequence[tuple[str, str]]) -> None:
    """The names of the curves in their colours, above them."""
    figure.add_annotation(
        xref="paper",
        yref="paper",
        x=0,
        y=1.01,
        xanchor="left",
        yanchor="bottom",
        showarrow=False,
        text="   ".join(f'<span style="color:{c}"><b>⬤ {name}</b></span>' for c, name in named),
        font={"size": FONT},
    )


def _bets(figure: Figure, curves: Curves, bets: Bets, colours: Theme, unit: str) -> list[_Level]:
    """What the class wrote down: a star where it says that the curve starts, one where it ends."""
    colour, levels = colours.series[BET], []
    for nats, x in (
        (bets.loss, 0.0),
        (None if bets.bits is None else bets.bits * math.log(2), float(_end(curves))),
    ):
        if nats is None:
            continue
        at = in_unit(nats, unit)
        if not x:
            figure.add_hline(at, line={"dash": "dot", "color": colour, "width": 2})
        _star(figure, x, at, colour)
        levels.append(_Level(at, _("pari {bet}").format(bet=i18n.number(at, 2)), colour))
    return levels


def _star(figure: Figure, x: float, y: float, colour: str) -> None:
    figure.add_scatter(
        x=[x],
        y=[y],
        mode="markers",
        marker={"symbol": "star", "size": 22, "color": colour},
        cliponaxis=False,
        hoverinfo="skip",
    )


def _name(figure: Figure, levels: Sequence[_Level], low: float, high: float) -> None:
    """The names of levels, none over another and none over a curve."""
    least = LINE * (high - low) / (HEIGHT - TOP - BOTTOM)
    places = spread([level.at for level in levels], least, low + least / 2, high)
    for level, place in zip(levels, places, strict=True):
        figure.add_annotation(
            xref="paper" if level.epoch is None else "x",
            x=1 if level.epoch is None else level.epoch,
            xshift=8 if level.epoch is None else 11,
            y=place,
            text=escaped(level.name),
            showarrow=False,
            xanchor="left",
            yanchor="middle",
            font={"size": FONT, "color": level.colour},
        )


def _bounds(curves: Curves, yardsticks: Yardsticks | None, bets: Bets) -> tuple[float, float]:
    """The least and greatest nats on screen: wide enough not to move while the curve grows."""
    losses = [y for _x, y in curves.live]
    levels = [v for e in curves.ended for v in (e.train_loss, e.validation) if v is not None]
    told = (bets.loss, None if bets.bits is None else bets.bits * math.log(2))
    marks = [bet for bet in told if bet is not None]
    if yardsticks is not None:
        marks += [yardsticks.chance, *(nats for _order, nats in yardsticks.ngrams)]
    shown: Sequence[float] = [*losses, *levels, *marks] or [1.0, 4.6]
    low = math.floor((min(*shown, 1.25) - 0.1) * 4) / 4
    return max(low, 0.0), min(max(shown) * 1.09, 8.0)


def _end(curves: Curves) -> int:
    """Epochs on screen: few while few have gone, or a long training would be a line on the left."""
    gone = max((x for x, _y in curves.live), default=0.0)
    gone = max(gone, *(e.number for e in curves.ended), 0.0)
    everything = max(curves.epochs, 1)
    return next((s for s in (1, 2, 5, 10, 20, 50) if gone <= s < everything), everything)


def _tick(epochs: float) -> float:
    """The least round step that leaves at most ten marks, five between whole epochs."""
    steps = (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
    return next((s for s in steps if epochs / s <= (10 if s >= 1 else 5)), 2000)
