"""The one axis: a text, a drawing, and the models that are measured meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st

from dashboard.bridge import controls, fetching, marks, measuring
from dashboard.bridge.controls import Settings
from dashboard.bridge.figures import axis as figures
from dashboard.bridge.measuring import Measuring
from dashboard.bridge.wording import axis as wording
from dashboard.bridge.wording.models import name as called
from dashboard.shared import charts, following, guessed, i18n, widgets
from dashboard.shared.i18n import _
from moliere_core import pretrained
from moliere_core.measures import axis
from moliere_core.measures.axis import Point
from moliere_core.models.references import SHIPPED
from moliere_core.text import verse

MOST_CHARS = 5_000
_OWN, _PASTED = "axis.own", "axis.pasted"


@dataclass(frozen=True)
class Drawing:
    """What is to be drawn.

    Attributes:
        name: of the text, one of those of `controls.TEXT`.
        against: the drawing, one of those of `controls.AGAINST`.
        model: of the other pages, without its epoch; a run of the class joins the others.
        part: of a pasted text that has verse and prose, one of those of `controls.PART`; "" of
            another text.
    """

    name: str
    against: str
    model: str
    part: str = ""

    @property
    def other(self) -> str:
        """The text that it is compared with."""
        return "verse" if self.name == "modern" else "modern"


def show(settings: Settings) -> None:
    """The whole view; a run of the class joins the shipped models."""
    _axis(settings.model)
    fetching.buttons(settings.references)


def _axis(reference: str) -> None:
    with st.container(key="bridge-axis", horizontal=True, vertical_alignment="center"):
        name, against = controls.TEXT.ask(), controls.AGAINST.ask()
    text, part = _own(against) if name == "own" else (_shipped_text(name), "")
    drawing = Drawing(name, against, reference.partition("@")[0], part)
    if name == "own" and not text:
        measuring.want(())
        return
    wanted = () if text else tuple(to_measure(name, drawing.model))
    jobs = [
        measuring.bits(of, models, known_as != "modern")
        for known_as, of in ((name, text), (drawing.other, _shipped_text(drawing.other)))
        if of and (models := tuple(to_measure(known_as, drawing.model)))
    ]
    measuring.want(jobs)
    if not jobs:
        _draw(drawing, _known(name, text, drawing.model), wanted)
        return
    following.follow(jobs, partial(_watch, drawing, text, jobs, wanted))


def _own(against: str) -> tuple[str, str]:
    """A pasted text, and which part of it is wanted: the drawing of two texts has both."""
    st.session_state.setdefault(_OWN, st.session_state.get(_PASTED, ""))
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="center")
    pasted = left.text_area(
        _("Votre texte"),
        key=_OWN,
        max_chars=MOST_CHARS,
        height=94,
        placeholder=_("Collez un texte : chaque modèle lui donnera sa note."),
        label_visibility="collapsed",
    )
    st.session_state[_PASTED] = pasted
    text, part = (pasted or "").strip(), ""
    with right:
        if len(verse.chars_by_form(text)) > 1:
            part = "all"
        if part and against != "two":
            part = controls.PART.ask()
        st.caption(wording.looks(text) if text else _("Vers et prose y seront mesurés à part."))
    return text, part


def _shipped_text(name: str) -> str | None:
    """The text itself, where it is at hand: the figures of the shipped models are, always."""
    if name == "modern":
        return axis.MODERN.read_text(encoding="utf-8").strip()
    return measuring.play_text(axis.VALIDATION[name])


def to_measure(name: str, model: str) -> list[str]:
    """What has no shipped figure for this text, and can be measured on this machine."""
    known = axis.shipped().points.get(name, {})
    compressors = axis.COMPRESSORS if measuring.training_text() is not None else ()
    tokens = [entry.name for entry in pretrained.entries() if entry.available]
    ours = [*axis.NGRAMS, *SHIPPED, model, axis.UNIFORM]
    return [m for m in dict.fromkeys([*ours, *compressors, *tokens]) if m not in known]


def _known(name: str, text: str | None, model: str) -> dict[str, Point]:
    """What is known of a text; the runs of others, measured on this server, stay out."""
    here = axis.stored(text) if text else {}
    return (
        axis.shipped().points.get(name, {})
        | axis.recorded(name)
        | guessed.point(axis.VALIDATION.get(name, name))
        | {
            reference: point
            for reference, point in here.items()
            if reference == model or not reference.startswith(("run:", "exp-"))
        }
    )


def _watch(
    drawing: Drawing, text: str | None, jobs: list[Measuring], wanted: tuple[str, ...]
) -> None:
    """The drawing so far; what it is compared with is measured after the text itself."""
    points, done = _known(drawing.name, text, drawing.model), True
    for job in jobs:
        if job.text == text:
            points, done = points | job.points, job.done()
    if now := next((job for job in jobs if not job.done()), None):
        told = _("Mesure en cours : {model} ({done} sur {all})").format(
            model=widgets.plain(called(now.now) or "…"),
            done=len(now.points) + len(now.errors),
            all=len(now.references),
        )
        st.progress(now.share, told)
    if points:
        _draw(drawing, points, wanted, said=done)
    for model, error in {m: e for job in jobs for m, e in job.errors.items()}.items():
        st.caption(f"{widgets.plain(model)} : {widgets.plain(i18n.sentence(error))}")


def _draw(
    drawing: Drawing, points: dict[str, Point], wanted: tuple[str, ...] = (), said: bool = True
) -> None:
    """The drawing, and what is said of it once all is measured."""
    everything, points = points, marks.drawn(points)
    compared = _known(drawing.other, _shipped_text(drawing.other), drawing.model)
    drawn, other = points, compared
    texts = controls.TEXT.options
    names = _(texts[drawing.name]), _(texts[drawing.other])
    heading = _("Note de chaque modèle sur : {text}").format(text=names[0])
    if drawing.against == "two":
        heading = _("Le même modèle sur deux textes")
        if drawing.part:
            drawn, other = (marks.of_form(points, form) for form in verse.FORMS)
            in_verse, in_prose = marks.FORMS.values()
            names = _(in_verse), _(in_prose)
            heading = _("Le même modèle en vers et en prose")
    elif drawing.part in verse.FORMS:
        drawn = marks.of_form(points, drawing.part)
        heading += f" ({_(marks.FORMS[drawing.part])})"
    kept = marks.marks(drawn, other)
    if not kept:
        return
    if drawing.against == "two":
        figure = figures.two_texts(kept, charts.dark(), heading, names)
    elif drawing.against == "bars":
        figure = figures.bars(kept, charts.dark(), heading)
    else:
        figure = figures.against(kept, charts.dark(), heading, drawing.against)
    best_of = points if drawing.against == "two" else drawn
    best_of = {m: p for m, p in best_of.items() if marks.family(m) != "class"}  # of few letters
    best = min(kept, key=lambda mark: mark.bits)
    charts.show(
        figure,
        f"axis.{drawing.against}",
        marks.table(everything, compared, bool(drawing.part)),
        _("{count} modèles ; le meilleur est {best}, à {bits} par caractère.").format(
            count=len(kept), best=best.name, bits=i18n.bits(best.bits)
        ),
        said=wording.caption(best_of, points, compared, drawing.name, drawing.part) if said else "",
    )
    st.caption(wording.notes(points, drawn, wanted))
