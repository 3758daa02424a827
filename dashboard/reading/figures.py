"""Curves of a word that becomes certain, of learning while reading, of mixing two models."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, Figure, characters, escaped, layout, percents, theme
from moliere_core.measures.reading import Completion
from moliere_core.text.signs import all_visible

WHOLE = 12  # letters; beyond, their beginnings would be turned on their sides under the axis
CROWD = 50  # letters that the axis can name in full size


def completion_figure(given: list[str], found: Completion, dark: bool) -> Figure:
    """Probability of the whole rest, and of the next letter, against the letters given."""
    colours = theme(dark)
    at = list(range(len(given)))
    marks = given if len(given) <= WHOLE else [text[-1:] for text in given]
    figure = Figure(
        [
            {
                "type": "bar",
                "x": at,
                "y": found.next_probs,
                "name": _("la lettre suivante"),
                "marker": {"color": colours.grid, "line": {"color": colours.muted, "width": 2}},
                "text": [f"<b>{escaped(all_visible(char))}</b>" for char in found.word],
                "textposition": "outside",
                "textfont": {"size": FONT + 2},
                "textangle": 0,
                "cliponaxis": False,
                "hovertemplate": "%{y:.3f}",
            },
            {
                "type": "scatter",
                "x": at,
                "y": found.probs,
                "name": _("toute la suite"),
                "mode": "lines+markers",
                "line": {"color": colours.series[0], "width": 4},
                "marker": {"size": 11},
                "hovertemplate": "%{y:.4f}",
            },
        ],
        {
            "hovermode": "x unified",
            "xaxis": characters([all_visible(text) for text in marks]),
            "yaxis": {"range": [0, 1.12]} | percents(),
        },
    )
    layout(
        figure,
        dark,
        _("Combien de lettres avant qu’il sache ?"),
        _("lettres déjà données")
        if len(given) <= WHOLE
        else _("dernière lettre donnée, après celles de sa gauche"),
        _("probabilité"),
        height=400,
    )
    figure.layout.xaxis.tickangle = None  # turned where a telephone has no room for them
    if len(given) > CROWD:
        figure.layout.xaxis.tickfont.size = FONT - 4
    figure.layout.margin.t = 80  # the title, and the legend below it
    figure.layout.legend.update(orientation="h", y=1.02, yanchor="bottom", x=0)
    return figure


def learning_figure(saved: NDArray[np.float64], dark: bool) -> Figure:
    """What learning while reading has saved so far.

    Args:
        saved: bits, in all, after each character, shape (chars,).
        dark: which theme is on screen.
    """
    colours = theme(dark)
    figure = Figure(
        [
            {
                "type": "scatter",
                "x": np.arange(1, len(saved) + 1),
                "y": saved,
                "mode": "lines",
                "fill": "tozeroy",
                "line": {"color": colours.series[0], "width": 4},
                "hovertemplate": "%{x} · %{y:.1f}",
            }
        ]
    )
    layout(figure, dark, "", _("caractères lus"), _("bits épargnés en apprenant"), height=330)
    return figure


def mixing_figure(
    shares: Sequence[float], bits: NDArray[np.float64], share: float, here: float, dark: bool
) -> Figure:
    """Bits per character over the network's share of a mixture, and where the slider stands.

    Args:
        shares: of the network, from 0 to 1.
        bits: per character at each.
        share: of the slider.
        here: bits per character there.
        dark: which theme is on screen.
    """
    colours = theme(dark)
    figure = Figure(
        [
            {
                "type": "scatter",
                "x": list(shares),
                "y": bits,
                "mode": "lines",
                "line": {"color": colours.series[0], "width": 4},
                "hovertemplate": "%{x:.0%} · %{y:.3f}",
                "showlegend": False,
            },
            {
                "type": "scatter",
                "x": [share],
                "y": [here],
                "mode": "markers",
                "marker": {"size": 18, "color": colours.series[1]},
                "hovertemplate": "%{x:.0%} · %{y:.3f}",
                "showlegend": False,
            },
        ],
        {"xaxis": {"range": [-0.02, 1.02]} | percents()},
    )
    layout(figure, dark, "", _("part du réseau"), _("bits par caractère"), height=330)
    return figure
