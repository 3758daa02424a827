"""Bits per character against what they cost, in parameters or seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.experiments.figures.past import HEIGHT, run_colour
from dashboard.shared import i18n
from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, Figure, layout, spread

WIDE = 1.5  # of an axis, so that a name beside the last point stays inside
LETTER = 0.019  # of the width of a figure, for each letter of a longer name
LEAST = 0.1  # of what is most dear: networks that differ by less stand side by side
NEAR = 0.09  # of the height of a figure: names nearer than this are pushed apart


@dataclass(frozen=True)
class Cost:
    """Bits against what they cost, at the end of each epoch, of one run.

    Attributes:
        name: of the run.
        x: parameters or seconds.
        bits: per character.
        live: whether it was trained here.
    """

    name: str
    x: tuple[float, ...]
    bits: tuple[float, ...]
    live: bool = False


def cost(runs: Sequence[Cost], dark: bool, text: str, x: str, x_title: str) -> Figure:
    """Bits per character against parameters or seconds; a line where there are several epochs.

    Args:
        runs: what is compared.
        dark: which theme is on screen.
        text: on which it was measured, for the title.
        x: "parameters" or "seconds".
        x_title: the name of that axis, with its unit.
    """
    figure = Figure()
    lowest = min(min(run.bits) for run in runs)
    highest = max(max(run.bits) for run in runs)
    gap = max((highest - lowest) * 0.12, 0.02)
    low, high = lowest - gap, highest + gap
    heights = spread([run.bits[-1] for run in runs], NEAR * (high - low), low, high)
    for place, (run, height) in enumerate(zip(runs, heights, strict=True)):
        colour = run_colour(place, dark)
        sizes = [8.0] * (len(run.x) - 1) + [16.0 if not run.live else 20.0]
        figure.add_scatter(
            x=run.x,
            y=run.bits,
            mode="lines+markers",
            line={"color": colour, "width": 3},
            marker={
                "size": sizes,
                "color": colour,
                "symbol": "star" if run.live else "circle",
                "opacity": 1,
            },
            name=run.name,
            text=[i18n.bits(value, 3) for value in run.bits],
            hovertemplate=f"{run.name}<br>%{{x:,.0f}} → %{{text}}<extra></extra>",
            cliponaxis=False,
        )
        figure.add_annotation(
            x=run.x[-1],
            y=height,
            text=f"<b>{run.name}</b>",
            font={"size": FONT, "color": colour},
            showarrow=False,
            xanchor="left",
            xshift=14,
        )
    layout(
        figure,
        dark,
        _("Mesuré sur {text}").format(text=text),
        x_title,
        _("bits par caractère"),
        HEIGHT,
    )
    figure.update_yaxes(range=[low, high])
    first = min(min(run.x) for run in runs) if x == "parameters" else 0.0
    last = max(max(run.x) for run in runs)
    width, longest = max(last - first, LEAST * last), max(len(run.name) for run in runs)
    wide = max(WIDE, 1 / (1 - min(LETTER * longest, 0.6)))
    figure.update_xaxes(range=[first - 0.05 * width, first + wide * width], tickformat=",")
    figure.update_layout(showlegend=False)
    return figure
