"""Several stored runs: on one common text, their curves over each other, what each writes."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard.shared import cached, charts, i18n, naming, sources, stored_runs, tables
from dashboard.shared.i18n import _
from dashboard.training import controls, figures, results, wording
from dashboard.training.views import follow
from moliere_core.text.normalise import normalise
from moliere_core.training.session import SAMPLE_TEMPERATURE

COMMON_CHARS = 10_000  # of the common text: a quarter of a second a model of 256 units
_TEXT = "training.text"


def show(references: tuple[str, ...]) -> None:
    """The text, and what each of the models makes of it; how they learned; what they write."""
    _table(references, _common_text())
    rows = {row.reference: row.name for row in stored_runs.stored_runs()}
    names = {reference: rows.get(reference, reference) for reference in references}
    chart, texts = st.columns([1.75, 1], gap="medium")
    with chart:
        _curves(names)
    with texts, st.container(height=charts.pixels(figures.HEIGHT) + 60, border=True):
        _samples(names)


def _curves(names: Mapping[str, str]) -> None:
    """The validation of each, over the others'."""
    measure = controls.MEASURE.ask(visible=False)
    runs = [(name, results.validation(ref, measure)) for ref, name in names.items()]
    st.plotly_chart(
        charts.enlarged(figures.compared_figure(runs, st.context.theme.type == "dark", measure)),
        key="training.compared",
        config={"displayModeBar": False},
        alt=wording.compared(runs, measure),
    )
    st.caption(
        _(
            "Ces courbes sont celles de l’apprentissage, chacun sur le texte qu’il a mis de côté : "
            "pour classer, lisez le tableau, où le texte est le même."
        )
    )


def _samples(names: Mapping[str, str]) -> None:
    """One text of each, with the same draws."""
    st.caption(wording.same_draws(SAMPLE_TEMPERATURE))
    with st.spinner(_("Chacun écrit…")):
        for place, (reference, name) in enumerate(names.items()):
            colour = figures.run_colour(place, st.context.theme.type == "dark")
            follow.sample(name, results.sample(reference), colour)


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


def _table(references: tuple[str, ...], text: str) -> None:
    """Bits per character of each model on the same text, the best first."""
    if not text:
        st.info(_("Le texte commun est vide : collez quelques répliques."))
        return
    rows = {row.reference: row for row in stored_runs.stored_runs()}
    answers = {True: _("oui"), False: _("non"), None: _("on ne sait pas")}
    found = []
    with st.spinner(_("Chacun lit le texte…")):
        for reference in references:
            name = rows[reference].name if reference in rows else reference
            bits = results.bits_on(reference, text)
            found.append(
                (bits, name, cached.card(reference), stored_runs.has_read(reference, text))
            )
    found.sort(key=lambda row: row[0])
    table_of_runs(
        {
            _("Rang"): list(range(1, len(found) + 1)),
            _("Modèle"): [name for _bits, name, _card, _read in found],
            _("Bits par caractère"): [rounded(bits) for bits, *_rest in found],
            _("Paramètres"): [card.parameters for _bits, _name, card, _read in found],
            _("A lu ce texte"): [answers[read] for *_rest, read in found],
        }
    )
    st.caption(
        _(
            "Les {chars} mêmes caractères pour tous. Qui a lu ce texte pendant "
            "l’apprentissage a un avantage."
        ).format(chars=i18n.number(len(text)))
    )


def table_of_runs(columns: Mapping[str, object]) -> None:
    """A table of runs."""
    frame = pd.DataFrame(dict(columns))
    tables.scrolled(
        frame,
        hide_index=True,
        width="stretch",
        row_height=44,
        placeholder="–",
        column_config={
            _("Bits par caractère"): st.column_config.NumberColumn(format="localized"),
            _("Paramètres"): st.column_config.NumberColumn(format="localized"),
        },
    )


def rounded(bits: float | None) -> float | None:
    """To what two runs are told apart by."""
    return None if bits is None else round(bits, 3)
