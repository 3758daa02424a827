"""The word that is looked for: typed, or picked among others, and opened."""

from __future__ import annotations

import streamlit as st

from dashboard.corpus import fields
from dashboard.shared import state, widgets
from dashboard.shared.i18n import _

_SUGGESTED = "corpus.open.like"


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
