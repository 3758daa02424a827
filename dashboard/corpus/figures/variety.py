"""How words are distributed: the law of Zipf, the variety of the vocabulary."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard.shared import i18n
from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, Figure, escaped, layout, theme
from moliere_core.exploration.zipf import Zipf

MARKED_RANKS = (1, 10, 100, 1000)  # whose words are written on the curve of Zipf


def zipf_figure(law: Zipf, dark: bool) -> Figure:
    """Counts against ranks, both axes logarithmic, and the fitted line."""
    colours = theme(dark)
    figure = Figure()
    figure.add_scatter(
        x=law.ranks,
        y=law.counts,
        mode="markers",
        marker={"size": 8, "color": colours.series[1]},
        customdata=law.words,
        hovertemplate="<b>%{customdata}</b><br>" + _("rang") + " %{x} : %{y}<extra></extra>",
        name=_("les mots"),
    )
    if law.slope is not None:
        ends = np.array(law.fit)
        figure.add_scatter(
            x=ends,
            y=law.fitted(ends),
            mode="lines",
            line={"color": colours.series[0], "width": 5},
            name=_("pente {slope}").format(slope=i18n.number(law.slope, 2)),
            hoverinfo="skip",
        )
    for rank in MARKED_RANKS:
        if len(law.ranks) and rank <= law.ranks[-1]:
            place = int(np.argmin(np.abs(law.ranks - rank)))
            figure.add_annotation(
                x=np.log10(law.ranks[place]),
                y=np.log10(law.counts[place]),
                text=f"<b>{escaped(law.words[place])}</b>",
                showarrow=False,
                xanchor="left",
                yanchor="bottom",
                xshift=4,
                yshift=4,
                font={"size": FONT, "color": colours.ink},
            )
    layout(figure, dark, "", _("rang du mot (log)"), _("occurrences (log)"), 400)
    figure.update_layout(
        legend={"x": 1, "y": 1, "xanchor": "right", "bgcolor": "rgba(0,0,0,0)"},
        margin={"t": 26},
    )
    for axis in (figure.update_xaxes, figure.update_yaxes):
        axis(type="log", dtick=1, tickformat=",d")
    return figure


def variety_figure(plays: pd.DataFrame, dark: bool) -> Figure:
    """MATTR and the plain type-token ratio of each play against its length."""
    colours = theme(dark)
    figure = Figure()
    verse = plays["verse"].to_numpy(np.float64)
    groups = (
        (_("MATTR, en vers"), verse >= 0.5, "circle", colours.series[0]),
        (_("MATTR, en prose"), verse < 0.5, "diamond", colours.series[1]),
        (_("MATTR"), np.isnan(verse), "circle", colours.series[1]),
    )
    hover = "%{customdata}<br>%{y:.3f}<extra></extra>"
    for name, kept, symbol, colour in groups:
        rows = plays[kept & plays["mattr"].notna().to_numpy()]
        if len(rows):
            figure.add_scatter(
                x=rows["words"],
                y=rows["mattr"],
                mode="markers",
                marker={"symbol": symbol, "size": 12, "color": colour},
                name=name,
                customdata=rows["title"],
                hovertemplate=hover,
            )
    figure.add_scatter(
        x=plays["words"],
        y=plays["ratio"],
        mode="markers",
        marker={"symbol": "x-thin", "size": 9, "line": {"width": 2, "color": colours.muted}},
        name=_("mots différents / mots"),
        customdata=plays["title"],
        hovertemplate=hover,
    )
    layout(figure, dark, "", _("longueur de la pièce (mots)"), _("variété (0 à 1)"), 400)
    figure.update_layout(
        legend={"x": 0, "y": 1, "bgcolor": "rgba(0,0,0,0)"},
        margin={"t": 10},
    )
    highest = float(np.nanmax([plays["mattr"].max(), plays["ratio"].max(), 0.1]))
    figure.update_xaxes(tickformat=",d", rangemode="tozero")
    figure.update_yaxes(range=[0, 1.5 * highest])
    return figure
