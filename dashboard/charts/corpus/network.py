"""Who meets whom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dashboard.charts.common import FONT, Figure, layout, theme
from dashboard.charts.corpus.text import brief
from dashboard.i18n import _
from moliere_core.exploration.network import Network

WIDTH, HEIGHT = 440, 460  # pixels, of half a projector
LETTER, LINE = 8.5, 17  # pixels, of a name
X, Y = (-1.4, 1.4), (-1.25, 1.12)  # what is seen of the plane; the names are below the discs


def named(network: Network, chosen: str) -> list[int]:
    """Whose names are written: those who say most first, as far as no name covers another."""
    order = sorted(range(len(network.names)), key=lambda node: network.names[node] != chosen)
    x = (network.positions[:, 0] - X[0]) / (X[1] - X[0]) * WIDTH
    y = (Y[1] - network.positions[:, 1]) / (Y[1] - Y[0]) * HEIGHT + sizes(network) / 2
    placed: list[int] = []
    half = [LETTER / 2 * len(brief(name)) for name in network.names]
    for node in order:
        if all(
            abs(y[node] - y[other]) >= LINE or abs(x[node] - x[other]) >= half[node] + half[other]
            for other in placed
        ):
            placed.append(node)
    return placed


def sizes(network: Network) -> NDArray[np.float64]:
    """(nodes,) diameters of the discs in pixels: their area is what each says."""
    most = max(int(network.words.max(initial=1)), 1)
    found: NDArray[np.float64] = 16 + 44 * np.sqrt(network.words / most)
    return found


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
    diameters = sizes(network)
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers",
        marker={
            "size": diameters,
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
    for node in named(network, chosen):
        figure.add_annotation(
            x=x[node],
            y=y[node],
            text=brief(network.names[node]),
            showarrow=False,
            yshift=-(diameters[node] / 2 + 11),
            font={"size": FONT - 2, "color": colours.ink, "shadow": halo},
        )
    layout(figure, dark, "", "", "", HEIGHT)
    figure.update_layout(showlegend=False, margin={"l": 0, "r": 0, "t": 10, "b": 0})
    figure.update_xaxes(visible=False, range=X)
    figure.update_yaxes(visible=False, range=Y)
    return figure
