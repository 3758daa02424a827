"""The exit quiz, one question a screen: the class votes, the answer is revealed, the next one."""

from __future__ import annotations

import html

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.course.controls import QUESTION
from dashboard.course.questions import Question, questions
from dashboard.shared import i18n, state
from dashboard.shared.i18n import _

_VOTES = "course.votes"  # (question, option) -> hands
_REVEALED = "course.revealed"  # questions whose answer the class has seen
MOST = 999  # hands


def revealed() -> bool:
    """Whether the class has seen an answer."""
    return bool(_revealed())


def show() -> None:
    """The question that the address names."""
    found = questions(i18n.lesson("quiz"))
    number = min(state.value(QUESTION), len(found))
    question, open_ = found[number - 1], number in _revealed()
    votes = _ask(number, question, open_)
    with st.container(horizontal=True, vertical_alignment="center"):
        _go(_("Précédente"), number - 1, number == 1, ":material/arrow_back:", "B")
        st.button(
            _("Révéler"),
            key="course.reveal",
            type="primary",
            icon=":material/visibility:",
            shortcut="V",
            on_click=_revealed().add,
            args=(number,),
            disabled=open_,
        )
        _go(_("Suivante"), number + 1, number == len(found), ":material/arrow_forward:", "N")
        st.caption(
            _("Question {number} sur {count}").format(number=number, count=len(found)),
            width="content",
        )
        if open_ and any(votes):
            st.markdown(_right(votes[question.right], sum(votes)), width="content")
    if open_:
        with st.container(key="course-reason"):
            st.markdown(question.reason)


def _ask(number: int, question: Question, open_: bool) -> list[int]:
    """The question, its options and how many hands each of them has."""
    kept: dict[tuple[int, int], int] = st.session_state.setdefault(_VOTES, {})
    with st.container(key="course-quiz", gap="small"):
        st.header(question.asked, anchor=False)
        votes: list[int] = []
        places: list[DeltaGenerator] = []
        for option in range(len(question.options)):
            with st.container(
                horizontal=True, vertical_alignment="center", key=f"course-option-{option}"
            ):
                places.append(st.container(width="stretch"))
                hands = st.number_input(
                    _("Mains levées pour {letter}").format(letter=chr(ord("A") + option)),
                    0,
                    MOST,
                    value=kept.get((number, option), 0),
                    key=f"course.votes.{number}.{option}",
                    label_visibility="collapsed",
                    icon=":material/front_hand:",
                    width=150,
                )
            kept[number, option] = int(hands)
            votes.append(int(hands))
        for option, (place, said) in enumerate(zip(places, question.options, strict=True)):
            right = option == question.right if open_ else None
            place.html(_line(option, said, votes[option] / max(sum(votes), 1), right))
    return votes


def _line(option: int, said: str, share: float, right: bool | None) -> str:
    """An option as it is read from the back row; its votes show once `right` is no longer None."""
    letter = chr(ord("A") + option)
    if right is None:
        return f'<p class="option"><b>{letter}.</b> {html.escape(said)}</p>'
    kind, mark = ("option right", f"{i18n.NBSP}✓") if right else ("option", "")
    style = f"--share:{share:.0%}"
    told = f"<b>{letter}.</b> {html.escape(said)}{mark}"
    return f'<p class="{kind}" style="{style}">{told}</p>'


def _right(hands: int, total: int) -> str:
    return i18n.ngettext(
        "{right} bonne réponse sur {total} ({share})",
        "{right} bonnes réponses sur {total} ({share})",
        hands,
    ).format(right=hands, total=total, share=i18n.percent(hands / total))


def _go(label: str, number: int, disabled: bool, icon: str, key: str) -> None:
    st.button(
        label,
        key=f"course.question.{key}",
        icon=icon,
        shortcut=key,
        disabled=disabled,
        on_click=state.change,
        args=(QUESTION, number),
    )


def _revealed() -> set[int]:
    found: set[int] = st.session_state.setdefault(_REVEALED, set())
    return found
