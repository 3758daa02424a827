"""A page's heading and its drawers: the lesson, its questions, what to try, the code.

What a teacher says is in `lessons/LANGUAGE/PAGE.md`, to be edited without touching code: first the
explanation; then, under `## Questions`, each `### question` with its answer; then, under
`## À essayer` or `## To try`, a list. An item that begins with `[name]` ticks itself once the page
says that `name` was done; any other is ticked by hand. Drawers start closed, one opens at a time,
and what is closed is not drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.shared import i18n, invite, rooms
from dashboard.shared.i18n import _

_DONE = "lesson.done"  # page -> names of the items that the class has done
_SECTION = re.compile(r"^## +(Questions|À essayer|To try) *$", re.MULTILINE)
_ITEM = re.compile(r"^- +(?:\[(\w+)\] +)?(.+(?:\n {2,}.+)*)", re.MULTILINE)


@dataclass(frozen=True)
class Lesson:
    """What is said on a page.

    Attributes:
        explanation: Markdown.
        questions: (question, answer), both Markdown.
        tries: (name, text); an empty name is ticked by hand.
    """

    explanation: str
    questions: tuple[tuple[str, str], ...]
    tries: tuple[tuple[str, str], ...]


def parse(text: str) -> Lesson:
    """A lesson file in its three parts; the last two may be absent."""
    explanation, *rest = _SECTION.split(text)
    questions: list[tuple[str, str]] = []
    tries: list[tuple[str, str]] = []
    for title, body in zip(rest[::2], rest[1::2], strict=True):
        if title == "Questions":
            parts = re.split(r"^### +(.+)$", body, flags=re.MULTILINE)[1:]
            questions += [
                (q.strip(), a.strip()) for q, a in zip(parts[::2], parts[1::2], strict=True)
            ]
        else:
            tries += [(name, " ".join(said.split())) for name, said in _ITEM.findall(body)]
    return Lesson(explanation.strip(), tuple(questions), tuple(tries))


@dataclass
class Drawer:
    """The drawers of a page, between its heading and its end.

    They are a fragment: one opens beside the page without a run of it, so that what plays goes on.

    Attributes:
        page: whose they are.
        lesson: what is in them.
        code: fills the cell of the course; None until the page has ended.
        late: where stands what only the end of a page knows, if its drawer is open.
    """

    page: str
    lesson: Lesson
    code: Callable[[], str] | None = None
    late: DeltaGenerator | None = None

    def finish(self, code: Callable[[], str], done: Mapping[str, bool]) -> None:
        """Fill what only the end of a page knows; the page's last call.

        Args:
            code: fills the corrected cell of the course with the settings of the page; called where
                its drawer is open.
            done: for each named item of the lesson's list, whether the class has just done it.
        """
        self.code = code
        _ticked(self.page).update(name for name, true in done.items() if true)
        self._fill()

    def show(self, title: str) -> None:
        """The heading, and beside the page the drawer that is open."""
        with st.container(
            key="heading",
            horizontal=True,
            horizontal_alignment="distribute",
            vertical_alignment="center",
        ):
            st.title(title, anchor=False, width="content")
            labels = _labels(self.page, self.lesson)
            with st.container(horizontal=True, width="content", gap="xsmall"):
                opened = st.pills(
                    _("Tiroirs"),
                    list(labels),
                    format_func=labels.__getitem__,
                    key=self._key,
                    label_visibility="collapsed",
                    width="content",
                )
                joins = st.button(
                    rooms.label(),
                    key="join",
                    icon=":material/qr_code_2:",
                    type="tertiary",
                    help=_("L’adresse de cette vue dans la salle, et son QR code"),
                )
        if joins or rooms.shown():
            invite.show()
        self.late = None
        if not opened:
            return
        with st.container(key="drawer"):
            if opened == "lesson":
                st.markdown(self.lesson.explanation)
            elif opened == "questions":
                for question, answer in self.lesson.questions:
                    st.expander(question).markdown(answer)
            else:
                self.late = st.empty()
                self._fill()

    @property
    def _key(self) -> str:
        return f"{self.page}.drawer"

    def _fill(self) -> None:
        """What stands in a drawer that waits for the end of the page."""
        if not (self.late and self.code):
            return
        with self.late.container():
            if st.session_state[self._key] == "code":
                st.caption(_("La cellule du cours, corrigée, avec les réglages de cette page :"))
                st.code(self.code(), language="python")
            else:
                _tries(self.page, self.lesson, _ticked(self.page))


def heading(page: str, title: str) -> Drawer:
    """The title and the closed drawers beside it."""
    drawer = Drawer(page, parse(i18n.lesson(page)))
    st.fragment(drawer.show)(title)
    return drawer


def _labels(page: str, lesson: Lesson) -> dict[str, str]:
    labels = {"lesson": _("Leçon")}
    if lesson.questions:
        labels["questions"] = _("Questions")
    if lesson.tries:
        names = {name for name, _said in lesson.tries if name}
        labels["try"] = _("À essayer")
        if done := len(_ticked(page) & names):
            labels["try"] += f" {done}/{len(lesson.tries)}"
    return labels | {"code": _("Code")}


def _tries(page: str, lesson: Lesson, ticked: set[str]) -> None:
    for number, (name, said) in enumerate(lesson.tries):
        key = f"{page}.try.{name or number}"
        if name:
            st.session_state[key] = name in ticked
        st.checkbox(said, key=key, disabled=bool(name))


def _ticked(page: str) -> set[str]:
    pages: dict[str, set[str]] = st.session_state.setdefault(_DONE, {})
    return pages.setdefault(page, set())
