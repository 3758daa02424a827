"""The one filter that all views of the Corpus page share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.corpus import cached, fields, said
from dashboard.shared import sources, state
from dashboard.shared.i18n import _
from moliere_core.exploration import Selection


def choose(view: str) -> tuple[str, Selection]:
    """Which corpus, by the identifier that `cached.index` reads, and which part of it.

    Where the corpus itself is shown, all that can be said about it and done with it is there, too;
    elsewhere it is chosen in the same row as the rest.
    """
    whole = view in ("raw", "figures")
    if whole:
        source = sources.panel()
    complaints = st.container()
    with st.container(key="corpus-filter"):
        places = st.columns([1.35, 1, 1.35] if whole else [1, 1.5, 1.05, 1.35])
    if not whole:
        with places[0]:
            source = sources.select(complaints)
    return source, _selection(source, places[-3:])


def _selection(source: str, places: Sequence[DeltaGenerator]) -> Selection:
    """Play, verse or prose, and who speaks."""
    with st.spinner(_("Lecture du corpus, mot par mot…"), show_time=True):
        index = cached.index(source)
    titles = index.corpus.titles
    forms = {"": _("Vers et prose"), "verse": _("Vers"), "prose": _("Prose"), "mixed": _("Mêlé")}
    with places[0]:
        play = _one(
            fields.PLAY,
            _("Pièce"),
            index.corpus.plays,
            lambda slug: said.short(titles[slug]) if slug else _("Toutes les pièces"),
        )
    with places[1]:
        form = _one(
            fields.FORM,
            _("Vers ou prose"),
            index.forms,
            lambda name: forms.get(name, name),
            _("Ce corpus ne dit pas si une réplique est en vers : sa colonne « form » est vide."),
        )
    with places[2]:
        speaker = _one(
            fields.SPEAKER,
            _("Personnage"),
            index.speakers_of(play),
            lambda name: name or _("Tous les personnages"),
            _("Ce corpus ne dit pas qui parle : sa colonne « speaker » est vide."),
        )
    return Selection(play, form, speaker)


def _one(
    field: state.Field[str],
    label: str,
    options: Sequence[str],
    told: Callable[[str], str],
    absent: str = "",
) -> str:
    """One of the options, or all of them; what the corpus does not have is all of them, too."""
    if state.restore(field) not in options:
        state.change(field, "")
    chosen = st.selectbox(
        label,
        ["", *options],
        format_func=told,
        key=field.key,
        disabled=not options,
        help=None if options else absent,
    )
    return state.keep(field, str(chosen))
