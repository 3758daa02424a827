"""The one axis: bits per character as bars, against size or reading, and on two texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard import i18n
from dashboard.charts.common import FONT, Figure, Theme, layout, theme
from dashboard.i18n import _

FAMILIES = ("chance", "compressor", "ngram", "recurrent", "small", "large")
ROW = 21  # pixels a bar: sixteen of them on a projector
PLACES = ("top center", "bottom center")


@dataclass(frozen=True)
class Mark:
    """A model on the axis.

    Attributes:
        name: as it is shown.
        family: one of FAMILIES.
        bits: per character.
        other: the same on a second text, None without one.
        parameters: 0 for none.
        read: characters that it learned from; None where nobody knows.
        bound: whether the true figure may be lower.
        recorded: whether it was measured elsewhere: the model is not here.
    """

    name: str
    family: str
    bits: float
    other: float | None
    parameters: int
    read: int | None
    bound: bool
    recorded: bool = False


def families() -> dict[str, str]:
    """The names of the families."""
    return {
        "chance": _("le hasard"),
        "compressor": _("compresseurs"),
        "ngram": _("n-grammes"),
        "recurrent": _("LSTM de Molière"),
        "small": _("petit GPT de Molière"),
        "large": _("grands modèles du Web"),
    }


def bars(marks: Sequence[Mark], dark: bool, title: str) -> Figure:
    """Bits per character, the best model at the top."""
    colours = theme(dark)
    figure = Figure()
    for family, name in families().items():
        kept = [mark for mark in marks if mark.family == family]
        if kept:
            figure.add_bar(
                y=[mark.name for mark in kept],
                x=[mark.bits for mark in kept],
                name=name,
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
    figure.update_xaxes(range=[0, 1.12 * max(mark.bits for mark in marks)])
    figure.update_layout(bargap=0.18, showlegend=False)
    return figure


def against(marks: Sequence[Mark], dark: bool, title: str, what: str) -> Figure:
    """Bits per character against the number of parameters, or of characters read."""
    colours = theme(dark)
    figure = Figure()
    for family, name in families().items():
        kept = [
            (x, mark)
            for mark in marks
            if mark.family == family
            and (x := mark.parameters if what == "parameters" else mark.read)
        ]
        if kept:
            figure.add_scatter(
                x=[x for x, _mark in kept],
                y=[mark.bits for _x, mark in kept],
                name=name,
                mode="markers+text",
                text=[mark.name for _x, mark in kept],
                # One above, one below: neighbours are close.
                textposition=[PLACES[i % 2] for i in range(len(kept))],
                textfont={"size": FONT - 1, "color": colours.ink},
                marker={
                    "size": 15,
                    "color": _colour(colours, family),
                    "symbol": ["circle-open" if m.recorded else "circle" for _x, m in kept],
                    "line": {"width": 3},
                },
                hovertemplate="%{text} : %{y:.3f}",
            )
    label = (
        _("nombres réglés ou stockés (échelle logarithmique)")
        if what == "parameters"
        else _("caractères lus pour apprendre (échelle logarithmique)")
    )
    layout(figure, dark, title, label, _("bits par caractère"), 430)
    figure.update_xaxes(type="log", dtick=1, exponentformat="power")
    figure.update_layout(legend={"orientation": "h", "y": 1.08, "x": 1, "xanchor": "right"})
    return figure


def two_texts(marks: Sequence[Mark], dark: bool, title: str, names: tuple[str, str]) -> Figure:
    """For each model, its figure on a text and on another, joined by a line."""
    colours = theme(dark)
    kept = sorted((m for m in marks if m.other is not None), key=lambda m: -m.bits)
    figure = Figure()
    for mark in kept:
        figure.add_scatter(
            x=[mark.bits, mark.other],
            y=[mark.name, mark.name],
            mode="lines",
            line={"color": colours.muted, "width": 3},
            hoverinfo="skip",
            showlegend=False,
        )
    for place, (name, symbol) in enumerate(zip(names, ("circle", "diamond"), strict=True)):
        figure.add_scatter(
            x=[mark.other if place else mark.bits for mark in kept],
            y=[mark.name for mark in kept],
            name=name,
            mode="markers",
            marker={"size": 15, "symbol": symbol, "color": colours.series[place]},
            hovertemplate="%{y} : %{x:.3f}",
        )
    layout(figure, dark, title, _("bits par caractère (moins = mieux)"), "", _height(kept))
    order = [mark.name for mark in kept]
    figure.update_yaxes(categoryorder="array", categoryarray=order, dtick=1)
    figure.update_layout(legend={"orientation": "h", "y": 1.1, "x": 1, "xanchor": "right"})
    return figure


def _told(mark: Mark) -> str:
    told = ("≤ " if mark.bound else "") + i18n.number(mark.bits, 2)
    return f"{told} ({_('enregistré')})" if mark.recorded else told


def _colour(colours: Theme, family: str) -> str:
    places = {"recurrent": 0, "small": 1, "large": 2, "ngram": 3, "compressor": 5}
    return colours.series[places[family]] if family in places else colours.muted


def _height(marks: Sequence[Mark]) -> int:
    return 100 + ROW * len(marks)
