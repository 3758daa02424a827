"""The curves of a training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.shared import i18n
from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, Figure, Theme, layout, theme
from dashboard.training.curves import Curves, overfitting
from moliere_core.training.yardsticks import Yardsticks

__all__ = ["HEIGHT", "Bets", "Figure", "curves_figure"]

HEIGHT = 352
NEAR = 0.45  # nats between two levels whose names would meet
BET = 3  # the colour of what the class wrote down, among the series


@dataclass(frozen=True)
class Bets:
    """What the class wrote down before the start."""

    loss: float | None = None  # at the start, nats per character
    bits: float | None = None  # at the end, bits per character


def curves_figure(curves: Curves, yardsticks: Yardsticks | None, bets: Bets, dark: bool) -> Figure:
    """Loss against epochs, in nats on the left and in bits per character on the right.

    Args:
        curves: what has been learned so far.
        yardsticks: horizontal references, once they are computed.
        bets: those of the class.
        dark: which of the two themes is on screen.
    """
    colours = theme(dark)
    low, high = _bounds(curves, yardsticks, bets)
    figure = layout(Figure(), dark, "", _("époques"), _("perte (nats)"), HEIGHT)
    _lines(figure, curves, yardsticks, colours)
    # An invisible trace: an axis without one is not drawn.
    figure.add_scatter(x=[0], y=[low / math.log(2)], yaxis="y2", opacity=0)
    _references(figure, yardsticks, bets, colours)
    _bets(figure, curves, yardsticks, bets, colours)
    _legend(figure, curves, colours)
    if best := overfitting(curves.ended):
        figure.add_vline(best.number, line={"dash": "dot", "color": colours.series[0], "width": 2})
    end = _end(curves)
    fixed: dict[str, Any] = {"zeroline": False, "fixedrange": True}
    figure.update_layout(
        margin={"l": 66, "r": 64, "t": 36, "b": 48},
        showlegend=False,
        hovermode="x",
        uirevision="curves",
        xaxis={
            "range": [-0.02 * end, 1.03 * end],
            "dtick": _tick(end),
            "showgrid": False,
            **fixed,
        },
        yaxis={"range": [low, high], "dtick": 1 if high - low > 2 else 0.5, **fixed},
        yaxis2={
            "title": figure.layout.yaxis.title.to_plotly_json() | {"text": _("bits par caractère")},
            "tickfont": figure.layout.yaxis.tickfont,
            "overlaying": "y",
            "side": "right",
            "range": [low / math.log(2), high / math.log(2)],
            "dtick": 1 if high - low > 1.4 else 0.5,
            "showgrid": False,
            **fixed,
        },
    )
    return figure


def _names(curves: Curves) -> tuple[str, str, str]:
    """Of what is seen as it learns, at the end of an epoch, and on the text held out."""
    if curves.dropout:
        return _("avec dropout"), _("sans dropout"), _("validation")
    return _("en apprenant"), _("texte lu"), _("validation")


def _lines(figure: Figure, curves: Curves, yardsticks: Yardsticks | None, colours: Theme) -> None:
    nats = "%{y:.3f}"
    live, train, held = _names(curves)
    before = [(0, yardsticks.untrained)] if yardsticks else []
    figure.add_scatter(
        x=[x for x, _y in curves.live],
        y=[y for _x, y in curves.live],
        name=live,
        mode="lines",
        line={"color": colours.muted, "width": 2},
        hovertemplate=nats,
    )
    for place, (name, values) in enumerate(
        (
            (held, [*before, *((e.number, e.validation) for e in curves.ended)]),
            (train, [(e.number, e.train_loss) for e in curves.ended]),
        )
    ):
        known = [(x, y) for x, y in values if y is not None]
        figure.add_scatter(
            x=[x for x, _y in known],
            y=[y for _x, y in known],
            name=name,
            mode="lines+markers",
            line={"color": colours.series[place], "width": 4 - place},
            marker={"size": 10 if len(known) < 20 else 6},
            hovertemplate=nats,
            cliponaxis=False,
        )


def _references(figure: Figure, yardsticks: Yardsticks | None, bets: Bets, colours: Theme) -> None:
    if yardsticks is None:
        return
    symbols = round(math.exp(yardsticks.chance))
    # Names go where the curve is not: it begins near chance on the left, and ends low on the right.
    named = [(_("hasard (1 sur {symbols})").format(symbols=symbols), yardsticks.chance, 0.97)]
    for place, (order, nats) in enumerate(yardsticks.ngrams):
        named.append((_("{order}-gramme").format(order=order), nats, 0.02 + 0.35 * place))
    for text, nats, at in named:
        told = _("{name} : {bits}").format(name=text, bits=i18n.bits(nats / math.log(2)))
        figure.add_hline(nats, line={"dash": "dash", "color": colours.muted, "width": 2})
        # A bet just above chance needs the place over it.
        free = bets.loss is None or not 0 <= bets.loss - nats < NEAR
        _name(figure, nats, told, colours.muted, at, nats == yardsticks.chance and free)


def _legend(figure: Figure, curves: Curves, colours: Theme) -> None:
    """The names of the three curves in their colours, on one line."""
    live, train, held = _names(curves)
    named = ((colours.muted, live), (colours.series[1], train), (colours.series[0], held))
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
    bets: Bets,
    colours: Theme,
) -> None:
    """What the class wrote down: a star where it says that the curve starts, one where it ends."""
    end, bet = float(_end(curves)), colours.series[BET]
    last = next((e.validation for e in reversed(curves.ended) if e.validation is not None), 0.0)
    if bets.loss is not None:
        told = _("pari : {bet}").format(bet=i18n.nats(bets.loss))
        figure.add_hline(bets.loss, line={"dash": "dot", "color": bet, "width": 2})
        above = yardsticks is None or bets.loss > yardsticks.chance
        _name(figure, bets.loss, told, bet, 0.5, above, colours.paper)
        _star(figure, 0.0, bets.loss, bet)
    if bets.bits is not None:
        nats = bets.bits * math.log(2)
        told = _("pari : {bet}").format(bet=i18n.bits(bets.bits))
        # Away from the star by more than the curve is thick: it would be hidden.
        _name(figure, nats, told, bet, 0.94, nats > last, colours.paper, 9)
        _star(figure, end, nats, bet)


def _star(figure: Figure, x: float, y: float, colour: str) -> None:
    figure.add_scatter(
        x=[x],
        y=[y],
        mode="markers",
        marker={"symbol": "star", "size": 22, "color": colour},
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
    away: int = 0,
) -> None:
    """The name of a level, at one end of it."""
    figure.add_annotation(
        xref="paper",
        x=at,
        y=nats,
        text=text,
        showarrow=False,
        xanchor="right" if at >= 0.5 else "left",
        yanchor="bottom" if above else "top",
        font={"size": FONT, "color": colour},
        yshift=away if above else -away,
        bgcolor=behind,
        borderpad=0 if behind else 1,
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


def _tick(epochs: int) -> float:
    """The least round step that leaves at most ten marks, five between whole epochs."""
    steps = (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
    return next((s for s in steps if epochs / s <= (10 if s >= 1 else 5)), 2000)
