"""The characters of a text."""

from __future__ import annotations

import numpy as np

from dashboard.corpus.wording import mark
from dashboard.shared.i18n import _
from dashboard.shared.plotting import Figure, escaped, layout, theme
from moliere_core.exploration.characters import Alphabet


def letters_figure(found: Alphabet, count: int, dark: bool) -> Figure:
    """Shares of the commonest characters, in the colour of their kind."""
    colours = theme(dark)
    table = found.table.head(count)
    kinds = {
        _("minuscules"): ("lower",),
        _("espace et fin de ligne"): ("space",),
        _("ponctuation"): ("punctuation",),
        _("majuscules"): ("upper",),
        _("autres"): ("digit", "other"),
    }
    figure = Figure()
    for (name, included), colour in zip(
        kinds.items(), (colours.series[i] for i in (1, 3, 0, 2, 4)), strict=True
    ):
        rows = table[table["kind"].isin(included)]
        if len(rows):
            figure.add_bar(
                x=rows.index,
                y=100 * rows["share"],
                marker_color=colour,
                name=name,
                customdata=np.stack([rows["char"].map(mark), rows["count"]], axis=-1),
                hovertemplate="<b>%{customdata[0]}</b> : %{y:.2f} %<br>%{customdata[1]}"
                "<extra></extra>",
            )
    layout(figure, dark, "", _("caractère"), _("part du texte (%)"), 270)
    figure.update_layout(
        bargap=0.15,
        margin={"t": 10},
        legend={"x": 1, "y": 1, "xanchor": "right", "bgcolor": "rgba(0,0,0,0)"},
    )
    figure.update_xaxes(
        tickvals=list(table.index),
        ticktext=[escaped(mark(char)) for char in table["char"]],
        tickangle=0,
        showgrid=False,
    )
    return figure
