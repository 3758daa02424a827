"""Minimal pairs: how far each model prefers the right end, in bits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.shared import i18n
from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, Figure, escaped, layout, theme

ROW = 24  # pixels a sentence, or a model
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x", "star", "hexagon")
SIGNS = ("●", "◆", "■", "▲", "✚", "✖", "★", "⬢")  # the same as letters


def margins_figure(margins: Mapping[str, float], dark: bool) -> Figure:
    """One sentence: a bar a model, to the right of zero where it prefers the right end."""
    colours = theme(dark)
    names, values = list(margins), list(margins.values())
    figure = Figure()
    figure.add_bar(
        y=names,
        x=values,
        orientation="h",
        marker={"color": [colours.series[3 if value > 0 else 2] for value in values]},
        text=[i18n.number(value, 1) for value in values],
        textposition="outside",
        constraintext="none",
        textfont={"size": FONT},
        cliponaxis=False,
        hovertemplate="%{x:.2f}",
    )
    title = _("Marge de chaque modèle : à droite de 0, il préfère la bonne fin")
    layout(figure, dark, title, _unit(), "", 110 + ROW * len(names))
    widest = max(map(abs, values))
    figure.update_xaxes(range=[-1.2 * widest, 1.2 * widest])
    figure.update_yaxes(categoryorder="array", categoryarray=names[::-1], dtick=1, showgrid=False)
    return _with_zero(figure, dark)


def all_margins_figure(
    rows: Sequence[str], margins: Mapping[str, Sequence[float]], dark: bool, title: str
) -> Figure:
    """All the sentences of a test: a row a pair, a mark a model.

    Args:
        rows: names of the pairs, all different.
        margins: bits, one a row, by the model's name.
        dark: which theme is on screen.
        title: of the figure.
    """
    figure = Figure()
    names = [escaped(row) for row in rows]
    for place, (model, values) in enumerate(margins.items()):
        symbol, colour = SYMBOLS[place % len(SYMBOLS)], _colour(place, dark)
        figure.add_scatter(
            x=list(values),
            y=names,
            name=model,
            mode="markers",
            marker={"size": 13, "symbol": symbol, "color": colour},
            hovertemplate="%{y} : %{x:.2f}",
        )
    layout(figure, dark, title, _unit(), "", 110 + ROW * len(rows))
    figure.update_yaxes(categoryorder="array", categoryarray=names[::-1], dtick=1)
    figure.update_layout(showlegend=False)  # the table beside it is one, see `keys`
    return _with_zero(figure, dark)


def keys(models: int, dark: bool) -> list[tuple[str, str]]:
    """The sign and the colour of each model in `all_margins_figure`, for a table beside it."""
    return [(SIGNS[place % len(SIGNS)], _colour(place, dark)) for place in range(models)]


def _colour(place: int, dark: bool) -> str:
    series = theme(dark).series
    return series[place % len(series)]


def _unit() -> str:
    return _("marge, en bits")


def _with_zero(figure: Figure, dark: bool) -> Figure:
    """The line that parts right from wrong, plain to see."""
    figure.add_vline(x=0, line={"color": theme(dark).ink, "width": 2})
    return figure
