"""Who meets whom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dashboard.corpus.wording import brief
from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, Figure, escaped, layout, theme
from moliere_core.exploration.network import Network

WIDTH, HEIGHT = 440, 460  # pixels, of half a projector
LETTER, LINE, GAP = 7.6, 17, 11  # pixels: of a name, and between its middle and its disc
LEADS = 6
X, Y = (-1.4, 1.4), (-1.25, 1.12)  # what is seen of the plane


def named(network: Network, chosen: str) -> dict[int, float]:
    """Whose names are written, and how far above the middle of their discs, in pixels.

    Those who say most come first, below or above their discs, where fewer others lie. A name that
    would cover another or leave the figure is not written, nor one that would cover a disc, but
    for the LEADS who say most and whoever is chosen.
    """
    x = (network.positions[:, 0] - X[0]) / (X[1] - X[0]) * WIDTH
    y = (network.positions[:, 1] - Y[0]) / (Y[1] - Y[0]) * HEIGHT
    radii = sizes(network) / 2
    half = np.array([LETTER / 2 * len(brief(name)) for name in network.names])
    placed: dict[int, float] = {}

    def free(node: int, shift: float) -> bool:
        return half[node] <= x[node] <= WIDTH - half[node] and all(
            abs(y[node] + shift - y[other] - above) >= LINE
            or abs(x[node] - x[other]) >= half[node] + half[other]
            for other, above in placed.items()
        )

    def covered(node: int, shift: float) -> int:
        beside = np.abs(x - x[node]) < half[node] + radii
        return int((beside & (np.abs(y - y[node] - shift) < LINE / 2 + radii)).sum())

    for node in sorted(range(len(network.names)), key=lambda n: network.names[n] != chosen):
        gap = float(radii[node]) + GAP
        if places := [shift for shift in (-gap, gap) if free(node, shift)]:
            shift = min(places, key=lambda shift: covered(node, shift))
            if node < LEADS or network.names[node] == chosen or not covered(node, shift):
                placed[node] = shift
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
    for node, shift in named(network, chosen).items():
        figure.add_annotation(
            x=x[node],
            y=y[node],
            text=escaped(brief(network.names[node])),
            showarrow=False,
            yshift=shift,
            font={"size": FONT - 2, "color": colours.ink, "shadow": halo},
        )
    layout(figure, dark, "", "", "", HEIGHT)
    figure.update_layout(showlegend=False, margin={"l": 0, "r": 0, "t": 10, "b": 0})
    figure.update_xaxes(visible=False, range=X)
    figure.update_yaxes(visible=False, range=Y)
    return figure
