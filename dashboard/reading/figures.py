"""The curve of a word that becomes certain."""

from __future__ import annotations

from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, Figure, characters, escaped, layout, theme
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
            "yaxis": {"range": [0, 1.12], "tickformat": ".0%", "dtick": 0.25},
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
    if len(given) > CROWD:
        figure.layout.xaxis.tickfont.size = FONT - 4
    figure.layout.margin.t = 80  # the title, and the legend below it
    figure.layout.legend.update(orientation="h", y=1.02, yanchor="bottom", x=0)
    return figure
