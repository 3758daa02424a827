"""The figures of the Windows page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from plotly.graph_objects import Bar, Figure, Scatter

from dashboard.shared.i18n import _
from dashboard.shared.plotting import layout, legend_below, theme
from moliere_core.measures.openings import ContextWorth, Opening, Openings
from moliere_core.text.signs import visible
from moliere_core.text.vocabulary import Vocabulary

HEIGHT = 300


@dataclass(frozen=True)
class Bars:
    """Characters, and their probabilities in percent read in two ways."""

    chars: Sequence[str]
    zero: Sequence[float]
    padded: Sequence[float]


def best(found: Opening, vocabulary: Vocabulary, count: int) -> Bars:
    """The characters that one of the two readings finds most probable."""
    order = np.argsort(-np.maximum(found.zero, found.padded), kind="stable")[:count]
    order = order[np.argsort(-found.zero[order], kind="stable")]
    names = [vocabulary.decode([int(i)]) for i in order]
    return Bars(
        [visible(name) for name in names],
        (100 * found.zero[order]).tolist(),
        (100 * found.padded[order]).tolist(),
    )


def openings_figure(bars: Bars, dark: bool) -> Figure:
    """Pairs of bars: after a zero state, and after spaces."""
    colours = theme(dark).series
    figure = Figure(
        [
            Bar(x=bars.chars, y=bars.zero, name=_("état nul"), marker={"color": colours[1]}),
            Bar(x=bars.chars, y=bars.padded, name=_("espaces"), marker={"color": colours[2]}),
        ]
    )
    figure.update_traces(hovertemplate="%{x}: %{y:.1f} %")
    layout(figure, dark, _("Le caractère suivant"), _("caractère"), _("probabilité (%)"), HEIGHT)
    return legend_below(figure.update_layout(bargap=0.25))


def costs_figure(costs: Openings, dark: bool) -> Figure:
    """What the 1st, 2nd, ... character of a cue costs."""
    colours = theme(dark).series
    places = list(range(1, len(costs.zero) + 1))
    figure = Figure(
        [
            Scatter(
                x=places, y=costs.padded, name=_("espaces"), line={"color": colours[2], "width": 4}
            ),
            Scatter(
                x=places,
                y=costs.zero,
                name=_("état nul"),
                line={"color": colours[1], "width": 4, "dash": "dot"},
            ),
        ]
    )
    figure.update_traces(mode="lines", hovertemplate="%{y:.2f}")
    layout(
        figure,
        dark,
        _("Ce que coûte chaque caractère"),
        _("place du caractère"),
        _("bits"),
        HEIGHT,
    )
    figure.update_yaxes(rangemode="tozero")
    return legend_below(figure)


def context_figure(
    worth: ContextWorth, lengths: Sequence[int], names: Mapping[str, str], dark: bool
) -> Figure:
    """Bits by the number of characters seen, on a logarithmic axis; lengths of windows marked.

    Args:
        worth: what was measured.
        lengths: of windows, in characters.
        names: "seen" and "carried", as the legend says them.
        dark: which theme is on screen.
    """
    colours = theme(dark)
    seen = np.arange(1, len(worth.bits) + 1)
    figure = Figure(
        [
            Scatter(
                x=seen,
                y=worth.bits,
                name=names["seen"],
                line={"color": colours.series[0], "width": 4},
            ),
            Scatter(
                x=[1, len(seen)],
                y=[worth.carried] * 2,
                name=names["carried"],
                line={"color": colours.series[1], "width": 3, "dash": "dash"},
            ),
        ]
    )
    figure.update_traces(mode="lines", hovertemplate="%{x} : %{y:.2f}")
    layout(
        figure,
        dark,
        _("Ce que vaut un caractère de contexte de plus"),
        _("caractères vus avant de prédire (échelle logarithmique)"),
        _("bits par caractère"),
        HEIGHT,
    )
    for length in lengths:
        figure.add_vline(length, line={"color": colours.muted, "dash": "dot", "width": 1.5})
    figure.update_xaxes(type="log", tickvals=[1, 2, 5, 10, 20, *lengths])
    return legend_below(figure)
