"""The views of the Corpus page; what is not on screen is not computed."""

from __future__ import annotations

import streamlit as st

from dashboard.corpus import (
    cached,
    concordance,
    fields,
    keywords,
    letters,
    overview,
    people,
    raw,
    snippet,
    variety,
    word,
    words,
)
from dashboard.shared import widgets
from dashboard.shared.i18n import _
from moliere_core.exploration import Selection

_SHOW = {
    "raw": raw.show,
    "figures": overview.show,
    "words": words.show,
    "word": word.show,
    "lines": concordance.show,
    "voices": people.show,
    "keywords": keywords.show,
    "variety": variety.show,
    "letters": letters.show,
}


def choose() -> str:
    """Which view."""
    labels = {
        "raw": _("Tel quel"),
        "figures": _("En chiffres"),
        "words": _("Mots"),
        "word": _("Un mot"),
        "lines": _("Concordance"),
        "voices": _("Personnages"),
        "keywords": _("Mots caractéristiques"),
        "variety": _("Zipf et variété"),
        "letters": _("Caractères"),
    }
    with st.container(key="corpus-views"):
        return widgets.segmented(fields.VIEW, _("Vue"), labels, visible=False)


def show(view: str, source: str, selection: Selection) -> None:
    """Show a view of the part of the corpus that is selected."""
    if len(cached.index(source).part(selection).rows) == 0:
        st.info(
            _(
                "Aucune réplique ne répond à ce filtre : choisissez une autre pièce, une autre "
                "forme ou un autre personnage."
            )
        )
        return
    _SHOW[view](source, selection)


def code(view: str, source: str, selection: Selection) -> str:
    """The cell of the view on screen."""
    first = cached.index(source).corpus.plays[0]
    return snippet.code(source, first, selection, view, _word() or fields.WORD.default)


def tried(view: str, selection: Selection) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    session = st.session_state
    return {
        "raw": view == "raw",
        "stops": view == "words" and bool(session.get(fields.COMMON_STOPS.key)),
        "word": view == "word" and _word() not in ("", fields.WORD.default),
        "sorted": view == "lines" and session.get(fields.ORDER.key) == "right",
        "network": view == "voices" and bool(selection.play),
        "keywords": view == "keywords" and bool(selection.play),
        "forms": view == "letters" and selection.form in ("verse", "prose"),
    }


def _word() -> str:
    return str(st.session_state.get(fields.WORD.key) or "").strip()
