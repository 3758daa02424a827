"""What the Lesson plan page shows: a path step by step, what it is for, a quiz, work at home."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.course import notebook
from dashboard.course.controls import STEP
from dashboard.course.plan import Step, questions, steps
from dashboard.shared import i18n, state, widgets
from dashboard.shared.i18n import _
from dashboard.shared.views import View, chosen
from moliere_core.errors import N_

_ANSWERS = "course.quiz"


def path(name: str) -> None:
    """One step of a path, with the link that opens its page in the right state."""
    found = steps(i18n.lesson(f"course-{name}"))
    number = min(state.value(STEP), len(found))
    step, before = found[number - 1], sum(s.minutes for s in found[: number - 1])
    total = sum(s.minutes for s in found)
    st.progress(
        before / total,
        _(
            "Étape {number} sur {count} · de la minute {start} à la minute {stop} sur {total}"
        ).format(
            number=number, count=len(found), start=before, stop=before + step.minutes, total=total
        ),
    )
    overview, screen = st.columns([1, 2.6], gap="medium")
    with overview:
        _overview(found, number)
    with screen:
        with st.container(border=True):
            st.subheader(step.title, anchor=False)
            st.markdown(step.said)
            if step.answer:
                with st.expander(_("Ce qu’il y a à découvrir")):
                    st.markdown(step.answer)
        with st.container(horizontal=True, vertical_alignment="center"):
            _go(_("Précédente"), number - 1, number == 1, ":material/arrow_back:", "B")
            _go(_("Suivante"), number + 1, number == len(found), ":material/arrow_forward:", "N")
            state.link(
                f"../pages/{step.page}.py",
                _("Ouvrir l’écran"),
                ":material/open_in_new:",
                step.address,
            )


def _go(label: str, number: int, disabled: bool, icon: str, key: str) -> None:
    st.button(
        label,
        key=f"course.go.{key}",
        icon=icon,
        shortcut=key,
        disabled=disabled,
        on_click=state.change,
        args=(STEP, number),
    )


def _overview(found: list[Step], now: int) -> None:
    """All the steps, each of which opens; buttons, since keys B and N do not work from a list."""
    with st.container(key="course-steps", gap=None):
        for number, step in enumerate(found, start=1):
            title = f"{number}\\. {step.title}"
            st.button(
                f"**{title}**" if number == now else title,
                key=f"course.open.{number}",
                type="tertiary",
                on_click=state.change,
                args=(STEP, number),
            )


def about() -> None:
    """Objectives, prerequisites, and what was learned."""
    st.markdown(i18n.lesson("course-about"))


def quiz() -> None:
    """The exit quiz: answered, then corrected, one question after the other."""
    found = questions(i18n.lesson("quiz"))
    answers: dict[int, int] = st.session_state.setdefault(_ANSWERS, {})
    for number, question in enumerate(found):
        chosen = st.radio(
            f"**{number + 1}.** {question.asked}",
            range(len(question.options)),
            index=answers.get(number),
            format_func=question.options.__getitem__,
            key=f"course.quiz.{number}",
        )
        if chosen is None:
            continue
        answers[number] = chosen
        if chosen == question.right:
            st.success(_("Oui. {reason}").format(reason=question.reason))
        else:
            st.warning(_("Pas tout à fait. {reason}").format(reason=question.reason))
    if len(answers) == len(found):
        right = sum(answers[i] == question.right for i, question in enumerate(found))
        st.metric(_("Bonnes réponses"), f"{right} / {len(found)}")


def at_home() -> None:
    """What a student does at home: the notebook that runs, the run that was trained."""
    st.markdown(i18n.lesson("course-home"))
    with st.container(horizontal=True, vertical_alignment="center"):
        reference = widgets.model_asked()
        prompt = state.value(state.PROMPT)
        st.download_button(
            _("Télécharger le notebook"),
            notebook.document(reference if not reference.startswith("run:") else "petit", prompt),
            file_name="moliere.ipynb",
            mime="application/x-ipynb+json",
            icon=":material/download:",
            type="primary",
            on_click="ignore",
        )
        state.link(
            "../pages/training.py",
            _("Emporter un entraînement (.zip)"),
            ":material/folder_zip:",
            {"view": "stored"},
        )


VIEWS = {
    "short": View(N_("15 minutes"), partial(path, "short")),
    "long": View(N_("1 heure"), partial(path, "long")),
    "about": View(N_("Objectifs"), about),
    "quiz": View(N_("Quiz"), quiz),
    "home": View(N_("Chez soi"), at_home),
}
VIEW = chosen("course.view", "view", N_("Vue"), VIEWS)


def tried(view: str) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    return {
        "path": view in ("short", "long") and state.value(STEP) > 1,
        "quiz": bool(st.session_state.get(_ANSWERS)),
        "home": view == "home",
    }
