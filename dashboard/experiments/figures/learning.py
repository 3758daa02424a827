"""Bits per character, epoch after epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.experiments.figures.past import HEIGHT, run_colour
from dashboard.shared import i18n
from dashboard.shared.i18n import _
from dashboard.shared.plotting import Figure, layout, legend_below


@dataclass(frozen=True)
class Learned:
    """Bits at the end of each epoch, of one run, on what it reads and on what it does not."""

    name: str
    train: tuple[float, ...]
    validation: tuple[float, ...]


def learning(runs: Sequence[Learned], dark: bool, text: str) -> Figure:
    """Epoch after epoch: on what each reads (dashes) and on what it does not (solid).

    Args:
        runs: what is compared.
        dark: which theme is on screen.
        text: the one held out, for the title.
    """
    figure = Figure()
    for place, run in enumerate(runs):
        colour = run_colour(place, dark)
        for bits, dash in ((run.train, "dash"), (run.validation, "solid")):
            figure.add_scatter(
                x=list(range(1, len(bits) + 1)),
                y=bits,
                mode="lines",
                line={"color": colour, "width": 4 if dash == "solid" else 3, "dash": dash},
                name=run.name,
                showlegend=dash == "solid",
                text=[i18n.bits(value) for value in bits],
                hovertemplate="%{x} → %{text}<extra></extra>",
            )
        lowest = min(range(len(run.validation)), key=run.validation.__getitem__)
        figure.add_scatter(
            x=[lowest + 1],
            y=[run.validation[lowest]],
            mode="markers",
            marker={"size": 15, "color": colour, "symbol": "diamond"},
            showlegend=False,
            hoverinfo="skip",
        )
    layout(
        figure,
        dark,
        _("Jamais lu : {text}. ◆ le plus bas").format(text=text),
        _("époques ; tirets : le texte lu"),
        _("bits par caractère"),
        HEIGHT,
    )
    return legend_below(figure)
