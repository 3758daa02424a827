"""What a network writes at each moment of its training, as shares along these moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.shared.plotting import Figure, layout, legend_below, percents, theme

HEIGHT = 400
MOST_NAMED = 6  # moments under the axis
ASIDE = 30  # pixels on the right, where half of the last name is
ROOM = 1.12  # above the highest mark
LEAST_TOP = 0.2  # of an axis of shares, so that a small one looks small


@dataclass(frozen=True)
class Curve:
    """A share along the moments.

    Attributes:
        name: what it is a share of.
        shares: one a moment; None where there was nothing to count.
        errors: of each, what is drawn above and below.
        colour: its place among the colours of the theme.
        chance: whether it is what chance gives.
    """

    name: str
    shares: Sequence[float | None]
    errors: Sequence[float]
    colour: int
    chance: bool = False


def along(
    curves: Sequence[Curve], moments: Sequence[str], titles: tuple[str, str, str], dark: bool
) -> Figure:
    """Curves along the moments of a training, which stand side by side.

    Args:
        curves: of one height.
        moments: what stands under each.
        titles: of the figure, of its horizontal and of its vertical axis.
        dark: which theme is on screen.
    """
    figure, colours = Figure(), theme(dark)
    places = list(range(len(moments)))
    for curve in curves:
        colour = colours.series[curve.colour]
        figure.add_scatter(
            x=places,
            y=list(curve.shares),
            mode="lines+markers",
            name=curve.name,
            showlegend=not curve.chance,
            line={
                "color": colour,
                "width": 2.5 if curve.chance else 4,
                "dash": "dot" if curve.chance else "solid",
            },
            marker={
                "size": 6 if curve.chance else 10,
                "color": colour,
                "symbol": "circle-open" if curve.chance else "circle",
            },
            error_y={
                "type": "data",
                "array": list(curve.errors),
                "visible": any(curve.errors),
                "thickness": 1.5,
            },
            customdata=list(moments),
            hovertemplate=f"{curve.name}<br>%{{customdata}} : %{{y:.1%}}<extra></extra>",
        )
    title, x, y = titles
    layout(figure, dark, title, x, y, HEIGHT)
    step = -(-len(moments) // MOST_NAMED)
    named = places[::-1][::step][::-1]  # the last one in any case
    highest = max(
        [
            share + error
            for curve in curves
            for share, error in zip(curve.shares, curve.errors, strict=True)
            if share is not None
        ],
        default=0.0,
    )
    top = min(max(highest * ROOM, LEAST_TOP), 1.04)
    figure.update_yaxes(**percents(0, top), range=[0, top])
    figure.update_xaxes(
        tickvals=named,
        ticktext=[moments[place] for place in named],
        tickangle=0,
        range=[-0.5, len(moments) - 0.5],
    )
    figure.update_layout(margin_r=ASIDE)
    return legend_below(figure)
