"""The figures of the Model page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from plotly.graph_objects import Bar, Figure, Heatmap
from plotly.subplots import make_subplots

from dashboard.shared import i18n
from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, layout, theme
from moliere_core.networks.arrays import Array
from moliere_core.text.signs import visible


def sizes_figure(models: Sequence[tuple[str, int]], said: int, dark: bool) -> Figure:
    """Bars of numbers of parameters, on a logarithmic axis, and what the course says.

    Args:
        models: names and numbers, the chosen settings first.
        said: by the course.
        dark: which theme is on screen.
    """
    colours = theme(dark)
    counts = [count for _name, count in models]
    figure = Figure(
        Bar(
            x=counts,
            y=[name for name, _count in models],
            orientation="h",
            text=[i18n.number(count) for count in counts],
            textposition="inside",
            insidetextanchor="start",
            constraintext="none",
            textfont={"size": FONT, "color": colours.paper},
            marker={"color": [colours.series[0], *[colours.series[5]] * (len(models) - 1)]},
            hovertemplate="%{y} : %{text}",
        )
    )
    layout(figure, dark, _("Nombre de paramètres"), _("échelle logarithmique"), "", 340)
    figure.update_xaxes(type="log", range=[4.3, np.log10(max(counts) * 1.25)], dtick=1)
    figure.update_yaxes(autorange="reversed")
    figure.add_vline(said, line={"dash": "dash", "color": colours.ink, "width": 2.5})
    figure.add_annotation(
        x=np.log10(said),  # an annotation on a logarithmic axis stands at the logarithm
        y=1,
        yref="paper",
        yanchor="bottom",
        text=_("le cours : ~{count}").format(count=i18n.number(said)),
        showarrow=False,
        font={"size": FONT},
    )
    return figure.update_layout(showlegend=False, margin_t=74)


def softmax_figure(alphabet: str, before: Array, after: Array, dark: bool) -> Figure:
    """The probabilities of all symbols, before and after training, one above the other."""
    colours = theme(dark)
    names = [visible(char) for char in alphabet]
    names[0] = _("inconnu")
    titles = (_("petit@0, jamais entraîné"), _("petit, entraîné"))
    figure = make_subplots(rows=2, cols=1, vertical_spacing=0.22, subplot_titles=titles)
    even = 100 / len(before)
    for row, probs in ((1, before), (2, after)):
        figure.add_trace(
            Bar(
                x=list(range(len(probs))),
                y=100 * probs,
                customdata=names,
                marker={"color": colours.series[row - 1]},
                hovertemplate="%{customdata} : %{y:.2f} %<extra></extra>",
            ),
            row=row,
            col=1,
        )
    layout(figure, dark, _("Le caractère suivant"), "", _("%"), 390)
    figure.update_layout(showlegend=False, bargap=0.15)
    figure.update_annotations(font_size=FONT, x=1, xanchor="right")
    best: list[int] = []
    for i in np.argsort(-after)[:8].tolist():  # the names of neighbours would cover each other
        if all(abs(i - other) > 3 for other in best):
            best.append(i)
    figure.update_xaxes(showticklabels=False, title={"text": ""}, row=1)
    figure.update_xaxes(
        tickangle=0,
        tickvals=best,
        ticktext=[names[i] for i in best],
        title={"text": _("symbole")},
        row=2,
    )
    figure.update_yaxes(range=[0, 2.4 * even], dtick=1, row=1)
    for row in (1, 2):
        figure.add_hline(
            even, line={"dash": "dash", "color": colours.ink, "width": 1.5}, row=row, col=1
        )
    return figure


def embedding_figure(table: Array, alphabet: str, index: int, dark: bool) -> Figure:
    """The table of vectors, one row a symbol, the chosen row framed."""
    colours = theme(dark)
    names = [visible(char) for char in alphabet]
    names[0] = _("inconnu")
    high = float(np.percentile(np.abs(table), 99))
    figure = Figure(
        Heatmap(
            z=table,
            zmin=-high,
            zmax=high,
            colorscale=[list(stop) for stop in colours.diverging],
            customdata=np.repeat(np.array(names)[:, None], table.shape[1], axis=1),
            hovertemplate="%{customdata} [%{x}] : %{z:.2f}<extra></extra>",
            colorbar={"thickness": 12, "tickfont": {"size": FONT}},
        )
    )
    layout(
        figure,
        dark,
        _("La table des plongements de petit"),
        _("nombre du vecteur"),
        _("symbole"),
        430,
    )
    figure.add_shape(
        type="rect",
        x0=-0.5,
        x1=table.shape[1] - 0.5,
        y0=index - 0.5,
        y1=index + 0.5,
        line={"color": colours.ink, "width": 3},
    )
    ticks = sorted({i for i in range(0, len(names), 12) if abs(i - index) > 4} | {index})
    figure.update_yaxes(autorange="reversed", tickvals=ticks, ticktext=[names[i] for i in ticks])
    return figure
