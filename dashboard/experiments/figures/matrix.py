"""Who predicts what."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.experiments.figures.past import HEIGHT
from dashboard.shared import i18n
from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, Figure, layout, theme


def matrix(
    runs: Sequence[str],
    texts: Sequence[str],
    bits: Sequence[Sequence[float]],
    dark: bool,
) -> Figure:
    """Who predicts what: a line a text, a column a run, a star for the fewest bits of each line.

    Args:
        runs: their names.
        texts: theirs.
        bits: a row a run, a column a text.
        dark: which theme is on screen.
    """
    colours, figure = theme(dark), Figure()
    lines = [[row[text] for row in bits] for text in range(len(texts))]
    figure.add_heatmap(
        x=list(range(len(runs))),
        y=list(range(len(texts))),
        z=lines,
        colorscale=colours.sequential,
        reversescale=True,
        xgap=4,
        ygap=4,
        showscale=False,
        text=[[i18n.bits(value, 3) for value in line] for line in lines],
        hovertemplate="%{text}<extra></extra>",
    )
    values = [value for line in lines for value in line]
    middle = (min(values) + max(values)) / 2
    for y, line in enumerate(lines):
        for x, value in enumerate(line):
            figure.add_annotation(
                x=x,
                y=y,
                text=i18n.number(value, 2) + (" ★" if value == min(line) else ""),
                showarrow=False,
                # Few bits are the bright end of the reversed scale.
                font={"size": FONT + 3, "color": "#15161c" if value < middle else "#ffffff"},
            )
    layout(
        figure,
        dark,
        _("Bits par caractère ; ★ le meilleur sur chaque texte"),
        _("réseau entraîné sur"),
        _("texte à prédire"),
        HEIGHT,
    )
    figure.update_xaxes(tickvals=list(range(len(runs))), ticktext=list(runs), showgrid=False)
    figure.update_yaxes(
        tickvals=list(range(len(texts))),
        ticktext=list(texts),
        autorange="reversed",
        showgrid=False,
        title_standoff=20,  # names as long as these reach under it
    )
    return figure
