"""Several stored runs on one common text."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import cached, i18n, naming, sources, state, stored_runs, widgets
from dashboard.shared.i18n import _
from dashboard.training import cached as training_cache
from dashboard.training import fields
from dashboard.training.stored import rounded, show
from moliere_core.text.normalise import normalise

COMMON_CHARS = 10_000  # of the common text: a quarter of a second a model of 256 units
_TEXT = "training.text"


def common_text() -> str:
    """The text on which all are compared: what a corpus holds out, or one that is typed."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        options = {f"held:{name}": naming.source(name) for name in sources.available()}
        if state.restore(fields.COMMON) not in {*options, "typed"}:
            state.change(fields.COMMON, fields.COMMON.default)
        kind = widgets.segmented(
            fields.COMMON,
            _("Texte commun"),
            {
                **{
                    key: _("texte gardé pour la mesure ({corpus})").format(corpus=name)
                    for key, name in options.items()
                },
                "typed": _("un texte à vous"),
            },
            visible=False,
        )
    if kind == "typed":
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
    return training_cache.held_out_text(kind.removeprefix("held:"))[:COMMON_CHARS]


def table(references: tuple[str, ...], text: str) -> None:
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
            bits = training_cache.bits_on(reference, text)
            found.append(
                (bits, name, cached.card(reference), stored_runs.has_read(reference, text))
            )
    found.sort(key=lambda row: row[0])
    show(
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
