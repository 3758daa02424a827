"""The curve of a word that becomes certain."""

from __future__ import annotations

from dashboard.charts.common import FONT, Figure, layout, theme
from dashboard.i18n import _
from moliere_core.reading import Completion


def completion_figure(given: list[str], found: Completion, dark: bool) -> Figure:
    """Probability of the whole rest, and of the next letter, against the letters given."""
    colours = theme(dark)
    at = list(range(len(given)))
    figure = Figure()
    figure.add_bar(
        x=at,
        y=found.next_probs,
        name=_("la lettre suivante"),
        marker={"color": colours.grid, "line": {"color": colours.muted, "width": 2}},
        text=[f"<b>{_shown(char)}</b>" for char in found.word],
        textposition="outside",
        textfont={"size": FONT + 2},
        cliponaxis=False,
        hovertemplate="%{y:.3f}",
    )
    figure.add_scatter(
        x=at,
        y=found.probs,
        name=_("toute la suite"),
        mode="lines+markers",
        line={"color": colours.series[0], "width": 4},
        marker={"size": 11},
        hovertemplate="%{y:.4f}",
    )
    layout(
        figure,
        dark,
        _("Combien de lettres avant qu’il sache ?"),
        _("lettres déjà données"),
        _("probabilité"),
        height=400,
    )
    figure.update_layout(
        legend={"orientation": "h", "y": 1.12, "x": 1, "xanchor": "right"}, hovermode="x unified"
    )
    figure.update_xaxes(tickvals=at, ticktext=[_shown(text) for text in given])
    figure.update_yaxes(range=[0, 1.12], tickformat=".0%", dtick=0.25)
    return figure


def _shown(text: str) -> str:
    """Text that Plotly does not read as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(" ", "␣").replace("\n", "↵")
