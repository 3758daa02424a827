"""One run of a plan trained live: its button, and how far it is."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.experiments import controls, results, wording
from dashboard.experiments.trained import Live, found, spec_of
from dashboard.shared import cached, following, i18n, naming, sources, state, trainings, widgets
from dashboard.shared.i18n import _
from moliere_core.errors import MoliereError
from moliere_core.training import jobs
from moliere_core.training.experiments import Plan
from moliere_core.training.jobs import JobSpec, State

_REFUSED = "experiments.refused"


def show(plan: Plan) -> None:
    """Choose one run, start it, and see those that were started."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        variant = controls.variant(plan).ask(visible=True)
        source = sources.select()
    with st.spinner(_("On relit le corpus…")):
        spec = spec_of(plan, variant, source)
    with st.container(horizontal=True, vertical_alignment="center"):
        _button(plan, variant, source, spec)
        _compared(plan)
    following.follow(
        lambda: [row.job for row in found(plan)], partial(_progress, plan), following.SELDOM
    )


def _compared(plan: Plan) -> None:
    """A link to the page where the same runs read a text of the class's own."""
    ready = [r.reference for r in results.shipped(plan.name) if r.has_weights]
    ready += [f"run:{row.job.id}" for row in found(plan) if row.run is not None]
    state.link(
        "../pages/training.py",
        _("Les comparer sur un texte à vous"),
        ":material/compare_arrows:",
        {"view": "stored", "common": "typed", "runs": ",".join(ready)},
    )


def _button(plan: Plan, variant: str, source: str, spec: JobSpec | None) -> None:
    problem = st.session_state.pop(_REFUSED, None)
    if spec is None:
        st.info(_("Ce corpus n’a pas assez de pièces pour cette expérience : choisissez l’autre."))
        return
    about, refusal = trainings.estimate(spec), trainings.refusal(spec)
    st.button(
        _("Entraîner en direct ({duration} environ)").format(duration=about),
        key="experiments.start",
        type="primary",
        icon=":material/play_arrow:",
        disabled=not (refusal is None and jobs.available()),
        on_click=_start,
        args=(plan, variant, source),
    )
    if (problem := problem or refusal) is not None:
        widgets.problem(problem)
    trainings.without_framework()


def _start(plan: Plan, variant: str, source: str) -> None:
    """Ask for it; asked for twice, it is one."""
    asked = results.spec(plan.name, variant, source)
    called = _(controls.PLAN.options[plan.name])
    label = f"{called} · {wording.variant_name(plan, plan.variant(variant))}"
    try:
        spec = jobs.prepare(asked.config, cached.corpus(source), label)
        trainings.submit(spec)
    except MoliereError as error:
        st.session_state[_REFUSED] = error


def _progress(plan: Plan) -> None:
    rows = found(plan)
    if not rows:
        st.caption(
            _("Rien n’a encore été entraîné ici : le résultat viendra se placer à côté des autres.")
        )
    for row in rows:
        _told(row)


def _told(row: Live) -> None:
    """Where a training stands, or what it gave beside the shipped run, and its curves."""
    status = row.job.status
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        name = wording.variant_name(row.plan, row.variant)
        st.markdown(f"**{widgets.plain(name)}** · {widgets.plain(naming.source(row.source))}")
        st.markdown(_standing(row))
        state.link(
            "../pages/training.py",
            _("Ses courbes"),
            ":material/show_chart:",
            {"job": row.job.id},
        )
    if status.active:
        st.progress(status.share)
    elif status.error is not None:
        widgets.problem(status.error)


def _standing(row: Live) -> str:
    status = row.job.status
    if status.state is State.QUEUED:
        return trainings.queued(status)
    if status.active:
        left = status.seconds_left
        return trainings.epoch(status) + (
            f" · {trainings.time_left(left)}" if left is not None else ""
        )
    if row.bits is None:
        return _("arrêté") if status.state is State.STOPPED else _("échoué")
    told = _("**{bits}** en {duration}").format(
        bits=i18n.bits(row.bits, 3), duration=i18n.duration(row.seconds or 0)
    )
    with st.spinner(_("Chacun lit le texte…")):
        other = row.shipped_bits()
    if other is not None:
        told += " · " + (
            _("enregistré, sur le même texte : {bits}")
            if row.same_text
            else _("enregistré (il a lu Molière), sur ce texte-là : {bits}")
        ).format(bits=i18n.bits(other, 3))
    return told
