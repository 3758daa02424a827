"""The figures of the Experiments page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dashboard.shared import i18n
from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, Figure, layout, theme

HEIGHT = 330
WIDE = 1.5  # of an axis, so that a name beside the last point stays inside
NEAR = 0.09  # of the height of a figure: names nearer than this are pushed apart


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


@dataclass(frozen=True)
class Cost:
    """Bits against what they cost, at the end of each epoch, of one run.

    Attributes:
        name: of the run.
        x: parameters or seconds.
        bits: per character.
        live: whether it was trained here.
    """

    name: str
    x: tuple[float, ...]
    bits: tuple[float, ...]
    live: bool = False


@dataclass(frozen=True)
class Learned:
    """Bits at the end of each epoch, of one run, on what it reads and on what it does not."""

    name: str
    train: tuple[float, ...]
    validation: tuple[float, ...]


def past(curves: Sequence[Past], dark: bool, text: str) -> Figure:
    """What each more visible character brings; the length seen in training is marked.

    Args:
        curves: the runs.
        dark: which theme is on screen.
        text: on which it was measured, for the title.
    """
    colours, figure = theme(dark), Figure()
    for place, curve in enumerate(curves):
        colour = colours.series[place % len(colours.series)] if curve.trained else colours.muted
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
                line={"color": colour, "width": 3.5, "dash": "dash" if curve.live else dash},
                name=curve.name,
                legendgroup=curve.name,
                showlegend=first == 0,
                text=[i18n.bits(value, 3) for value in curve.bits[first:stop]],
                hovertemplate=f"{curve.name}<br>%{{x}} → %{{text}}<extra></extra>",
            )
        if curve.trained is None:
            continue
        figure.add_scatter(
            x=[seen],
            y=[curve.bits[seen - 1]],
            mode="markers",
            marker={
                "size": 13,
                "color": colour,
                "symbol": "star" if curve.live else "circle",
                "opacity": 1,
            },
            showlegend=False,
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
    marks = [1, 2, 3, 5, 10, 20, 40, 60, 100, 150]
    figure.update_xaxes(type="log", tickvals=marks, ticktext=[str(mark) for mark in marks])
    figure.update_xaxes(range=[0, math.log10(160)])
    room = 0.37 * max(len(curves) - 3.5, 1)  # for the legend, above where the curves end
    figure.update_yaxes(range=[min(ends) - 0.1, max(c.bits[0] for c in curves) + room])
    legend = {"x": 0.99, "xanchor": "right", "y": 1, "yanchor": "top", "tracegroupgap": 0}
    figure.update_layout(legend=legend, hovermode="closest")
    return figure


def cost(runs: Sequence[Cost], dark: bool, text: str, x: str, x_title: str) -> Figure:
    """Bits per character against parameters or seconds; a line where there are several epochs.

    Args:
        runs: what is compared.
        dark: which theme is on screen.
        text: on which it was measured, for the title.
        x: "parameters" or "seconds".
        x_title: the name of that axis, with its unit.
    """
    colours, figure = theme(dark), Figure()
    lowest = min(min(run.bits) for run in runs)
    highest = max(max(run.bits) for run in runs)
    heights = spread([run.bits[-1] for run in runs], NEAR * max(highest - lowest, 1e-6) * 1.3)
    for place, (run, height) in enumerate(zip(runs, heights, strict=True)):
        colour = colours.series[place % len(colours.series)]
        sizes = [8.0] * (len(run.x) - 1) + [16.0 if not run.live else 20.0]
        figure.add_scatter(
            x=run.x,
            y=run.bits,
            mode="lines+markers",
            line={"color": colour, "width": 3},
            marker={
                "size": sizes,
                "color": colour,
                "symbol": "star" if run.live else "circle",
                "opacity": 1,
            },
            name=run.name,
            text=[i18n.bits(value, 3) for value in run.bits],
            hovertemplate=f"{run.name}<br>%{{x:,.0f}} → %{{text}}<extra></extra>",
            cliponaxis=False,
        )
        figure.add_annotation(
            x=run.x[-1],
            y=height,
            text=f"<b>{run.name}</b>",
            font={"size": FONT, "color": colour},
            showarrow=False,
            xanchor="left",
            xshift=14,
        )
    layout(
        figure,
        dark,
        _("Mesuré sur {text}").format(text=text),
        x_title,
        _("bits par caractère"),
        HEIGHT,
    )
    gap = max((highest - lowest) * 0.12, 0.02)
    figure.update_yaxes(range=[lowest - gap, highest + gap])
    first = min(min(run.x) for run in runs) if x == "parameters" else 0.0
    last = max(max(run.x) for run in runs)
    figure.update_xaxes(range=[first - 0.05 * (last - first), first + WIDE * (last - first)])
    figure.update_layout(showlegend=False)
    return figure


def matrix(
    runs: Sequence[str],
    texts: Sequence[str],
    bits: Sequence[Sequence[float]],
    dark: bool,
) -> Figure:
    """Who predicts what: a line a text, a column a run, a star for the fewest bits of each line.

    Args:
        runs: their names.
        texts: theirs.
        bits: a row a run, a column a text.
        dark: which theme is on screen.
    """
    colours, figure = theme(dark), Figure()
    lines = [[row[text] for row in bits] for text in range(len(texts))]
    figure.add_heatmap(
        x=list(range(len(runs))),
        y=list(range(len(texts))),
        z=lines,
        colorscale=colours.sequential,
        reversescale=True,
        xgap=4,
        ygap=4,
        showscale=False,
        text=[[i18n.bits(value, 3) for value in line] for line in lines],
        hovertemplate="%{text}<extra></extra>",
    )
    values = [value for line in lines for value in line]
    middle = (min(values) + max(values)) / 2
    for y, line in enumerate(lines):
        for x, value in enumerate(line):
            figure.add_annotation(
                x=x,
                y=y,
                text=i18n.number(value, 2) + (" ★" if value == min(line) else ""),
                showarrow=False,
                # Few bits are the bright end of the reversed scale.
                font={"size": FONT + 3, "color": "#15161c" if value < middle else "#ffffff"},
            )
    layout(
        figure,
        dark,
        _("Bits par caractère ; ★ le meilleur sur chaque texte"),
        _("réseau entraîné sur"),
        _("texte à prédire"),
        HEIGHT,
    )
    figure.update_xaxes(tickvals=list(range(len(runs))), ticktext=list(runs), showgrid=False)
    figure.update_yaxes(
        tickvals=list(range(len(texts))),
        ticktext=list(texts),
        autorange="reversed",
        showgrid=False,
    )
    return figure


def learning(runs: Sequence[Learned], dark: bool, text: str) -> Figure:
    """Epoch after epoch: on what each reads (dashes) and on what it does not (solid).

    Args:
        runs: what is compared.
        dark: which theme is on screen.
        text: the one held out, for the title.
    """
    colours, figure = theme(dark), Figure()
    for place, run in enumerate(runs):
        colour = colours.series[place % len(colours.series)]
        for bits, dash, told in (
            (run.train, "dash", _("lu")),
            (run.validation, "solid", _("jamais lu")),
        ):
            figure.add_scatter(
                x=list(range(1, len(bits) + 1)),
                y=bits,
                mode="lines",
                line={"color": colour, "width": 4 if dash == "solid" else 3, "dash": dash},
                name=f"{run.name}, {told}",
                text=[i18n.bits(value) for value in bits],
                hovertemplate="%{x} → %{text}<extra></extra>",
            )
        lowest = min(range(len(run.validation)), key=run.validation.__getitem__)
        figure.add_scatter(
            x=[lowest + 1],
            y=[run.validation[lowest]],
            mode="markers",
            marker={"size": 15, "color": colour, "symbol": "diamond"},
            showlegend=False,
            hoverinfo="skip",
        )
    layout(
        figure,
        dark,
        _("Jamais lu : {text}. ◆ le plus bas").format(text=text),
        _("époques"),
        _("bits par caractère"),
        HEIGHT,
    )
    figure.update_layout(legend={"x": 0.99, "xanchor": "right", "y": 0.99, "yanchor": "top"})
    return figure


def spread(values: Sequence[float], least: float) -> list[float]:
    """Places for names at these heights, in their order, at least so far apart."""
    order = sorted(range(len(values)), key=values.__getitem__)
    placed = list(values)
    for below, above in pairwise(order):
        placed[above] = max(placed[above], placed[below] + least)
    shift = sum(placed) / len(placed) - sum(values) / len(values) if values else 0.0
    return [height - shift for height in placed]
