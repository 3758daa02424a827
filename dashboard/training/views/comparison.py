"""Several stored runs: how they learned, how each fares on one common text, what each writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.shared import (
    cached,
    charts,
    i18n,
    naming,
    sources,
    state,
    stored_runs,
    tables,
)
from dashboard.shared.i18n import _
from dashboard.training import controls, figures, results, wording
from dashboard.training.views import follow
from moliere_core.models import samples
from moliere_core.text.normalise import normalise

COMMON_CHARS = 10_000  # of the common text: a quarter of a second a model of 256 units
ABREAST = 3  # samples side by side
_TEXT = "training.text"


@dataclass(frozen=True)
class Compared:
    """One of the models that are compared.

    Attributes:
        reference: of it.
        name: what people call it.
        bits: per character of the common text; None where there is none.
    """

    reference: str
    name: str
    bits: float | None


def show(references: tuple[str, ...]) -> None:
    """Their curves over each other; beside them the ranking on one text; what each writes."""
    text = _common_text()
    compared = _compared(references, text)
    with st.container(key="training-compared"):
        left, right = st.columns([1.35, 1], gap="medium")
    with left:
        _curves(compared)
    with right:
        _ranking(compared, text)
    _samples(compared)


def _compared(references: Sequence[str], text: str) -> list[Compared]:
    """The models, the best on the text first."""
    names = {row.reference: row.name for row in stored_runs.stored_runs()}
    with st.spinner(_("Chacun lit le texte…")):
        found = [
            Compared(
                reference,
                names.get(reference, reference),
                results.bits_on(reference, text) if text else None,
            )
            for reference in references
        ]
    return sorted(found, key=lambda one: one.bits or 0.0)


def _curves(compared: Sequence[Compared]) -> None:
    """The validation of each, over the others', numbered as in the ranking."""
    measure = state.value(controls.MEASURE)
    runs = [(one.name, results.validation(one.reference, measure)) for one in compared]
    st.plotly_chart(
        charts.enlarged(figures.compared_figure(runs, charts.dark(), measure)),
        key="training.compared",
        config=charts.config("training.compared"),
        alt=wording.compared(runs, measure),
    )
    tables.download(lambda: results.points(runs), "training.compared")
    st.caption(
        _(
            "Ces courbes sont celles de l’apprentissage, chacun sur le texte qu’il a mis de côté : "
            "pour classer, lisez le tableau, où le texte est le même."
        )
    )


def _samples(compared: Sequence[Compared]) -> None:
    """One text of each, with the same draws."""
    st.caption(wording.same_draws(samples.TEMPERATURE))
    with st.spinner(_("Chacun écrit…")):
        for first in range(0, len(compared), ABREAST):
            columns = st.columns(min(ABREAST, len(compared)), gap="medium")
            row = list(enumerate(compared))[first : first + ABREAST]
            for column, (place, one) in zip(columns, row, strict=False):
                with column:
                    colour = figures.run_colour(place, charts.dark())
                    follow.sample(_placed(place, one), results.sample(one.reference), colour)


def _common_text() -> str:
    """The text on which all are compared: what a corpus holds out, or one that is typed."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = controls.COMMON.ask({name: naming.source(name) for name in sources.available()})
    if kind == controls.CommonText.TYPED:
        return normalise(
            st.text_area(
                _("Texte"),
                key=_TEXT,
                max_chars=COMMON_CHARS,
                height=120,
                placeholder=_("Collez ici quelques répliques qu’aucun n’a lues."),
            )
            or ""
        )
    return results.held_out_text(kind.removeprefix("held:"))[:COMMON_CHARS]


def _ranking(compared: Sequence[Compared], text: str) -> None:
    """Bits per character of each model on the same text, the best first."""
    if not text:
        st.info(_("Le texte commun est vide : collez quelques répliques."))
    columns: dict[str, list[str]] = {
        _("Modèle"): [_placed(place, one) for place, one in enumerate(compared)],
        _("Bits par caractère"): [
            "–" if one.bits is None else i18n.number(one.bits, 3) for one in compared
        ],
        _("Paramètres"): [i18n.number(cached.card(one.reference).parameters) for one in compared],
    }
    read = [stored_runs.has_read(one.reference, text) if text else False for one in compared]
    if any(known is not False for known in read):  # where none has, it would say nothing
        answers = {True: _("oui"), False: _("non"), None: _("on ne sait pas")}
        columns[_("A lu ce texte")] = [answers[known] for known in read]
    rows = list(zip(*columns.values(), strict=True))
    colours = [figures.run_colour(place, charts.dark()) for place in range(len(compared))]
    tables.show(list(columns), rows, keys=[("⬤", colour) for colour in colours])
    st.caption(
        _(
            "Les {chars} mêmes caractères pour tous. Qui a lu ce texte pendant "
            "l’apprentissage a un avantage."
        ).format(chars=i18n.number(len(text)))
    )


def _placed(place: int, one: Compared) -> str:
    """A model after its place in the ranking."""
    return f"{place + 1}. {one.name}"
