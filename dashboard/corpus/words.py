"""The commonest words."""

from __future__ import annotations

import streamlit as st

from dashboard.corpus import cached, fields, lookup, said
from dashboard.corpus.figures import bars
from dashboard.shared import charts as figures
from dashboard.shared import i18n, widgets
from dashboard.shared.i18n import _
from moliere_core.exploration import Selection

SHOWN, TOLD = 15, 100  # words in the figure, and in its data
_FIGURE, _PICKED = "corpus.words", "corpus.open.top"


def show(source: str, selection: Selection) -> None:
    """The commonest words, each of which opens."""
    left, right = st.columns([1.7, 1], gap="medium")
    with right:
        stops = lookup.flag(
            fields.COMMON_STOPS,
            _("Montrer les mots-outils"),
            _(
                "Le, de, que, vous… : la liste française du paquet stop-words, sans ses noms "
                "communs, avec des formes élidées et les graphies du XVIIᵉ siècle."
            ),
        )
        table = cached.top_words(source, selection, stops, TOLD)
        total = cached.summary(source, selection).words
        if table.empty:
            st.info(_("Il n’y a pas de mot dans cette partie du corpus."))
            return
        first = table.iloc[0]
        st.markdown(
            _("Le plus fréquent, **{word}**, revient {rate} fois pour 10 000 mots.").format(
                word=widgets.plain(str(first["word"])), rate=i18n.number(first["rate"], 0)
            )
        )
        lookup.open_words(list(table["word"].head(SHOWN)), _PICKED)
        st.caption(
            _("Sur {words} mots : {part}.").format(
                words=i18n.number(total), part=widgets.plain(said.part(source, selection))
            )
        )
    with left:
        shown = table.head(SHOWN)
        figures.show(
            bars.words_figure(shown, figures.dark()),
            _FIGURE,
            table.rename(
                columns={
                    "word": _("mot"),
                    "count": _("occurrences"),
                    "rate": _("pour 10 000 mots"),
                }
            ),
            _("Mots les plus fréquents : {words}.").format(
                words=", ".join(
                    f"{w} ({c})" for w, c in zip(shown["word"], shown["count"], strict=True)
                )
            ),
            on_select=_open_bar,
        )


def _open_bar() -> None:
    if word := figures.clicked(_FIGURE):
        lookup.open_word(word)
