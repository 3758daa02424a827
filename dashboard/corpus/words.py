"""Words: the commonest, and the trend and dispersion of one."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import figures, i18n, state, widgets
from dashboard.charts import corpus as charts
from dashboard.corpus import cached, fields, said
from dashboard.i18n import _, ngettext
from moliere_core.exploration import Selection

SHOWN, TOLD = 15, 100  # words in the figure, and in its data
_FIGURE, _PICKED, _SUGGESTED = "corpus.words", "corpus.open.top", "corpus.open.like"


def top(source: str, selection: Selection) -> None:
    """The commonest words, each of which opens."""
    left, right = st.columns([1.7, 1], gap="medium")
    with right:
        stops = flag(
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
        open_words(list(table["word"].head(SHOWN)), _PICKED)
        st.caption(
            _("Sur {words} mots : {part}.").format(
                words=i18n.number(total), part=widgets.plain(said.part(source, selection))
            )
        )
    with left:
        shown = table.head(SHOWN)
        figures.show(
            charts.words_figure(shown, figures.dark()),
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


def open_words(words: list[str], key: str, label: str = "") -> None:
    """Words as buttons; each opens its trend and concordance."""
    st.pills(
        label or _("Ouvrir un mot"),
        words,
        format_func=widgets.plain,
        key=key,
        on_change=_open_pill,
        args=(key,),
    )


def one(source: str, selection: Selection) -> None:
    """How often one word occurs in each play, and where."""
    with st.container(horizontal=True, vertical_alignment="center"):
        query = asked()
        st.button(
            _("Voir les lignes"),
            key="corpus.tolines",
            icon=":material/format_align_center:",
            on_click=state.change,
            args=(fields.VIEW, "lines"),
            disabled=not query,
        )
    if not query:
        return
    found = cached.word(source, selection, query)
    if not found.count:
        absent(query, found.suggestions)
        return
    _sentence(found)
    one_play = len(found.plays) == 1
    figures.show(
        charts.dispersion_figure(found.where[0], found.acts, figures.dark())
        if one_play
        else charts.trend_figure(found.plays, found.where, figures.dark()),
        "corpus.trend",
        found.plays.rename(
            columns={
                "play": _("pièce"),
                "title": _("titre"),
                "count": _("occurrences"),
                "words": _("mots"),
                "rate": _("pour 10 000 mots"),
            }
        ),
        _trend_alt(query, found.plays),
    )
    if not one_play:
        told = _(
            "À gauche, « {word} » pour 10 000 mots de chaque pièce ; à droite, sa place, du "
            "premier au dernier mot de la pièce, en {slices} cases."
        )
        st.caption(told.format(word=widgets.plain(query), slices=cached.SLICES))


def asked() -> str:
    """The word that is looked for, shared by its trend and its concordance."""
    state.restore(fields.WORD)
    typed = st.text_input(
        _("Mot cherché"),
        key=fields.WORD.key,
        max_chars=80,
        placeholder=_("un mot, plusieurs à la suite, ou aim* pour tous ceux qui commencent ainsi"),
        on_change=_from_the_start,
        label_visibility="collapsed",
    )
    word = state.keep(fields.WORD, (typed or "").strip())
    if not word:
        st.info(
            _(
                "Tapez un mot, comme *argent* ; plusieurs à la suite, comme *mon père* ; ou "
                "*aim\\**, pour tout ce qui commence ainsi."
            )
        )
    return word


def absent(query: str, suggestions: list[str]) -> None:
    """Say that a word is nowhere, and what looks like it."""
    st.info(
        _(
            "« {word} » n’est pas dans cette partie du corpus : essayez un autre mot, ou "
            "élargissez le filtre."
        ).format(word=widgets.plain(query))
    )
    if suggestions:
        open_words(suggestions, _SUGGESTED, _("Ou l’un de ceux-ci, qui lui ressemblent :"))


def flag(field: state.Field[bool], label: str, help: str) -> bool:
    """Yes or no, with an address."""
    state.restore(field)
    return state.keep(field, st.toggle(label, key=field.key, help=help))


def _sentence(found: cached.Word) -> None:
    parts = [
        ngettext("**{count}** occurrence", "**{count}** occurrences", found.count).format(
            count=i18n.number(found.count)
        ),
        _("{rate} pour 10 000 mots").format(
            rate=i18n.number(found.count * 1e4 / max(int(found.plays["words"].sum()), 1), 1)
        ),
    ]
    if found.deviation is not None:
        parts.append(
            _("dispersion {value} (0 : partout, 1 : en un seul endroit)").format(
                value=i18n.number(found.deviation, 2)
            )
        )
    st.markdown(" · ".join(parts))


def _trend_alt(query: str, plays: pd.DataFrame) -> str:
    best = plays.sort_values("rate", ascending=False).head(3)
    told = ", ".join(
        f"{title} ({i18n.number(rate, 1)})"
        for title, rate in zip(best["title"], best["rate"], strict=True)
    )
    return _(
        "Occurrences de « {word} » pour 10 000 mots, pièce par pièce. Les plus hautes : {plays}."
    ).format(word=query, plays=told)


def open_word(word: str) -> None:
    """Go to a word's trend."""
    state.change(fields.WORD, word)
    state.change(fields.VIEW, "word")
    _from_the_start()


def _from_the_start() -> None:
    state.change(fields.FIRST, 0)


def _open_pill(key: str) -> None:
    if word := st.session_state.pop(key, None):
        open_word(word)


def _open_bar() -> None:
    points = st.session_state[_FIGURE]["selection"]["points"]
    if points:
        open_word(str(points[0]["customdata"]))
