"""What the Lesson plan page shows: a path step by step, what it is for, a quiz, work at home."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.course import controls, notebook, presenting, quiz, report, worksheet
from dashboard.shared import cached, fields, i18n, paper, plan, script, state, take_home, widgets
from dashboard.shared.i18n import _
from dashboard.shared.plan import Step
from dashboard.shared.script import STEP, Place
from dashboard.shared.views import View, chosen
from moliere_core.errors import N_
from moliere_core.models.references import RecurrentModel


def path(name: str) -> None:
    """One step of a path, with the link that opens its page in the right state."""
    found = plan.path(name)
    number = min(state.value(STEP), len(found))
    now, step, start = Place(name, number), found[number - 1], plan.begins(found, number)
    script.follow_plan(now)
    total = sum(s.minutes for s in found)
    st.progress(
        start / total,
        _(
            "Étape {number} sur {count} · de la minute {start} à la minute {stop} sur {total}"
        ).format(
            number=number, count=len(found), start=start, stop=start + step.minutes, total=total
        ),
    )
    overview, screen = st.columns([1, 2.6], gap="medium")
    with overview:
        _overview(found, number)
        presenting_now = controls.PRESENT.ask()
        with st.popover(_("À imprimer"), icon=":material/print:"):
            for label, made, file in (
                (_("Fiche de l’élève"), worksheet.sheet, "fiche"),
                (_("Réponses"), worksheet.answers, "fiche-reponses"),
            ):
                paper.download(label, partial(made, name), f"{file}-{name}", f"course.{file}")
    with screen:
        if presenting_now:
            presenting.show(start + step.minutes, found[number] if number < len(found) else None)
        with st.container(key="course-go", horizontal=True, vertical_alignment="center"):
            widgets.back("course.go", STEP, number, _("Précédente"), number == 1)
            widgets.forward("course.go", STEP, number, _("Suivante"), number == len(found))
            state.link(
                f"../pages/{step.page}.py",
                _("Ouvrir l’écran"),
                ":material/open_in_new:",
                script.address(step, now),
            )
        with st.container(border=True):
            st.subheader(step.title, anchor=False)
            st.markdown(step.said)
            if step.answer:
                with st.expander(_("Ce qu’il y a à découvrir"), expanded=presenting_now):
                    st.markdown(step.answer)


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


def at_home() -> None:
    """What a student does at home: the notebook that runs, the run that was trained."""
    st.markdown(i18n.lesson("course-home"))
    with st.container(horizontal=True, vertical_alignment="center"):
        reference = widgets.model_asked()
        prompt = state.value(fields.PROMPT)
        st.download_button(
            _("Télécharger le notebook"),
            notebook.document(_goes_home(reference), prompt),
            file_name="moliere.ipynb",
            mime="application/x-ipynb+json",
            icon=":material/download:",
            type="primary",
            on_click="ignore",
        )
        take_home.button(reference, "course")
        paper.download(
            _("Rapport de l’heure (.html)"), report.document, "moliere-heure", "course.report"
        )
        state.link(
            "../pages/training.py",
            _("Emporter un entraînement (.zip)"),
            ":material/folder_zip:",
            {"view": "stored"},
        )


def _goes_home(reference: str) -> str:
    """The model of the notebook: one that comes with the project, and can go on learning."""
    home = not reference.startswith("run:")
    return reference if home and isinstance(cached.model(reference), RecurrentModel) else "petit"


VIEWS = {
    "short": View(N_("15 minutes"), partial(path, "short")),
    "long": View(N_("1 heure"), partial(path, "long")),
    "after": View(N_("Après, 45 minutes"), partial(path, "after")),
    "about": View(N_("Objectifs"), about),
    "quiz": View(N_("Quiz"), quiz.show),
    "home": View(N_("Chez soi"), at_home),
}
VIEW = chosen("course.view", "view", N_("Vue"), VIEWS)


def tried(view: str) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    return {
        "path": view in plan.PATHS and state.value(STEP) > 1,
        "quiz": quiz.revealed(),
        "home": view == "home",
    }
