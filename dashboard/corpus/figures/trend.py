"""One word: how often in each play, and where in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.corpus.figures.bars import BAR
from dashboard.corpus.wording import brief, place
from dashboard.shared import i18n
from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, Figure, Theme, escaped, layout, theme


def trend_figure(plays: pd.DataFrame, where: NDArray[np.int64], dark: bool) -> Figure:
    """For each play, how often a word occurs, and where in the play.

    Args:
        plays: `frequency.trend`.
        where: (plays, slices) occurrences in each slice of the play.
        dark: which theme is on screen.
    """
    colours = theme(dark)
    rows = list(range(len(plays)))
    figure = Figure()
    figure.add_bar(
        x=plays["rate"],
        y=rows,
        orientation="h",
        marker_color=colours.series[1],
        text=[i18n.number(rate, 1) if rate else "" for rate in plays["rate"]],
        textfont_size=FONT - 1,
        textposition="outside",
        textangle=0,
        cliponaxis=False,
        customdata=np.stack([plays["title"], plays["count"]], axis=-1),
        hovertemplate="%{customdata[0]}<br>%{customdata[1]} : %{x:.1f} / 10 000<extra></extra>",
    )
    centres = _centres(where.shape[1])
    figure.add_heatmap(
        z=np.where(where > 0, where, np.nan),  # what has none is left the colour of the page
        x=centres,
        y=rows,
        xaxis="x2",
        xgap=1,
        ygap=3,
        zmin=0,
        zmax=max(int(where.max(initial=1)), 2),
        colorscale=_from_paper(colours),
        colorbar={
            "title": {"text": _("fois"), "font": {"size": FONT}},
            "tickfont": {"size": FONT},
            "thickness": 14,
            "lenmode": "pixels",
            "len": min(300, 60 + BAR * max(len(rows), 3)),
            "y": 1,
            "yanchor": "top",
            "outlinewidth": 0,
            "nticks": 5,
            "tickformat": "d",
        },
        hoverongaps=False,
        hovertemplate="%{x:.0f} % : %{z}<extra></extra>",
    )
    layout(figure, dark, "", "", "", 120 + BAR * max(len(rows), 3))
    font = {"size": FONT, "color": colours.ink}
    figure.update_layout(
        bargap=0.25,
        xaxis={
            "domain": [0, 0.4],
            "title": {"text": _("fois pour 10 000 mots"), "standoff": 4, "font": font},
            "side": "top",
            "range": [0, max(float(plays["rate"].max()) * 1.25, 1e-9)],
            "nticks": 4,
        },
        xaxis2={
            "domain": [0.44, 1],
            "title": {"text": _("place dans la pièce (%)"), "standoff": 4, "font": font},
            "side": "top",
            "range": [0, 100],
            "tickfont": {"size": FONT, "color": colours.ink},
            "showgrid": False,
            "zeroline": False,
            "anchor": "y",
        },
        yaxis={
            "tickvals": rows,
            "ticktext": [escaped(brief(title)) for title in plays["title"]],
            "range": [len(rows) - 0.5, -0.5],
            "showgrid": False,
            "zeroline": False,
        },
    )
    return figure


def dispersion_figure(
    where: NDArray[np.int64], acts: Sequence[tuple[str, float]], dark: bool
) -> Figure:
    """Where a word occurs in one play: occurrences in each slice, and the acts.

    Args:
        where: (slices,) occurrences.
        acts: names, and where each begins, from 0 to 1.
        dark: which theme is on screen.
    """
    colours = theme(dark)
    centres = _centres(len(where))
    figure = Figure()
    figure.add_bar(
        x=centres,
        y=where,
        width=100 / len(where) * 0.86,
        marker_color=colours.series[1],
        hovertemplate="%{x:.0f} % : %{y}<extra></extra>",
    )
    layout(figure, dark, "", _("place dans la pièce (%)"), _("occurrences"), 400)
    most = max(int(where.max(initial=0)), 4)
    figure.update_layout(margin={"t": 40})
    figure.update_xaxes(range=[0, 100], showgrid=False)
    figure.update_yaxes(range=[0, most * 1.05], dtick=1 if most < 10 else None, tickformat="d")
    for name, begins in acts:
        figure.add_vline(100 * begins, line={"dash": "dot", "width": 2, "color": colours.muted})
        figure.add_annotation(
            x=100 * begins,
            y=1,
            yref="paper",
            yanchor="bottom",
            xanchor="left",
            text=escaped(place(name, "")),
            showarrow=False,
            font={"size": FONT, "color": colours.ink},
        )
    return figure


def _centres(slices: int) -> NDArray[np.float64]:
    """(slices,) middles of the slices of a play, in % of its words."""
    return (np.arange(slices) + 0.5) * 100 / slices


def _from_paper(colours: Theme) -> list[tuple[float, str]]:
    """From near the page's colour to the accent: the more, the further from the page."""
    return [(0.0, _mixed(colours.paper, colours.series[0], 0.2)), (1.0, colours.series[0])]


def _mixed(first: str, second: str, share: float) -> str:
    """A colour between two, as #rrggbb."""
    pairs = zip(*(bytes.fromhex(colour[1:]) for colour in (first, second)), strict=True)
    return "#" + bytes(round(a + (b - a) * share) for a, b in pairs).hex()
