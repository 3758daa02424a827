"""Names and bars: the commonest words, who speaks, keywords."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.corpus.wording import brief
from dashboard.shared import i18n
from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, Figure, escaped, layout, theme

BAR = 27  # pixels: a line of text and the space around it


def words_figure(table: pd.DataFrame, dark: bool) -> Figure:
    """The commonest words as bars, the commonest above; see `frequency.top_words`."""
    figure = _bars(
        table["word"],  # letters, hyphens and apostrophes: nothing that Plotly reads as HTML
        table["count"],
        [i18n.number(count) for count in table["count"]],
        theme(dark).series[1],
    )
    figure.update_traces(
        customdata=table["word"],
        hovertemplate="<b>%{y}</b> : %{x}<extra></extra>",
    )
    layout(figure, dark, "", _("occurrences"), "", 50 + BAR * len(table))
    return _plain_bars(figure)


def shares_figure(
    table: pd.DataFrame, names: Sequence[str], chosen: str, one_play: bool, dark: bool
) -> Figure:
    """Who speaks most, the chosen character in the accent.

    Args:
        table: `speech.shares`.
        names: what to call each of its rows.
        chosen: who is selected, or nobody.
        one_play: whether bars are shares of it, or else numbers of words.
        dark: which theme is on screen.
    """
    colours = theme(dark)
    clipped = [brief(name, 34) for name in names]
    shown = clipped if len(set(clipped)) == len(clipped) else names
    shares = [i18n.percent(share, 1) for share in table["share"]]
    figure = _bars(
        map(escaped, shown),
        100 * table["share"] if one_play else table["words"],
        shares if one_play else [i18n.number(words) for words in table["words"]],
        [colours.series[0 if name == chosen else 1] for name in table["speaker"]],
    )
    figure.update_traces(
        customdata=np.stack([table["words"], table["cues"], shares], axis=-1),
        hovertemplate="<b>%{y}</b> : %{customdata[2]}<br>"
        + _("{words} mots, {cues} répliques").format(
            words="%{customdata[0]}", cues="%{customdata[1]}"
        )
        + "<extra></extra>",
    )
    unit = _("part des mots (%)") if one_play else _("mots")
    layout(figure, dark, "", unit, "", 50 + BAR * len(table))
    return _plain_bars(figure)


def keywords_figure(table: pd.DataFrame, dark: bool) -> Figure:
    """Keywords as bars: to the right what is said more here, to the left what is said less."""
    colours = theme(dark)
    more = (table["log_ratio"] > 0).to_numpy()
    # The log-likelihood is long for the first and short for the rest: its root keeps both in view.
    lengths = np.sqrt(table["g2"].to_numpy()) * np.where(more, 1, -1)
    figure = _bars(
        table["word"],
        lengths,
        [_times(ratio) for ratio in table["log_ratio"]],
        [colours.series[0] if up else colours.series[1] for up in more],
    )
    figure.update_traces(
        customdata=table[["word", "count", "rest_count", "g2", "log_ratio"]].to_numpy(),
        hovertemplate="<b>%{customdata[0]}</b><br>"
        + _("{here} fois ici, {rest} ailleurs<br>G² {g2}, log-rapport {ratio}").format(
            here="%{customdata[1]}",
            rest="%{customdata[2]}",
            g2="%{customdata[3]:.1f}",
            ratio="%{customdata[4]:.2f}",
        )
        + "<extra></extra>",
    )
    layout(figure, dark, "", _("racine de G², signée"), "", 50 + BAR * len(table))
    _plain_bars(figure)
    reach = 1.22 * max(float(np.abs(lengths).max(initial=1)), 1)
    low = -reach if not more.all() else 0
    figure.update_xaxes(range=[low, reach if more.any() else 0], zeroline=True)
    return figure


def _bars(names: Any, values: Any, texts: Sequence[str], colours: Any) -> Figure:
    figure = Figure()
    figure.add_bar(
        x=values,
        y=list(names),
        orientation="h",
        text=texts,
        textposition="outside",
        textfont_size=FONT,
        cliponaxis=False,
        marker_color=colours,
    )
    return figure


def _plain_bars(figure: Figure) -> Figure:
    """Names beside their bars, the first above, and room for the figures at their ends."""
    figure.update_layout(bargap=0.22, margin={"t": 6, "r": 60})
    # Categories, whatever they look like: a word such as "nan" is no number.
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False, ticksuffix=" ")
    # Each bar says its figure: the axis needs no marks.
    figure.update_xaxes(rangemode="tozero", showticklabels=False)
    return figure


def _times(log_ratio: float) -> str:
    times = 2 ** abs(log_ratio)
    told = i18n.number(times, 1 if times < 10 else 0)
    return f"×{told}" if log_ratio > 0 else f"÷{told}"
