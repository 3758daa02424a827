"""The commonest words."""

from __future__ import annotations

import streamlit as st

from dashboard.corpus import controls, results, wording
from dashboard.corpus.figures import bars
from dashboard.shared import charts, i18n, widgets
from dashboard.shared.i18n import _
from moliere_core.exploration import Selection

SHOWN, TOLD = 15, 100  # words in the figure, and in its data
_FIGURE = "corpus.words"


def show(source: str, selection: Selection) -> None:
    """The commonest words, each of which opens."""
    left, right = st.columns([1.7, 1], gap="medium")
    with right:
        stops = controls.COMMON_STOPS.ask()
        corpus = results.index(source).corpus
        table = results.top_words(source, selection, stops, TOLD)
        total = results.summary(source, selection).words
        if table.empty:
            st.info(_("Il n’y a pas de mot dans cette partie du corpus."))
            return
        first = table.iloc[0]
        st.markdown(
            _("Le plus fréquent, **{word}**, revient {rate} fois pour 10 000 mots.").format(
                word=widgets.plain(str(first["word"])), rate=i18n.number(first["rate"], 0)
            )
        )
        controls.pick(list(table["word"].head(SHOWN)), "corpus.open.top")
        st.caption(
            _("Sur {words} mots : {part}.").format(
                words=i18n.number(total),
                part=widgets.plain(wording.part(corpus, selection)),
            )
        )
    with left:
        shown = table.head(SHOWN)
        charts.show(
            bars.words_figure(shown, charts.dark()),
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
            on_select=lambda: controls.open_word(charts.clicked(_FIGURE)),
        )
