"""“Cadavre exquis”: the class and the models write a scene in turns, which can be printed."""

from __future__ import annotations

import html
from dataclasses import dataclass

import streamlit as st

from dashboard.games import results, wording
from dashboard.games.controls import Settings
from dashboard.shared import hands, i18n, naming, paper, votes, widgets
from dashboard.shared.i18n import _
from dashboard.shared.votes import Live
from moliere_core import classroom
from moliere_core.errors import MoliereError
from moliere_core.games.imitation import Author
from moliere_core.text.normalise import normalise

LONGEST = 120  # characters of a line
LETTERS = "ABC"  # of the lines that the models propose
PROPOSALS = len(LETTERS)
READ = 600  # characters of the scene that a model reads again
LINE = "games.line"
CHOICE = "games.proposal"
MOST_KEPT = 20
_SCENE, _KEPT = "games.scene", "games.scenes"  # the lines written; the scenes kept


@dataclass(frozen=True)
class Line:
    """A line of a scene.

    Attributes:
        text: of it.
        author: the model that wrote it; None for the class.
    """

    text: str
    author: Author | None = None


def show(now: Settings) -> None:
    """The scene so far, and the next line: the class's, then one of the models', in turns."""
    scene = _scene()
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        _read(scene)
        _controls(scene)
    with right:
        if len(scene) >= now.turns:
            st.success(_("La scène est finie : gardez-la, imprimez-la, lisez-la à voix haute."))
        elif len(scene) % 2 == 0:
            _write(scene)
        else:
            _choose(scene, now)
    _gallery()


def played() -> bool:
    """Whether a scene has been kept."""
    return bool(_kept())


def _read(scene: list[Line]) -> None:
    if not scene:
        st.info(_("La scène est vide : la classe écrit la première réplique."))
        return
    lines = "".join(
        f"<p><b>{html.escape(_name(line))}</b> {html.escape(line.text)}</p>" for line in scene
    )
    st.html(f'<div class="preference game scene">{lines}</div>')


def _name(line: Line) -> str:
    return _("la classe") if line.author is None else naming.model(line.author.model)


def _write(scene: list[Line]) -> None:
    """The class's turn: a line that the teacher types, dictated."""
    st.markdown(_("**À la classe** : dictez une réplique."))
    st.text_input(
        _("La réplique de la classe"),
        key=LINE,
        max_chars=LONGEST,
        placeholder=_("Monsieur, votre montre est un mensonge !"),
    )
    st.button(
        _("Ajouter"),
        key="games.add",
        type="primary",
        icon=":material/add:",
        on_click=_add_typed,
        args=(scene,),
    )


def _choose(scene: list[Line], now: Settings) -> None:
    """The models' turn: each proposes a line, the class votes without knowing whose is whose."""
    authors = tuple(now.authors[(len(scene) + i) % len(now.authors)] for i in range(PROPOSALS))
    read = "\n".join(line.text for line in scene)[-READ:] + "\n"
    try:
        proposed = results.lines(authors, read, now.seed + 10 * len(scene), LONGEST)
    except MoliereError as error:
        widgets.problem(error)
        return
    st.markdown(_("**Aux machines** : quelle suite gardons-nous ?"))
    live = votes.ask(_question(scene, proposed))
    if live is None:
        for letter, text in zip(LETTERS, proposed, strict=True):
            st.html(f'<p class="proposal"><b>{letter}.</b> {html.escape(text)}</p>')
        with st.container(horizontal=True):
            for letter in LETTERS:
                hands.field(letter, CHOICE + letter, 118)
    else:
        live.show("games.offered")
    st.button(
        _("Garder la préférée"),
        key="games.choose",
        type="primary",
        icon=":material/how_to_vote:",
        shortcut="V",
        on_click=_add_chosen,
        args=(scene, proposed, authors, live),
    )


def _question(scene: list[Line], proposed: tuple[str, ...]) -> classroom.Question:
    told = _("« {line} » Quelle suite gardons-nous ?").format(line=scene[-1].text)
    key = ("games.scene", str(len(scene)), scene[-1].text, *proposed)
    return classroom.choice(" ".join(key), told, [text or "…" for text in proposed])


def _add_typed(scene: list[Line]) -> None:
    text = " ".join(normalise(st.session_state.get(LINE) or "").split())
    if text:
        scene.append(Line(text))
    st.session_state[LINE] = ""


def _add_chosen(
    scene: list[Line], proposed: tuple[str, ...], authors: tuple[Author, ...], live: Live | None
) -> None:
    counted = hands.taken([CHOICE + letter for letter in LETTERS])
    if live is None:
        hands.voted(_question(scene, proposed), counted)
    else:
        counted = live.tally.by_option
    if not any(counted):
        st.toast(_("Personne n’a encore voté."), icon=":material/how_to_vote:")
        return
    best = counted.index(max(counted))  # of equals the first
    if live is not None:
        live.reveal(best, wording.author(authors[best], ""))
    scene.append(Line(proposed[best], authors[best]))


def _controls(scene: list[Line]) -> None:
    if not scene:
        return
    with st.container(horizontal=True):
        st.button(
            _("Retirer la dernière"),
            key="games.undo",
            icon=":material/undo:",
            on_click=_undo,
            args=(scene,),
        )
        st.button(_("Garder"), key="games.keep", icon=":material/bookmark:", on_click=_keep)
        paper.download(_("Imprimer"), _sheet(scene), "cadavre-exquis", "games.print")
        st.button(
            _("Recommencer"),
            key="games.clear",
            icon=":material/restart_alt:",
            on_click=scene.clear,
        )


def _undo(scene: list[Line]) -> None:
    if scene:  # another click may have emptied it
        scene.pop()


def _sheet(scene: list[Line]) -> bytes:
    body = "".join(paper.heading(_name(line)) + paper.paragraph(line.text) for line in scene)
    told = dict.fromkeys(wording.author(line.author, "") for line in scene if line.author)
    about = _("Écrit à tour de rôle par la classe et par {machines}.").format(
        machines=", ".join(told) or "–"
    )
    return paper.document(_("Cadavre exquis"), body + paper.paragraph(about))


def _keep() -> None:
    found = tuple(_scene())
    kept = [found, *(other for other in _kept() if other != found)]
    st.session_state[_KEPT] = kept[:MOST_KEPT]


def _gallery() -> None:
    """The scenes that were kept in this session."""
    if not (kept := _kept()):
        return
    st.header(
        i18n.ngettext("Scène gardée ({count})", "Scènes gardées ({count})", len(kept)).format(
            count=len(kept)
        ),
        anchor=False,
    )
    for number, scene in enumerate(kept):
        with st.expander(widgets.plain(scene[0].text)):
            _read(list(scene))
            name = f"cadavre-exquis-{number + 1}"
            paper.download(_("Imprimer"), _sheet(list(scene)), name, f"games.print.{number}")
    st.caption(_("Ces scènes ne sont gardées que dans cet onglet, jusqu’à ce qu’il soit fermé."))


def _scene() -> list[Line]:
    found: list[Line] = st.session_state.setdefault(_SCENE, [])
    return found


def _kept() -> list[tuple[Line, ...]]:
    found: list[tuple[Line, ...]] = st.session_state.setdefault(_KEPT, [])
    return found
