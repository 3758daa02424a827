"""The views of the Corpus page, a module each; what is not on screen is not computed."""

from __future__ import annotations

import streamlit as st

from dashboard.corpus import controls, results
from dashboard.corpus.views import (
    figures,
    keywords,
    letters,
    lines,
    raw,
    variety,
    voices,
    word,
    words,
)
from dashboard.shared.i18n import _
from dashboard.shared.views import View, chosen
from moliere_core.errors import N_
from moliere_core.exploration import Selection

VIEWS = {
    "raw": View(N_("Tel quel"), raw.show),
    "figures": View(N_("En chiffres"), figures.show),
    "words": View(N_("Mots"), words.show),
    "word": View(N_("Un mot"), word.show),
    "lines": View(N_("Concordance"), lines.show),
    "voices": View(N_("Personnages"), voices.show),
    "keywords": View(N_("Mots caractéristiques"), keywords.show),
    "variety": View(N_("Zipf et variété"), variety.show),
    "letters": View(N_("Caractères"), letters.show),
}
VIEW = chosen("corpus.view", "view", N_("Vue"), VIEWS, default="figures")


def choose() -> str:
    """Which view."""
    with st.container(key="corpus-views"):
        return VIEW.ask()


def show(view: str, source: str, selection: Selection) -> None:
    """Show a view of the part of the corpus that is selected."""
    if len(results.index(source).part(selection).rows) == 0:
        st.info(
            _(
                "Aucune réplique ne répond à ce filtre : choisissez une autre pièce, une autre "
                "forme ou un autre personnage."
            )
        )
        return
    VIEWS[view].show(source, selection)


def tried(view: str, selection: Selection) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    session = st.session_state
    return {
        "raw": view == "raw",
        "stops": view == "words" and bool(session.get(controls.COMMON_STOPS.key)),
        "word": view == "word" and controls.typed() not in ("", controls.WORD.default),
        "sorted": view == "lines" and session.get(controls.ORDER.key) == "right",
        "network": view == "voices" and bool(selection.play),
        "keywords": view == "keywords" and bool(selection.play),
        "forms": view == "letters" and selection.form in ("verse", "prose"),
    }
