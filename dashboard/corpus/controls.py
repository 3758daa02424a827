"""What is set on the Corpus page: the part of the corpus that all views share, and the word."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import streamlit as st

from dashboard.corpus import results, wording
from dashboard.shared import fields, snippets, sources, state, views, widgets
from dashboard.shared.controls import Choice, Flag, Given, Menu, Text
from dashboard.shared.fields import Field, integer
from dashboard.shared.i18n import _
from dashboard.shared.naming import SERVER
from dashboard.shared.snippets import Code
from moliere_core.errors import N_
from moliere_core.exploration import Selection


class _Filter(Menu):
    """A menu of what a column of the corpus holds, or of all of it, which is ""."""

    def __init__(self, name: str, label: str, absent: str = "") -> None:
        """Name it in the address; `absent` says why an empty column offers nothing."""
        super().__init__(f"corpus.{name}", name, "", label, fields.clip, help=absent)

    def _widget(self, value: str, given: Given, *args: Any, **more: Any) -> str:
        told = given if given["disabled"] else given | {"help": None}
        return super()._widget(value, told, *args, **more)


PLAY = _Filter("play", N_("Pièce"))
FORM = _Filter(
    "form",
    N_("Vers ou prose"),
    N_("Ce corpus ne dit pas si une réplique est en vers : sa colonne « form » est vide."),
)
SPEAKER = _Filter(
    "speaker",
    N_("Personnage"),
    N_("Ce corpus ne dit pas qui parle : sa colonne « speaker » est vide."),
)
WORD = Text(
    "corpus.word",
    "word",
    "amour",
    N_("Mot cherché"),
    placeholder=N_("un mot, plusieurs à la suite, ou aim* pour tous ceux qui commencent ainsi"),
    most=80,
    kept=fields.MAX_PROMPT,
)
ORDER = Choice(  # of the lines of a concordance; see `exploration.concordance.Order`
    "corpus.order",
    "order",
    "text",
    N_("Ordre"),
    {
        "text": N_("ordre du texte"),
        "left": N_("mot d’avant"),
        "right": N_("mot d’après"),
        "speaker": N_("qui parle"),
    },
)
FIRST: Field[int] = Field("corpus.first", "first", 0, integer(0, 10_000_000))  # line on screen
AGAINST = Choice(
    "corpus.against",
    "against",
    "corpus",
    N_("Comparer"),
    {"corpus": N_("contre tout le corpus"), "play": N_("contre le reste de la pièce")},
)
# Whether the words that stop lists hold are shown: among the commonest, among the keywords.
COMMON_STOPS = Flag(
    "corpus.stops",
    "stops",
    False,
    N_("Montrer les mots-outils"),
    help=N_(
        "Le, de, que, vous… : la liste française du paquet stop-words, sans ses noms "
        "communs, avec des formes élidées et les graphies du XVIIᵉ siècle."
    ),
)
KEY_STOPS = Flag(
    "corpus.keystops",
    "keystops",
    True,
    N_("Avec les mots-outils"),
    help=N_("« On », « tu », « vous » disent aussi un ton ; sans eux restent les sujets."),
)


def part(view: str) -> tuple[str, Selection]:
    """Which corpus, by the identifier that `results.index` reads, and which part of it.

    Where the corpus itself is shown, all that can be said about it and done with it is there, too;
    elsewhere it is chosen in the same row as the rest.
    """
    whole = view in ("raw", "figures")
    if whole:
        source = sources.panel()
    complaints = st.container()
    with st.container(key="corpus-filter"):
        places = st.columns([1.35, 1, 1.35] if whole else [1, 1.4, 1.2, 1.35])
    if not whole:
        with places[0]:
            source = sources.select(complaints)
    with st.spinner(_("Lecture du corpus, mot par mot…"), show_time=True):
        index = results.index(source)
    titles, plays = index.corpus.titles, index.corpus.plays
    forms = {"": _("Vers et prose"), "verse": _("Vers"), "prose": _("Prose"), "mixed": _("Mêlé")}
    with places[-3]:
        play = PLAY.ask(
            ["", *plays],
            lambda slug: wording.short(titles[slug]) if slug else _("Toutes les pièces"),
            disabled=not plays,
        )
    with places[-2]:
        form = FORM.ask(
            ["", *index.forms], lambda name: forms.get(name, name), disabled=not index.forms
        )
    speakers = index.speakers_of(play)
    with places[-1]:
        speaker = SPEAKER.ask(
            ["", *speakers],
            lambda name: name or _("Tous les personnages"),
            disabled=not speakers,
        )
    return source, Selection(play, form, speaker)


# The word that is looked for: typed, or picked among others.


def word() -> str:
    """The word that is looked for, shared by its trend and its concordance."""
    found = state.keep(WORD, WORD.ask(visible=False, on_change=_from_the_start).strip())
    if not found:
        st.info(
            _(
                "Tapez un mot, comme *argent* ; plusieurs à la suite, comme *mon père* ; ou "
                "*aim\\**, pour tout ce qui commence ainsi."
            )
        )
    return found


def absent(query: str, suggestions: list[str]) -> None:
    """Say that a word is nowhere, and what looks like it."""
    st.info(
        _(
            "« {word} » n’est pas dans cette partie du corpus : essayez un autre mot, ou "
            "élargissez le filtre."
        ).format(word=widgets.plain(query))
    )
    if suggestions:
        pick(suggestions, "corpus.open.like", _("Ou l’un de ceux-ci, qui lui ressemblent :"))


def pick(words: list[str], key: str, label: str = "") -> None:
    """Words as buttons; each opens its trend and concordance."""
    st.pills(
        label or _("Ouvrir un mot"),
        words,
        format_func=widgets.plain,
        key=key,
        on_change=lambda: open_word(st.session_state.pop(key, None)),
    )


def open_word(word: str | None) -> None:
    """Inside a click: to a word's trend; nowhere without a word."""
    if word:
        state.change(WORD, word)
        views.go("corpus", "word")
        _from_the_start()


def _from_the_start() -> None:
    state.change(FIRST, 0)


def typed() -> str:
    """The same as it stands, on a view that does not ask for it; "" before it was asked for."""
    return str(st.session_state.get(WORD.key) or "").strip()


def code(view: str, source: str, selection: Selection, word: str) -> str:
    """The page's cell: a corpus read as the course does, then what the view shows.

    Args:
        view: one of `views.VIEWS`.
        source: identifier of the corpus.
        selection: the part that is looked at.
        word: that is looked for; "" for the one that the page opens with.
    """
    chosen = (f"{name}={value!r}" for name, value in asdict(selection).items() if value)
    return snippets.filled(
        f"corpus-{view}",
        corpus=Code("" if source == SERVER else repr(source)),
        selection=Code(f"Selection({', '.join(chosen)})"),
        play=selection.play or results.index(source).corpus.plays[0],
        word=word or WORD.default,
    )
