"""What the Reading page can read: a passage, the pupils' own text, a modern one, a written one."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import streamlit as st

from dashboard.reading import controls, results
from dashboard.shared import cached, hour, sources, state, widgets
from dashboard.shared.i18n import _

PASSAGE_CHARS = 900  # of whole cues: what a projector shows without scrolling
WRITTEN_CHARS = 600
NAMED_CHARS = 48  # of a kept text, where it is chosen
MOST_CHARS = 5_000
_OWN, _OWN_KEPT, _KEPT = "reading.own", "reading.own.kept", "reading.kept"


@dataclass(frozen=True)
class Text:
    """What is read, and where it comes from."""

    text: str
    caption: str


def choose(reference: str, seed: int, size: int = PASSAGE_CHARS, typed: bool = True) -> Text:
    """The text, after the choice of where it comes from and the controls of that origin.

    Args:
        reference: of the model that writes it, where one does.
        seed: of what it writes.
        size: characters of a passage, about.
        typed: whether one's own text has its box here, and not in a component of the view.
    """
    with st.container(key="reading-origin", horizontal=True, vertical_alignment="center"):
        text = _text(controls.ORIGIN.ask(), reference, seed, size)
    if text is not None:
        return text
    return _own() if typed else Text(_own_text(), _own_caption())


def keep_own(text: str) -> None:
    """Keep what was typed in a component, and show it as one's own from now on."""
    st.session_state[_OWN] = st.session_state[_OWN_KEPT] = text
    state.change(controls.ORIGIN, "own")


def require(text: Text) -> None:
    """Say what to do where there is no text, and stop."""
    if not text.text.strip():
        widgets.ask_first(_("Écrivez ou collez un texte."))


def _text(origin: str, reference: str, seed: int, size: int) -> Text | None:
    """The text of an origin whose controls fit on one line; None for the pupils' own."""
    if origin == "own":
        return None
    if origin == "modern":
        source = files("moliere_core") / "assets" / "texts" / "modern.txt"
        return Text(
            source.read_text(encoding="utf-8").strip(),
            _("Un texte d’aujourd’hui, écrit pour ce projet : aucun modèle ne l’a lu."),
        )
    if origin == "written":
        prompt = widgets.prompt(labelled=False)
        return Text(
            results.written(reference, prompt, seed, WRITTEN_CHARS),
            _("Écrit par ce modèle à la température 1, après le texte de départ."),
        )
    return _kept() if origin == "kept" else _passage(size)


def _kept() -> Text:
    """A text that was kept on Home, or that the class has voted on."""
    found = [*hour.texts(), *hour.voted_on()]
    if not found:
        widgets.ask_first(
            _(
                "Aucun texte gardé pour l’instant : « Garder », sur l’accueil, en garde un, et "
                "ceux sur lesquels la classe vote viennent ici d’eux-mêmes."
            )
        )
    if st.session_state.get(_KEPT, 0) >= len(found):  # one of them was removed
        st.session_state[_KEPT] = 0
    chosen = st.selectbox(
        _("Le texte gardé"),
        range(len(found)),
        format_func=lambda number: _named(*found[number]),
        key=_KEPT,
        label_visibility="collapsed",
    )
    about, text = found[chosen]
    return Text(text[:MOST_CHARS], widgets.plain(about))


def _named(about: str, text: str) -> str:
    """A kept text in a list."""
    begins = " ".join(text.split())
    if len(begins) > NAMED_CHARS:
        begins = f"{begins[:NAMED_CHARS].rsplit(' ', 1)[0]} …"
    return _("« {text} » ({about})").format(text=begins, about=about)


def _own() -> Text:
    st.session_state.setdefault(_OWN, _own_text())
    text = st.text_area(_("Votre texte"), key=_OWN, max_chars=MOST_CHARS, height=110)
    st.session_state[_OWN_KEPT] = text  # Streamlit forgets a widget that a run does not show
    return Text(text, _own_caption())


def _own_text() -> str:
    proposed = _("Salut, on se voit demain après le cours ? J’ai un truc à te dire !")
    return str(st.session_state.get(_OWN_KEPT, proposed))


def _own_caption() -> str:
    return _("Ce texte reste dans cette page : il n’est pas dans son adresse.")


def _passage(size: int) -> Text:
    corpus = cached.corpus(sources.chosen())
    play = controls.PLAY.ask(
        corpus.plays,
        corpus.titles.__getitem__,
        visible=False,
        otherwise=sources.unread_play(corpus),
    )
    found = passages(corpus.frame.loc[corpus.frame["play_name"] == play, "cue"].tolist(), size)
    number = controls.PASSAGE.ask(high=len(found), visible=False, icon=":material/auto_stories:")
    return Text(
        found[number - 1],
        _("Passage {number} sur {count} de « {title} ».").format(
            number=number, count=len(found), title=widgets.plain(corpus.titles[play])
        ),
    )


def passages(cues: list[str], size: int = PASSAGE_CHARS) -> list[str]:
    """Whole cues joined until they reach `size` characters."""
    found, chars = [[cues[0]]], len(cues[0])
    for cue in cues[1:]:
        if chars >= size:
            found.append([])
            chars = 0
        found[-1].append(cue)
        chars += len(cue) + 1
    return ["\n".join(passage) for passage in found]
