"""Several stored runs on one common text."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard.shared import cached, downloads, i18n, naming, sources, stored_runs
from dashboard.shared.i18n import _
from dashboard.training import controls, results
from moliere_core.text.normalise import normalise

COMMON_CHARS = 10_000  # of the common text: a quarter of a second a model of 256 units
_TEXT = "training.text"


def show(references: tuple[str, ...]) -> None:
    """The text, and what each of the models makes of it."""
    _table(references, _common_text())


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
    downloads.table(
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
