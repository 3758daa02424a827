"""The curves of a training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard import i18n, state
from dashboard.charts.common import FONT, Figure
from dashboard.i18n import _
from dashboard.training.curves import Curves, overfitting
from dashboard.training.yardsticks import Yardsticks

__all__ = ["HEIGHT", "Figure", "Guesses", "curves_figure"]

HEIGHT = 352


@dataclass(frozen=True)
class Palette:
    """Colours that are told apart from the back row, on paper or on stage."""

    validation: str
    training: str
    live: str
    guess: str
    reference: str
    paper: str
    ink: str
    grid: str


LIGHT = Palette(
    "#8a1c2c", "#1c5d8c", "#8b8173", "#3d6b1f", "#6b6156", "#fdfbf6", "#211a15", "#e6dece"
)
DARK = Palette(
    "#e8b04a", "#74bdf0", "#8d90a0", "#a5d46a", "#b9b3a6", "#15161c", "#f3ecdd", "#2f313b"
)


@dataclass(frozen=True)
class Guesses:
    """What the class wrote down before the start."""

    loss: float | None = None  # at the start, nats per character
    bits: float | None = None  # at the end, bits per character


def curves_figure(
    curves: Curves, yardsticks: Yardsticks | None, guesses: Guesses, dark: bool
) -> Figure:
    """Loss against epochs, in nats on the left and in bits per character on the right.

    Args:
        curves: what has been learned so far.
        yardsticks: horizontal references, once they are computed.
        guesses: those of the class.
        dark: which of the two themes is on screen.
    """
    colours = DARK if dark else LIGHT
    figure = Figure()
    _lines(figure, curves, yardsticks, colours)
    low, high = _bounds(curves, yardsticks, guesses)
    # An invisible trace: an axis without one is not drawn.
    figure.add_scatter(x=[0], y=[low / math.log(2)], yaxis="y2", opacity=0)
    _references(figure, yardsticks, colours)
    _bets(figure, curves, yardsticks, guesses, colours)
    _legend(figure, colours)
    if best := overfitting(curves.ended):
        figure.add_vline(best.number, line={"dash": "dot", "color": colours.validation, "width": 2})
    french = state.language() == "fr"
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 66, "r": 64, "t": 36, "b": 48},
        font={"size": FONT, "color": colours.ink},
        separators=", " if french else ".,",
        showlegend=False,
        hovermode="x",
        uirevision="curves",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        xaxis={
            "title": {"text": _("époques"), "font": {"size": FONT}, "standoff": 6},
            "range": [-0.02 * max(curves.epochs, 1), 1.03 * max(curves.epochs, 1)],
            "dtick": _tick(curves.epochs),
            "tickfont": {"size": FONT},
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
        yaxis={
            "title": {"text": _("perte (nats)"), "font": {"size": FONT}, "standoff": 10},
            "range": [low, high],
            "dtick": 1 if high - low > 2 else 0.5,
            "tickfont": {"size": FONT},
            "gridcolor": colours.grid,
            "zeroline": False,
            "fixedrange": True,
        },
        yaxis2={
            "title": {"text": _("bits par caractère"), "font": {"size": FONT}, "standoff": 6},
            "overlaying": "y",
            "side": "right",
            "range": [low / math.log(2), high / math.log(2)],
            "dtick": 1 if high - low > 1.4 else 0.5,
            "tickfont": {"size": FONT},
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
    )
    return figure


def _lines(figure: Figure, curves: Curves, yardsticks: Yardsticks | None, colours: Palette) -> None:
    nats = "%{y:.3f}"
    before = [(0, yardsticks.untrained)] if yardsticks else []
    figure.add_scatter(
        x=[x for x, _y in curves.live],
        y=[y for _x, y in curves.live],
        name=_("avec dropout"),
        mode="lines",
        line={"color": colours.live, "width": 2},
        hovertemplate=nats,
    )
    for name, values, colour, width in (
        (
            _("sans dropout"),
            [(e.number, e.train_loss) for e in curves.ended],
            colours.training,
            3,
        ),
        (
            _("validation"),
            [*before, *((e.number, e.validation) for e in curves.ended)],
            colours.validation,
            4,
        ),
    ):
        known = [(x, y) for x, y in values if y is not None]
        figure.add_scatter(
            x=[x for x, _y in known],
            y=[y for _x, y in known],
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": width},
            marker={"size": 10 if len(known) < 20 else 6},
            hovertemplate=nats,
            cliponaxis=False,
        )


def _references(figure: Figure, yardsticks: Yardsticks | None, colours: Palette) -> None:
    if yardsticks is None:
        return
    symbols = round(math.exp(yardsticks.chance))
    # Names go where the curve is not: it begins near chance on the left, and ends low on the right.
    named = [(_("hasard (1 sur {symbols})").format(symbols=symbols), yardsticks.chance, 0.97)]
    for place, (order, nats) in enumerate(yardsticks.ngrams):
        named.append((_("{order}-gramme").format(order=order), nats, 0.02 + 0.35 * place))
    for text, nats, at in named:
        bits = i18n.number(nats / math.log(2), 2)
        told = _("{name} : {bits} bits").format(name=text, bits=bits)
        figure.add_hline(nats, line={"dash": "dash", "color": colours.reference, "width": 2})
        _name(figure, nats, told, colours.reference, at, above=nats == yardsticks.chance)


def _legend(figure: Figure, colours: Palette) -> None:
    """The names of the three curves in their colours, on one line."""
    named = (
        (colours.live, _("avec dropout")),
        (colours.training, _("sans dropout")),
        (colours.validation, _("validation")),
    )
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


def _bets(
    figure: Figure,
    curves: Curves,
    yardsticks: Yardsticks | None,
    guesses: Guesses,
    colours: Palette,
) -> None:
    """What the class wrote down: a star where it says that the curve starts, one where it ends."""
    end = float(max(curves.epochs, 1))
    last = next((e.validation for e in reversed(curves.ended) if e.validation is not None), 0.0)
    if guesses.loss is not None:
        told = _("pari : {bet} nats").format(bet=i18n.number(guesses.loss, 2))
        figure.add_hline(guesses.loss, line={"dash": "dot", "color": colours.guess, "width": 2})
        above = yardsticks is None or guesses.loss > yardsticks.chance
        _name(figure, guesses.loss, told, colours.guess, 0.97, above, colours.paper)
        _star(figure, 0.0, guesses.loss, colours)
    if guesses.bits is not None:
        nats = guesses.bits * math.log(2)
        told = _("pari : {bet} bits").format(bet=i18n.number(guesses.bits, 2))
        _name(figure, nats, told, colours.guess, 0.94, nats > last, colours.paper)
        _star(figure, end, nats, colours)


def _star(figure: Figure, x: float, y: float, colours: Palette) -> None:
    figure.add_scatter(
        x=[x],
        y=[y],
        mode="markers",
        marker={"symbol": "star", "size": 22, "color": colours.guess},
        cliponaxis=False,
        hoverinfo="skip",
    )


def _name(
    figure: Figure,
    nats: float,
    text: str,
    colour: str,
    at: float,
    above: bool,
    behind: str | None = None,
) -> None:
    """The name of a level, at one end of it."""
    figure.add_annotation(
        xref="paper",
        x=at,
        y=nats,
        text=text,
        showarrow=False,
        xanchor="right" if at > 0.5 else "left",
        yanchor="bottom" if above else "top",
        font={"size": FONT, "color": colour},
        bgcolor=behind,
        borderpad=0 if behind else 1,
    )


def _bounds(curves: Curves, yardsticks: Yardsticks | None, guesses: Guesses) -> tuple[float, float]:
    """The least and greatest nats on screen: wide enough not to move while the curve grows."""
    losses = [y for _x, y in curves.live]
    levels = [v for e in curves.ended for v in (e.train_loss, e.validation) if v is not None]
    bets = [guesses.loss, None if guesses.bits is None else guesses.bits * math.log(2)]
    marks = [b for b in bets if b is not None]
    if yardsticks is not None:
        marks += [yardsticks.chance, *(nats for _order, nats in yardsticks.ngrams)]
    shown: Sequence[float] = [*losses, *levels, *marks] or [1.0, 4.6]
    low = math.floor((min(*shown, 1.25) - 0.1) * 4) / 4
    return max(low, 0.0), min(max(shown) * 1.09, 8.0)


def _tick(epochs: int) -> float:
    """The least round step that leaves at most ten marks."""
    steps = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
    return next((s for s in steps if epochs / s <= 10), 2000)
