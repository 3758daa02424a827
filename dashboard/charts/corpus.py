"""The figures of the Corpus page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard import i18n
from dashboard.charts.common import FONT, Figure, Theme, layout, theme
from dashboard.corpus.cached import SLICES, Variety
from dashboard.corpus.said import percent, place, short, signed
from dashboard.i18n import _
from moliere_core.exploration.characters import Alphabet
from moliere_core.exploration.network import Network

BAR = 27  # pixels: a line of text and the space around it
NETWORK_HEIGHT = 460
NAMED = 14  # characters of a network whose names are written: those who say most
MARKED_RANKS = (1, 10, 100, 1000)  # whose words are written on the curve of Zipf
VISIBLE = {" ": "␣", "\n": "↵", "\t": "⇥"}  # characters that leave no mark


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


def trend_figure(plays: pd.DataFrame, where: Any, dark: bool) -> Figure:
    """For each play, how often a word occurs, and where in the play.

    Args:
        plays: `frequency.trend`.
        where: (plays, SLICES) occurrences in each slice of the play.
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
    centres = (np.arange(SLICES) + 0.5) * 100 / SLICES
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
            "ticktext": [_short(title) for title in plays["title"]],
            "range": [len(rows) - 0.5, -0.5],
            "showgrid": False,
            "zeroline": False,
        },
    )
    return figure


def dispersion_figure(where: Any, acts: Sequence[tuple[str, float]], dark: bool) -> Figure:
    """Where a word occurs in one play: occurrences in each slice, and the acts.

    Args:
        where: (SLICES,) occurrences.
        acts: names, and where each begins, from 0 to 1.
        dark: which theme is on screen.
    """
    colours = theme(dark)
    centres = (np.arange(SLICES) + 0.5) * 100 / SLICES
    figure = Figure()
    figure.add_bar(
        x=centres,
        y=where,
        width=100 / SLICES * 0.86,
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
            text=_escaped(place(name, "")),
            showarrow=False,
            font={"size": FONT, "color": colours.ink},
        )
    return figure


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
    clipped = [_short(name, 34) for name in names]
    figure = _bars(
        clipped if len(set(clipped)) == len(clipped) else [_escaped(name) for name in names],
        100 * table["share"] if one_play else table["words"],
        [percent(share, 1) for share in table["share"]]
        if one_play
        else [i18n.number(words) for words in table["words"]],
        [colours.series[0 if name == chosen else 1] for name in table["speaker"]],
    )
    shares = [percent(share, 1) for share in table["share"]]
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


def network_figure(network: Network, chosen: str, dark: bool) -> Figure:
    """Characters as discs, as large as they speak, joined where they share a scene."""
    colours = theme(dark)
    x, y = network.positions[:, 0], network.positions[:, 1]
    most = max(int(network.weights.max(initial=1)), 1)
    figure = Figure()
    # One trace a width: a line has one width in Plotly.
    for weight in range(1, most + 1):
        pairs = network.edges[network.weights == weight]
        if len(pairs):
            figure.add_scatter(
                x=np.column_stack([x[pairs], np.full(len(pairs), np.nan)]).ravel(),
                y=np.column_stack([y[pairs], np.full(len(pairs), np.nan)]).ravel(),
                mode="lines",
                line={"color": colours.muted, "width": 1 + 7 * weight / most},
                opacity=0.3 + 0.35 * weight / most,
                hoverinfo="skip",
            )
    sizes = 16 + 44 * np.sqrt(network.words / max(int(network.words.max(initial=1)), 1))
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers",
        marker={
            "size": sizes,
            "color": [colours.series[0 if n == chosen else 1] for n in network.names],
            "line": {"color": colours.paper, "width": 2},
            "opacity": 1,
        },
        customdata=np.stack(
            [np.array(network.names), network.words, network.present, network.degrees], axis=-1
        ),
        hovertemplate="<b>%{customdata[0]}</b><br>"
        + _("{words} mots, {scenes} scènes, {others} personnages rencontrés").format(
            words="%{customdata[1]}", scenes="%{customdata[2]}", others="%{customdata[3]}"
        )
        + "<extra></extra>",
    )
    halo = ", ".join([f"0 0 3px {colours.paper}"] * 4)  # over lines and discs
    for node, name in enumerate(network.names):
        if node < NAMED or name == chosen:
            figure.add_annotation(
                x=x[node],
                y=y[node],
                text=_short(name),
                showarrow=False,
                yshift=-(sizes[node] / 2 + 11),
                font={"size": FONT - 2, "color": colours.ink, "shadow": halo},
            )
    layout(figure, dark, "", "", "", NETWORK_HEIGHT)
    figure.update_layout(showlegend=False, margin={"l": 0, "r": 0, "t": 10, "b": 0})
    hidden = {"visible": False, "range": [-1.4, 1.4]}
    figure.update_xaxes(**hidden)
    figure.update_yaxes(**hidden | {"range": [-1.25, 1.12]})
    return figure


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


def zipf_figure(found: Variety, dark: bool) -> Figure:
    """Counts against ranks, both axes logarithmic, and the fitted line."""
    colours = theme(dark)
    figure = Figure()
    figure.add_scatter(
        x=found.ranks,
        y=found.counts,
        mode="markers",
        marker={"size": 8, "color": colours.series[1]},
        customdata=found.examples,
        hovertemplate="<b>%{customdata}</b><br>" + _("rang") + " %{x} : %{y}<extra></extra>",
        name=_("les mots"),
    )
    if found.slope is not None:
        ends = np.array(found.fitted)
        figure.add_scatter(
            x=ends,
            y=np.exp(found.intercept + found.slope * np.log(ends)),
            mode="lines",
            line={"color": colours.series[0], "width": 5},
            name=_("pente {slope}").format(slope=signed(found.slope, 2)),
            hoverinfo="skip",
        )
    for rank in MARKED_RANKS:
        if len(found.ranks) and rank <= found.ranks[-1]:
            place = int(np.argmin(np.abs(found.ranks - rank)))
            figure.add_annotation(
                x=np.log10(found.ranks[place]),
                y=np.log10(found.counts[place]),
                text=f"<b>{_escaped(found.examples[place])}</b>",
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
        ticktext=[_escaped(mark(char)) for char in table["char"]],
        tickangle=0,
        showgrid=False,
    )
    return figure


def mark(char: str) -> str:
    """A character as something to see."""
    return VISIBLE.get(char) or (char if char.isprintable() else f"U+{ord(char):04X}")


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


def _from_paper(colours: Theme) -> list[tuple[float, str]]:
    """From near the page's colour to the accent: the more, the further from the page."""
    return [(0.0, _mixed(colours.paper, colours.series[0], 0.2)), (1.0, colours.series[0])]


def _mixed(first: str, second: str, share: float) -> str:
    """A colour between two, as #rrggbb."""
    pairs = zip(*(bytes.fromhex(colour[1:]) for colour in (first, second)), strict=True)
    return "#" + bytes(round(a + (b - a) * share) for a, b in pairs).hex()


def _short(name: str, chars: int = 26) -> str:
    """A name or a title that leaves room for the figure."""
    head = short(name)
    return _escaped(head if len(head) <= chars else head[: chars - 1].rstrip() + "…")


def _times(log_ratio: float) -> str:
    times = 2 ** abs(log_ratio)
    told = i18n.number(times, 1 if times < 10 else 0)
    return f"×{told}" if log_ratio > 0 else f"÷{told}"


def _escaped(text: str) -> str:
    """Text that Plotly, which reads a few HTML tags, shows as it is."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
