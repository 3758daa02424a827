"""The exit quiz, one question a screen: the class votes, the answer is revealed, the next one.

It votes with telephones where a room is open, and with raised hands otherwise.
"""

from __future__ import annotations

import html

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.course.controls import QUESTION
from dashboard.course.questions import Question, questions
from dashboard.shared import hands, i18n, state, votes, widgets
from dashboard.shared.i18n import _
from dashboard.shared.votes import Live
from moliere_core import classroom

_VOTES = "course.votes"  # (question, option) -> hands
_REVEALED = "course.revealed"  # questions whose answer the class has seen


def revealed() -> bool:
    """Whether the class has seen an answer."""
    return bool(_revealed())


def show() -> None:
    """The question that the address names."""
    found = questions(i18n.lesson("quiz"))
    number = min(state.value(QUESTION), len(found))
    question = found[number - 1]
    open_ = number in _revealed()
    asked = classroom.choice(f"course.quiz.{number}", question.asked, question.options)
    live = votes.ask(asked, new=not open_)
    open_ = open_ or (live is not None and not live.open)
    counted = _count(number, question, open_) if live is None else _listen(live, question, open_)
    if live is None and open_:
        hands.voted(asked, counted, question.right)
    with st.container(horizontal=True, vertical_alignment="center"):
        widgets.back("course.question", QUESTION, number, _("Précédente"), number == 1)
        widgets.reveal("course.reveal", _revealed().add, (number,), open_)
        if live is not None and open_:
            st.button(
                _("Voter à nouveau"),
                key="course.again",
                icon=":material/replay:",
                help=_("Après la discussion ; le premier vote est gardé."),
                on_click=_again,
                args=(number, live),
            )
        last = number == len(found)
        widgets.forward("course.question", QUESTION, number, _("Suivante"), last)
        st.caption(
            _("Question {number} sur {count}").format(number=number, count=len(found)),
            width="content",
        )
        if open_ and any(counted):
            st.markdown(_right(counted[question.right], sum(counted)), width="content")
    if open_:
        with st.container(key="course-reason"):
            st.markdown(question.reason)


def _listen(live: Live, question: Question, open_: bool) -> list[int]:
    """The question and the votes of the telephones, which come by themselves."""
    with st.container(key="course-quiz", gap="xsmall"):
        st.header(question.asked, anchor=False)
        if open_:
            live.reveal(question.right, question.reason)  # also where it was revealed before
            return _lines(question, live.tally.by_option)
        live.show(large=True, hushed=True)
        return live.tally.by_option


def _lines(question: Question, counted: list[int]) -> list[int]:
    for option, said in enumerate(question.options):
        share = counted[option] / max(sum(counted), 1)
        st.html(_line(option, said, share, option == question.right))
    return counted


def _again(number: int, live: Live) -> None:
    """Inside a click: an empty box for the same question."""
    _revealed().discard(number)
    live.again()


def _count(number: int, question: Question, open_: bool) -> list[int]:
    """The question, its options and how many hands each of them has."""
    kept: dict[tuple[int, int], int] = st.session_state.setdefault(_VOTES, {})
    with st.container(key="course-quiz", gap="small"):
        st.header(question.asked, anchor=False)
        counted: list[int] = []
        places: list[DeltaGenerator] = []
        for option in range(len(question.options)):
            with st.container(
                horizontal=True, vertical_alignment="center", key=f"course-option-{option}"
            ):
                places.append(st.container(width="stretch"))
                raised = st.number_input(
                    _("Mains levées pour {letter}").format(letter=chr(ord("A") + option)),
                    0,
                    hands.MOST,
                    value=kept.get((number, option), 0),
                    key=f"course.votes.{number}.{option}",
                    label_visibility="collapsed",
                    icon=":material/front_hand:",
                    width=150,
                )
            kept[number, option] = int(raised)
            counted.append(int(raised))
        for option, (place, said) in enumerate(zip(places, question.options, strict=True)):
            right = option == question.right if open_ else None
            place.html(_line(option, said, counted[option] / max(sum(counted), 1), right))
    return counted


def _line(option: int, said: str, share: float, right: bool | None) -> str:
    """An option as it is read from the back row; its votes show once `right` is no longer None."""
    letter = chr(ord("A") + option)
    if right is None:
        return f'<p class="option"><b>{letter}.</b> {html.escape(said)}</p>'
    kind, mark = ("option right", f"{i18n.NBSP}✓") if right else ("option", "")
    style = f"--share:{share:.0%}"
    told = f"<b>{letter}.</b> {html.escape(said)}{mark}"
    return f'<p class="{kind}" style="{style}">{told}</p>'


def _right(raised: int, total: int) -> str:
    return i18n.ngettext(
        "{right} bonne réponse sur {total} ({share})",
        "{right} bonnes réponses sur {total} ({share})",
        raised,
    ).format(right=raised, total=total, share=i18n.percent(raised / total))


def _revealed() -> set[int]:
    found: set[int] = st.session_state.setdefault(_REVEALED, set())
    return found
