"""Heat maps of the gates: one unit over a text, then one series of all layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dashboard.shared import i18n
from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, Figure, Theme, characters, escaped, layout, theme
from moliere_core.networks.arrays import Array

GATES = ("forget", "input", "output", "update", "reset")  # between 0 and 1
BOUNDED = ("candidate", "hidden")  # between -1 and 1
ROW = 34  # pixels of one series


def unit_figure(
    chars: Sequence[str],
    rows: Mapping[str, Array],
    names: Sequence[str],
    title: str,
    dark: bool,
) -> Figure:
    """One unit: a row a series; gates, bounded states and the cell each on their own scale.

    Args:
        chars: those read, as they are shown.
        rows: the values of each series, by what it is called on the page.
        names: what the series are, in the same order.
        title: of the figure.
        dark: which theme is on screen.
    """
    colours = theme(dark)
    kinds = dict(zip(rows, names, strict=True))
    groups = [
        (labels, scale, bound)
        for labels, scale, bound in (
            ([label for label, name in kinds.items() if name in GATES], [0, 0.5, 1], 1.0),
            ([label for label, name in kinds.items() if name in BOUNDED], [-1, 0, 1], 1.0),
            ([label for label, name in kinds.items() if name == "cell"], None, None),
        )
        if labels
    ]
    domains = _domains([len(labels) for labels, _scale, _bound in groups], 0.04)
    maps: list[dict[str, Any]] = []
    for (labels, scale, limit), (low, high) in zip(groups, domains, strict=True):
        values = np.round(np.stack([rows[label] for label in labels[::-1]]), 3)
        bound = limit or max(float(np.abs(values).max()), 1e-6)
        ticks = scale or [-bound, bound]
        said: dict[str, Any] = {"tickvals": ticks, "tickformat": ".2~f"}
        if len(labels) == 1:  # too low a bar for two numbers
            said = {"tickvals": [(ticks[0] + bound) / 2], "ticktext": [_span(ticks[0], bound)]}
        maps.append(
            {
                "z": values,
                "y": labels[::-1],
                "zmin": ticks[0],
                "zmax": bound,
                "colorscale": _colours(colours, ticks[0] == 0),
                "colorbar": _bar(colours) | {"len": high - low, "y": high, "yanchor": "top"} | said,
                "customdata": [[escaped(char) for char in chars]] * len(labels),
                "hovertemplate": "%{customdata} : %{z}<extra>%{y}</extra>",
            }
        )
    return _stacked(maps, domains, chars, title, ROW * len(rows) + 130, dark)


def _span(low: float, high: float) -> str:
    """The ends of a scale in one place: ±7,02 where 0 is in its middle."""
    high_told = i18n.number(high, 2)
    return f"±{high_told}" if low == -high else f"{i18n.number(low, 2)} – {high_told}"


def layers_figure(
    chars: Sequence[str],
    maps: Sequence[Array],
    units: Sequence[Sequence[int]],
    name: str,
    title: str,
    dark: bool,
) -> Figure:
    """One series of every layer, a map a layer, the last layer on top.

    Args:
        chars: those read, as they are shown.
        maps: of each layer, values of shape (units, time).
        units: of each layer, the numbers of those units.
        name: what the series is.
        title: of the figure.
        dark: which theme is on screen.
    """
    colours = theme(dark)
    gate = name in GATES
    bound = 1.0 if name != "cell" else max(float(np.abs(m).max()) for m in maps)
    depths = list(reversed(range(len(maps))))
    domains = _domains([1] * len(maps), 0.05)
    heat = [
        {
            "z": np.round(maps[depth], 2),
            "y": list(range(len(units[depth]))),
            "coloraxis": "coloraxis",
            "customdata": [[f"{unit} · {escaped(c)}" for c in chars] for unit in units[depth]],
            "hovertemplate": "%{customdata} : %{z}<extra></extra>",
        }
        for depth in depths
    ]
    figure = _stacked(heat, domains, chars, title, 130 + 260 * len(maps), dark)
    for number, depth in enumerate(depths, start=1):
        axis = figure.layout[_axis("yaxis", number)]
        axis.title.text = _("couche {layer} : unité").format(layer=depth + 1)
        axis.tickvals = list(range(0, len(units[depth]), 8))
        axis.ticktext = [str(units[depth][i]) for i in axis.tickvals]
    figure.layout.coloraxis = {
        "colorscale": _colours(colours, gate),
        "cmin": 0 if gate else -bound,
        "cmax": bound,
        "colorbar": _bar(colours),
    }
    return figure


def _stacked(
    maps: Sequence[dict[str, Any]],
    domains: Sequence[tuple[float, float]],
    chars: Sequence[str],
    title: str,
    height: int,
    dark: bool,
) -> Figure:
    """Heat maps above one another, over one axis of characters."""
    at = list(range(len(chars)))
    axes: dict[str, Any] = {
        _axis("yaxis", number): {"domain": domain, "anchor": "x"}
        for number, domain in enumerate(domains, start=1)
    }
    axes["xaxis"] = characters(chars) | {"anchor": _axis("y", len(maps))}
    data = [
        {"type": "heatmap", "x": at, "yaxis": _axis("y", number)} | heat
        for number, heat in enumerate(maps, start=1)
    ]
    return layout(Figure(data, axes), dark, title, _("caractère lu"), "", height)


def _domains(sizes: Sequence[int], gap: float) -> list[tuple[float, float]]:
    """The heights that rows take, from the top down: shares of the figure, `gap` between two."""
    unit = (1 - gap * (len(sizes) - 1)) / sum(sizes)
    found: list[tuple[float, float]] = []
    high = 1.0
    for size in sizes:
        low = max(0.0, high - unit * size)
        found.append((low, high))
        high = low - gap
    return found


def _axis(name: str, number: int) -> str:
    """What Plotly calls an axis: the first one has no number."""
    return name if number == 1 else f"{name}{number}"


def _colours(colours: Theme, gate: bool) -> Any:
    return colours.sequential if gate else [list(c) for c in colours.diverging]


def _bar(colours: Theme) -> dict[str, Any]:
    return {"thickness": 14, "tickfont": {"size": FONT - 3, "color": colours.ink}}
