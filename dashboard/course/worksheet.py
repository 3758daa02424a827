"""What pupils write on while a path is followed, and the answers, which are a sheet apart."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.course.questions import Question, questions
from dashboard.shared import i18n, paper, plan
from dashboard.shared.i18n import _
from moliere_core.errors import N_

LINES = 3  # for each answer
TITLES = {
    **dict.fromkeys(("short", "long"), N_("{title} · le cours en {minutes} minutes")),
    "after": N_("{title} · après le cours, en {minutes} minutes"),
}


def sheet(name: str) -> bytes:
    """The questions of a path, with lines to answer on, then those of the quiz.

    Args:
        name: of the path, one of `plan.PATHS`.
    """
    return _document(
        _("Fiche de l’élève"), name, lambda _answer: paper.lines(LINES), lambda _asked: ""
    )


def answers(name: str) -> bytes:
    """The same questions with what there is to find, for the teacher."""
    return _document(_("Réponses de la fiche"), name, paper.marked, _right)


def _document(
    title: str, name: str, below: Callable[[str], str], after: Callable[[Question], str]
) -> bytes:
    """A sheet; what stands below a step's question, and after a question of the quiz."""
    steps = plan.path(name)
    minutes = sum(step.minutes for step in steps)
    asked = "".join(
        _ask(f"{number}. {step.title}", paper.marked(step.asked) + below(step.answer))
        for number, step in enumerate(steps, start=1)
    )
    quiz = "".join(
        _ask(f"{number}. {one.asked}", _boxes(one) + after(one))
        for number, one in enumerate(questions(i18n.lesson("quiz")), start=1)
    )
    told = _(TITLES[name]).format(title=title, minutes=minutes)
    return paper.document(told, asked + paper.leaf(_("Quiz"), quiz))


def _ask(title: str, body: str) -> str:
    return f'<section class="ask">{paper.heading(title)}{body}</section>'


def _boxes(question: Question) -> str:
    options = (
        f"<li>{_letter(number)}. {paper.escaped(said)}</li>"
        for number, said in enumerate(question.options)
    )
    return f'<ul class="boxes">{"".join(options)}</ul>'


def _right(question: Question) -> str:
    return paper.marked(f"**{_letter(question.right)}.** {question.reason}")


def _letter(option: int) -> str:
    return chr(ord("A") + option)
