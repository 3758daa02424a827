"""The Training page's curves: one job followed live, by whoever has its link."""

from __future__ import annotations

import html
import math
from functools import partial

import streamlit as st

from dashboard.shared import (
    charts,
    fields,
    following,
    rights,
    state,
    stored_runs,
    tables,
    trainings,
    widgets,
)
from dashboard.shared.i18n import _
from dashboard.training import controls, results, wording
from dashboard.training.controls.bets import BITS, LOSS, amount
from dashboard.training.curves import Curves
from dashboard.training.figures import HEIGHT, Bets
from dashboard.training.views import forgetting
from moliere_core.errors import MoliereError
from moliere_core.models import samples
from moliere_core.training import jobs
from moliere_core.training.jobs import Job, JobSpec, JobStatus, State
from moliere_core.training.yardsticks import Yardsticks

STOP_SECONDS = 1.5  # that a click on Stop may wait for the end
_REFUSED = "training.refused.live"


def show() -> JobSpec | None:
    """The curves of a job, redrawn in place while it is in progress; returns what it trains."""
    job_id, bets = state.value(controls.JOB), _bets()
    waiting = trainings.in_progress()
    job = jobs.get(job_id) if job_id else next(iter(waiting), None)
    if others := [other for other in waiting if job is None or other.id != job.id]:
        _others(others)
    if job is None:
        st.info(
            _("Cet entraînement n’est plus là : il a été supprimé, ou son lien est incomplet.")
            if job_id
            else _("Aucun entraînement en cours. Réglez-en un, puis lancez-le.")
        )
        _offer_the_last()
        return None
    if controls.is_joined(job.id):
        _joined(job)
    following.follow([job], partial(_live, job.id, bets, state.value(controls.MEASURE)))
    return job.spec


def _offer_the_last() -> None:
    """The training that ended last, one click away."""
    last = next((row for row in stored_runs.stored_runs() if row.epochs), None)
    if last is not None:
        st.button(
            _("Revoir le dernier : {name}").format(name=widgets.plain(last.name)),
            key="training.last",
            icon=":material/history:",
            type="primary",
            on_click=controls.follow,
            args=(last.reference.removeprefix("run:"),),
        )


def _joined(job: Job) -> None:
    """Say that it is somebody else's, who asked for the very same; and how to have one's own."""
    notice, button = st.columns([2.4, 1], vertical_alignment="center")
    with notice:
        st.info(wording.joined(job), icon=":material/group:")
    with button:
        st.button(
            _("Changer la graine"),
            key="training.another",
            icon=":material/casino:",
            on_click=controls.another_seed,
            args=(job.spec.config.training.seed,),
        )


def _bets() -> Bets:
    """What the class wrote down; nothing where that was no number."""
    loss, bits = (amount(state.value(bet)) for bet in (LOSS, BITS))
    return Bets(None if loss is None else loss * math.log(2), bits)


def _live(job_id: str, bets: Bets, measure: str) -> None:
    job = jobs.get(job_id)
    if job is None:
        st.rerun()  # as a whole: it was deleted
    status, run, events = job.status, job.run, job.events()
    moment = (job.id, len(events), float(events[-1].get("time", 0)) if events else 0.0)
    curves = results.curves(moment, job)
    unit = "nats" if measure == "nats" else "bits"
    _header(job, status, curves, unit)
    yardsticks = None
    if run is not None and run.snapshots:
        yardsticks = _yardsticks(job.id, wait=not status.active)
    chart, texts = st.columns([1.75, 1], gap="medium")
    with chart, st.container(height=charts.pixels(HEIGHT) + 8, border=False):
        st.plotly_chart(
            charts.enlarged(
                results.curves_figure(
                    moment,
                    curves,
                    yardsticks,
                    bets,
                    st.context.theme.type == "dark",
                    state.language(),
                    measure,
                )
            ),
            key="training.curves",
            config=charts.config("training.curves"),
            alt=wording.alt(curves),
        )
    with texts:
        _samples(curves, unit)
    if parts := wording.verdict(curves, yardsticks, bets, status.active, unit):
        st.markdown(" · ".join(parts))
    if told := wording.by_heart(curves):
        st.warning(told, icon=":material/trending_up:")
    if curves.ended and not status.active:
        tables.download(lambda: results.table(curves), "training.curves")
    if run is not None:
        forgetting.show(run.history)


def _yardsticks(run_id: str, wait: bool) -> Yardsticks | None:
    """The references of a run if they are measured; once nothing ticks, there is no later look."""
    found = stored_runs.yardsticks(run_id)
    if not (wait or found.done()):
        return None
    try:
        return found.result()
    except MoliereError:
        return None


def _header(job: Job, status: JobStatus, curves: Curves, unit: str) -> None:
    """Where it stands in one line, and the buttons."""
    with st.container(horizontal=True, vertical_alignment="center", key="training-head"):
        with st.container(key="training-name", width="content"):
            st.markdown(f"**{widgets.plain(wording.name(job))}**")
        st.markdown(wording.standing(job, status, curves, unit), width="stretch")
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            _buttons(job, status)
    if status.active:
        st.progress(status.share)
    refused = st.session_state.pop(_REFUSED, None) or status.error
    if refused is not None:
        widgets.problem(refused)


def _buttons(job: Job, status: JobStatus) -> None:
    mine = any(job.spec.allows(token) for token in rights.tokens())
    if status.active:
        st.button(
            _("Arrêter"),
            key="training.stop",
            icon=":material/stop:",
            on_click=_stop,
            args=(job.id,),
            disabled=not mine or status.stopping,
            help=None if mine else _("Seul celui qui l’a lancé, ou le professeur, peut l’arrêter."),
        )
    elif status.state is not State.FINISHED:
        st.button(
            _("Reprendre"),
            key="training.resume",
            icon=":material/resume:",
            type="primary",
            on_click=_resume,
            args=(job.id,),
            disabled=not jobs.available(),
            help=None if mine else _("Il appartient à qui l’a lancé : lui seul peut l’arrêter."),
        )
    run = job.run
    if run is not None and run.snapshots and not status.active:
        links(f"run:{job.id}")


def links(reference: str) -> None:
    """Where to go with a trained model."""
    chosen = {fields.MODEL.name: reference}
    state.link("../pages/film.py", _("Voir le film"), ":material/movie:", chosen)
    state.link("../pages/home.py", _("Écrire avec lui"), ":material/edit_note:", chosen)


def _samples(curves: Curves, unit: str) -> None:
    """What it wrote after each epoch, the latest first."""
    with st.container(height=charts.pixels(HEIGHT) + 8, border=True):
        if not curves.ended:
            st.caption(
                _("Après chaque époque, il écrira ici quelques lignes, avec les mêmes tirages.")
            )
        else:
            st.caption(wording.samples(samples.TEMPERATURE))
        for epoch in reversed(curves.ended):
            sample(wording.heading(epoch, unit), epoch.sample)


def sample(head: str, said: str, colour: str = "") -> None:
    """What a network wrote, under a heading; with the colour of its curve, if it has one."""
    mark = f'<span style="color:{colour}">⬤</span> ' if colour else ""
    st.html(
        f'<div class="sample"><div class="head">{mark}{html.escape(head)}</div>'
        f'<div class="said">{html.escape(said)}</div></div>'
    )


def _others(waiting: list[Job]) -> None:
    """The other jobs in progress, one click away."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Aussi en cours :"), width="content")
        for job in waiting[:6]:
            st.button(
                widgets.plain(wording.name(job)),
                key=f"training.other.{job.id}",
                type="tertiary",
                on_click=state.change,
                args=(controls.JOB, job.id),
            )


def _stop(job_id: str) -> None:
    st.session_state[_REFUSED] = rights.attempt(
        lambda token: jobs.stop(job_id, token, wait=STOP_SECONDS)
    )


def _resume(job_id: str) -> None:
    job = jobs.get(job_id)
    try:
        if job is not None:
            trainings.submit(job.spec)
    except MoliereError as error:
        st.session_state[_REFUSED] = error
