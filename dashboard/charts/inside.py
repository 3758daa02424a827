"""Heat maps of the gates, letters that mattered, what is left of a passage, the embedding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from plotly.subplots import make_subplots

from dashboard.charts.common import FONT, Figure, layout, theme
from dashboard.i18n import _
from moliere_core.recurrent import Array

GATES = ("forget", "input", "output", "update", "reset")  # between 0 and 1
ROW = 34  # pixels of one series


def escaped(text: str) -> str:
    """Text that Plotly does not read as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _chars(figure: Figure, chars: Sequence[str], row: int | None = None) -> None:
    """The characters under the horizontal axis."""
    at: dict[str, Any] = {} if row is None else {"row": row, "col": 1}
    figure.update_xaxes(
        tickvals=list(range(len(chars))),
        ticktext=[escaped(char) for char in chars],
        tickangle=0,
        ticks="",
        showgrid=False,
        **at,
    )


def unit_figure(
    chars: Sequence[str],
    rows: Mapping[str, Array],
    names: Sequence[str],
    title: str,
    dark: bool,
) -> Figure:
    """One unit: a row a series; gates, bounded states and the cell each on their own scale."""
    colours = theme(dark)
    labels = list(rows)
    groups = [
        [label for label, name in zip(labels, names, strict=True) if name in GATES],
        [
            label
            for label, name in zip(labels, names, strict=True)
            if name in ("candidate", "hidden")
        ],
        [label for label, name in zip(labels, names, strict=True) if name == "cell"],
    ]
    groups = [group for group in groups if group]
    figure = make_subplots(
        len(groups),
        1,
        shared_xaxes=True,
        vertical_spacing=0.04,
        row_heights=[len(group) for group in groups],
    )
    for number, group in enumerate(groups, start=1):
        values = np.round(np.stack([rows[label] for label in group[::-1]]), 3)
        gates = number == 1
        bound = 1.0 if number < 3 else max(float(np.abs(values).max()), 1e-6)
        top = 1 - sum(len(g) for g in groups[: number - 1]) / len(labels)
        figure.add_heatmap(
            z=values,
            y=group[::-1],
            x=list(range(len(chars))),
            zmin=0 if gates else -bound,
            zmax=bound,
            colorscale=colours.sequential if gates else [list(c) for c in colours.diverging],
            colorbar={
                "len": len(group) / len(labels) * 0.98,
                "y": top,
                "yanchor": "top",
                "thickness": 14,
                "tickfont": {"size": FONT - 3, "color": colours.ink},
                "tickvals": [-bound, bound]
                if number == 3
                else [0, 0.5, 1]
                if gates
                else [-1, 0, 1],
                "tickformat": ".2~f",
            },
            customdata=[[escaped(char) for char in chars]] * len(group),
            hovertemplate="%{customdata} : %{z}<extra>%{y}</extra>",
            row=number,
            col=1,
        )
    layout(figure, dark, title, "", "", height=ROW * len(labels) + 130)
    figure.update_xaxes(title_text=_("caractère lu"), row=len(groups), col=1)
    figure.update_xaxes(ticks="", showgrid=False)
    _chars(figure, chars, len(groups))
    return figure


def layers_figure(
    chars: Sequence[str],
    maps: Sequence[Array],
    units: Sequence[Sequence[int]],
    name: str,
    title: str,
    dark: bool,
) -> Figure:
    """One series of every layer, a map a layer, the last layer on top."""
    colours = theme(dark)
    gate = name in GATES
    bound = 1.0 if name != "cell" else max(float(np.abs(m).max()) for m in maps)
    figure = make_subplots(len(maps), 1, shared_xaxes=True, vertical_spacing=0.05)
    for row, depth in enumerate(reversed(range(len(maps))), start=1):
        figure.add_heatmap(
            z=np.round(maps[depth], 2),
            y=list(range(len(units[depth]))),
            x=list(range(len(chars))),
            coloraxis="coloraxis",
            customdata=[[f"{unit} · {escaped(c)}" for c in chars] for unit in units[depth]],
            hovertemplate="%{customdata} : %{z}<extra></extra>",
            row=row,
            col=1,
        )
    layout(figure, dark, title, "", "", height=130 + 260 * len(maps))
    for row, depth in enumerate(reversed(range(len(maps))), start=1):
        ticks = list(range(0, len(units[depth]), 8))
        figure.update_yaxes(
            title_text=_("couche {layer} : unité").format(layer=depth + 1),
            tickvals=ticks,
            ticktext=[str(units[depth][i]) for i in ticks],
            row=row,
            col=1,
        )
    figure.update_xaxes(title_text=_("caractère lu"), row=len(maps), col=1)
    figure.update_layout(
        coloraxis={
            "colorscale": colours.sequential if gate else [list(c) for c in colours.diverging],
            "cmin": 0 if gate else -bound,
            "cmax": bound,
            "colorbar": {"thickness": 14, "tickfont": {"size": FONT - 3, "color": colours.ink}},
        }
    )
    figure.update_xaxes(ticks="", showgrid=False)
    _chars(figure, chars, len(maps))
    return figure


def mattered_figure(
    chars: Sequence[str], gradient: Array, change: Array, target: str, dark: bool
) -> Figure:
    """Gradient times input, and the effect of deletion, a pair of bars a letter."""
    colours = theme(dark)
    at = list(range(len(chars)))
    figure = Figure()
    figure.add_bar(
        x=at, y=np.round(gradient, 4), name=_("gradient × entrée"), marker_color=colours.series[1]
    )
    figure.add_bar(
        x=at,
        y=np.round(change, 4),
        name=_("effet de l’effacement"),
        marker_color=colours.series[2],
    )
    layout(
        figure,
        dark,
        _("Ce qui a compté pour « {char} »").format(char=escaped(target)),
        _("caractères qui précèdent"),
        _("log-probabilité (nats)"),
        height=330,
    )
    figure.update_layout(
        barmode="group",
        bargap=0.15,
        legend={"orientation": "h", "y": 1.14, "x": 1, "xanchor": "right"},
    )
    _chars(figure, chars)
    return figure


def echo_figure(
    chars: Sequence[str], distance: Array, divergence: Array, kept: Array, dark: bool
) -> Figure:
    """How the difference that a passage makes dies away, and what one unit keeps."""
    colours = theme(dark)
    at = list(range(len(chars)))
    figure = Figure()
    series = (
        (_("écart des mémoires"), distance, "solid", "y"),
        (_("part gardée par l’unité"), kept, "dash", "y"),
        (_("écart des prédictions (bits)"), divergence, "dot", "y2"),
    )
    for number, (name, values, dash, axis) in enumerate(series):
        figure.add_scatter(
            x=at,
            y=np.round(values, 4),
            name=name,
            yaxis=axis,
            mode="lines",
            line={"color": colours.series[number], "width": 4, "dash": dash},
            hovertemplate="%{y:.3f}",
        )
    layout(
        figure,
        dark,
        _("Ce qu’il reste du passage, à mesure qu’on lit"),
        _("caractères lus depuis le passage"),
        _("écart, part (de 0 à 1)"),
        height=340,
    )
    figure.update_layout(
        hovermode="x unified",
        legend={"y": 1, "x": 0.97, "xanchor": "right", "yanchor": "top"},
        yaxis2={
            "overlaying": "y",
            "side": "right",
            "title": {"text": _("bits"), "font": {"size": FONT, "color": colours.ink}},
            "tickfont": {"size": FONT, "color": colours.ink},
            "nticks": 5,
            "rangemode": "tozero",
            "showgrid": False,
        },
    )
    figure.update_yaxes(rangemode="tozero")
    _chars(figure, chars)
    return figure


def plane_figure(
    chars: Sequence[str],
    sorts: Sequence[str],
    order: Sequence[str],
    points: Array,
    chosen: int,
    shares: Sequence[str],
    dark: bool,
) -> Figure:
    """Characters written where they stand, coloured by sort; the chosen one circled."""
    colours = theme(dark)
    figure = Figure()
    for number, sort in enumerate(order):
        rows = [i for i, s in enumerate(sorts) if s == sort]
        if not rows:
            continue
        figure.add_scatter(
            x=np.round(points[rows, 0], 3),
            y=np.round(points[rows, 1], 3),
            text=[f"<b>{escaped(chars[i])}</b>" for i in rows],
            name=sort,
            mode="markers+text",
            textfont={"size": FONT + 3, "color": colours.series[number]},
            marker={"size": 9, "color": colours.series[number], "opacity": 0.0},
            hovertemplate="%{text} (%{x}, %{y})<extra></extra>",
            showlegend=False,
        )
        figure.add_scatter(  # the legend's mark: those of the characters are invisible
            x=[None],
            y=[None],
            mode="markers",
            name=sort,
            marker={"size": 13, "color": colours.series[number], "symbol": "square"},
        )
    figure.add_scatter(
        x=[points[chosen, 0]],
        y=[points[chosen, 1]],
        mode="markers",
        marker={"size": 34, "symbol": "circle-open", "color": colours.ink, "line": {"width": 3}},
        hoverinfo="skip",
        showlegend=False,
    )
    layout(
        figure,
        dark,
        _("Le plongement, vu de son meilleur plan"),
        _("axe 1 ({share} de la variance)").format(share=shares[0]),
        _("axe 2 ({share} de la variance)").format(share=shares[1]),
        height=520,
    )
    figure.update_layout(legend={"itemsizing": "constant"})
    return figure
