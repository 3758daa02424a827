"""The compromise: how much of a text is made of words, against how much of it is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.shared import i18n
from dashboard.shared.i18n import _
from dashboard.shared.plotting import FONT, Figure, layout, legend_below, percents, theme

HEIGHT = 480


@dataclass(frozen=True)
class Mark:
    """Texts of one setting: the mean of several seeds.

    Attributes:
        label: beside the mark, "" for none.
        words: share of the long words that are words; its deviation over the seeds.
        new: share of runs of twelve characters that were never read; its deviation.
        chosen: whether the class has chosen this setting.
    """

    label: str
    words: float
    words_deviation: float
    new: float
    new_deviation: float
    chosen: bool = False


@dataclass(frozen=True)
class Path:
    """The settings of one model, from cold to hot.

    Attributes:
        name: of the model, and of what its draws leave out.
        marks: in the order of the temperatures.
        quiet: whether it stands beside the one that the page is about.
        dashed: whether its draws leave out unlikely characters.
    """

    name: str
    marks: Sequence[Mark]
    quiet: bool = False
    dashed: bool = False


def compromise(paths: Sequence[Path], real: Mark, dark: bool) -> Figure:
    """Each model's path from cold to hot, and real plays as a star.

    Args:
        paths: of the models.
        real: what plays score that no model has read.
        dark: which theme is on screen.
    """
    figure, colours = Figure(), theme(dark)
    quiet = 0
    for path in paths:
        colour = colours.series[0]
        if path.quiet:
            quiet += 1
            colour = colours.series[quiet]
        elif path.dashed:
            colour = colours.series[4]
        figure.add_scatter(
            x=[mark.words for mark in path.marks],
            y=[mark.new for mark in path.marks],
            mode="lines+markers" if path.quiet or path.dashed else "lines+markers+text",
            name=path.name,
            text=[mark.label for mark in path.marks],
            textposition="top left",
            textfont={"size": FONT - 2, "color": colour},
            line={
                "color": colour,
                "width": 1.5 if path.quiet else 3,
                "dash": "dot" if path.dashed else "solid",
            },
            marker={"size": 6 if path.quiet else 11, "color": colour},
            error_x=_error([mark.words_deviation for mark in path.marks], path.quiet),
            error_y=_error([mark.new_deviation for mark in path.marks], path.quiet),
            hovertemplate=f"{path.name}, T = %{{text}}<br>%{{x:.1%}} · %{{y:.1%}}<extra></extra>",
        )
    chosen = [mark for path in paths if not path.quiet for mark in path.marks if mark.chosen]
    if chosen:
        figure.add_scatter(
            x=[mark.words for mark in chosen],
            y=[mark.new for mark in chosen],
            mode="markers",
            name=_("vos températures"),
            marker={
                "size": 24,
                "symbol": "circle-open",
                "color": colours.ink,
                "line": {"width": 3},
            },
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=[real.words],
        y=[real.new],
        mode="markers+text",
        name=real.label,
        text=[real.label],
        textposition="top center",
        textfont={"size": FONT, "color": colours.ink},
        marker={"size": 22, "symbol": "star", "color": colours.ink},
        error_x=_error([real.words_deviation]),
        error_y=_error([real.new_deviation]),
        hovertemplate="%{x:.1%} · %{y:.1%}<extra></extra>",
    )
    title = _("Invente-t-il des mots ? Récite-t-il ?")
    words = _("longs mots qui existent")
    layout(figure, dark, title, words, _("suites de 12 caractères jamais lues"), HEIGHT)
    marks = [mark for path in paths for mark in path.marks]
    left = max(min(mark.words for mark in marks) - 0.05, 0)
    low = max(min(mark.new for mark in marks) - 0.08, 0)
    figure.update_xaxes(**percents(left, 1), range=[left, 1.04])
    figure.update_yaxes(**percents(low, 1), range=[low, 1.08])
    return legend_below(figure)


@dataclass(frozen=True)
class Step:
    """A setting, and how far it is from real plays.

    Attributes:
        temperature: of its draws.
        gap: in standard deviations of real plays; None where it has no figure.
        deviation: of the gap over the seeds.
        chosen: whether the class has chosen it.
        best: whether none is nearer.
    """

    temperature: float
    gap: float | None
    deviation: float
    chosen: bool = False
    best: bool = False


@dataclass(frozen=True)
class Line:
    """The settings of one model along the temperatures.

    Attributes:
        name: of the model, and of what its draws leave out.
        steps: in the order of the temperatures.
        dashed: whether its draws leave out unlikely characters.
    """

    name: str
    steps: Sequence[Step]
    dashed: bool = False


def distance(lines: Sequence[Line], dark: bool) -> Figure:
    """How far from real plays, along the temperatures; the nearest setting is a large mark."""
    figure, colours = Figure(), theme(dark)
    for line in lines:
        colour = colours.series[4 if line.dashed else 0]
        figure.add_scatter(
            x=[step.temperature for step in line.steps],
            y=[step.gap for step in line.steps],
            mode="lines+markers",
            name=line.name,
            line={"color": colour, "width": 3, "dash": "dot" if line.dashed else "solid"},
            marker={"size": [20 if step.best else 9 for step in line.steps], "color": colour},
            error_y=_error([step.deviation for step in line.steps]),
            hovertemplate=f"{line.name}, T = %{{x}}<br>%{{y:.2f}}<extra></extra>",
        )
    chosen = [s for line in lines for s in line.steps if s.chosen and s.gap is not None]
    if chosen:
        figure.add_scatter(
            x=[step.temperature for step in chosen],
            y=[step.gap for step in chosen],
            mode="markers",
            marker={
                "size": 24,
                "symbol": "circle-open",
                "color": colours.ink,
                "line": {"width": 3},
            },
            showlegend=False,
            hoverinfo="skip",
        )
    title = _("À quelle distance du vrai Molière ?")
    layout(figure, dark, title, _("température"), _("écarts types"), HEIGHT)
    figure.update_yaxes(rangemode="tozero")
    return legend_below(figure)


def _error(values: Sequence[float], hidden: bool = False) -> dict[str, object]:
    return {"type": "data", "array": list(values), "visible": not hidden, "thickness": 1.5}


def named(temperature: float) -> str:
    """A temperature beside its mark."""
    return i18n.number(temperature, 1)
