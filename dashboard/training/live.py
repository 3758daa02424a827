"""The Training page's curves: one job followed live, by whoever has its link."""

from __future__ import annotations

import html
import math

import streamlit as st

from dashboard import badge, i18n, naming, state, widgets
from dashboard.charts.training import HEIGHT, Guesses
from dashboard.i18n import _
from dashboard.training import cached as training_cache
from dashboard.training import fields, rights
from dashboard.training.curves import Curves, Epoch, overfitting
from dashboard.training.desk import duration
from dashboard.training.yardsticks import Yardsticks
from moliere_core import jobs
from moliere_core.errors import MoliereError
from moliere_core.jobs import Job, JobSpec, State, Status

PERIOD = 1.0  # seconds between two looks at a job in progress
STOP_SECONDS = 1.5  # that a click on Stop may wait for the end
_REFUSED = "training.refused.live"


def follow(job_id: str, guesses: Guesses) -> JobSpec | None:
    """The curves of a job, redrawn in place while it is in progress; returns what it trains."""
    waiting = badge.in_progress()
    job = jobs.get(job_id) if job_id else next(iter(waiting), None)
    if others := [other for other in waiting if job is None or other.id != job.id]:
        _others(others)
    if job is None:
        st.info(
            _("Cet entraînement n’est plus là : il a été supprimé, ou son lien est incomplet.")
            if job_id
            else _("Aucun entraînement en cours. Réglez-en un, puis lancez-le.")
        )
        return None
    ticking = job.status.active
    st.fragment(_live, run_every=PERIOD if ticking else None)(job.id, guesses, ticking)
    return job.spec


def _live(job_id: str, guesses: Guesses, ticking: bool) -> None:
    job = jobs.get(job_id)
    status = job.status if job else None
    if job is None or status is None or status.active != ticking:
        st.rerun()  # as a whole: what ticks changes
    run, events = job.run, job.events()
    moment = (job.id, len(events), float(events[-1].get("time", 0)) if events else 0.0)
    curves = training_cache.curves(moment, job)
    _header(job, status, curves)
    yardsticks = None
    if run is not None and run.snapshots:
        yardsticks = _yardsticks(job.id, wait=not ticking)
    chart, texts = st.columns([1.75, 1], gap="medium")
    with chart, st.container(height=HEIGHT + 8, border=False):
        st.plotly_chart(
            training_cache.curves_figure(
                moment,
                curves,
                yardsticks,
                guesses,
                st.context.theme.type == "dark",
                state.language(),
            ),
            key="training.curves",
            config={"displayModeBar": False},
            alt=_alt(curves),
        )
    with texts:
        _samples(curves)
    _verdict(curves, yardsticks, guesses, status)


def _yardsticks(run_id: str, wait: bool) -> Yardsticks | None:
    """The references of a run if they are measured; once nothing ticks, there is no later look."""
    found = training_cache.yardsticks(run_id)
    if not (wait or found.done()):
        return None
    try:
        return found.result()
    except MoliereError:
        return None


def _header(job: Job, status: Status, curves: Curves) -> None:
    """Where it stands in one line, and the buttons."""
    with st.container(horizontal=True, vertical_alignment="center", key="training-head"):
        with st.container(key="training-name", width="content"):
            st.markdown(f"**{widgets.plain(_name(job))}**")
        st.markdown(_standing(job, status, curves), width="stretch")
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            _buttons(job, status)
    if status.active:
        st.progress(status.share)
    refused = st.session_state.pop(_REFUSED, None) or status.error
    if refused is not None:
        widgets.problem(refused)


def _standing(job: Job, status: Status, curves: Curves) -> str:
    """The state of a job in a few words and figures."""
    if status.state is State.QUEUED:
        told = _("dans la file, place {place}").format(place=status.place)
        if status.starts_in is not None:
            told += " · " + _("départ dans {duration} environ").format(
                duration=duration(status.starts_in)
            )
        return told
    parts = []
    if status.state is State.RUNNING:
        if status.stopping:
            parts.append(_("arrêt en cours"))
        elif not status.updates:
            parts.append(_("le réseau se prépare"))
        now = min(status.epoch + 1, status.epochs)
        parts.append(_("époque {now} sur {epochs}").format(now=now, epochs=status.epochs))
        if status.chars_per_second:
            speed = i18n.number(round(status.chars_per_second, -2))
            parts.append(_("{speed} caractères/s").format(speed=speed))
        if status.seconds_left is not None:
            left = duration(status.seconds_left)
            parts.append(_("encore {duration}").format(duration=left))
        elif not status.stopping:
            total = duration(jobs.estimated_seconds(job.spec))
            parts.append(_("{duration} en tout environ").format(duration=total))
        return " · ".join(parts)
    if status.state is State.FINISHED:
        parts.append(_("terminé"))
    elif status.state is State.STOPPED:
        parts.append(_("arrêté"))
    else:
        parts.append(_("échoué"))
    parts.append(
        i18n.ngettext("{count} époque", "{count} époques", len(curves.ended)).format(
            count=len(curves.ended)
        )
    )
    if curves.ended and (bits := curves.ended[-1].bits) is not None:
        parts.append(_("**{bits} bits par caractère**").format(bits=i18n.number(bits, 2)))
    return " · ".join(parts)


def _buttons(job: Job, status: Status) -> None:
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
    label = _("Écrire avec lui")
    state.link_to("../pages/home.py", label, ":material/edit_note:", (state.MODEL, reference))


def _samples(curves: Curves) -> None:
    """What it wrote after each epoch, the latest first."""
    with st.container(height=HEIGHT + 8, border=True):
        if not curves.ended:
            st.caption(
                _("Après chaque époque, il écrira ici quelques lignes, avec les mêmes tirages.")
            )
        for epoch in reversed(curves.ended):
            st.html(_sample(epoch))


def _sample(epoch: Epoch) -> str:
    head = _("Époque {number}").format(number=epoch.number)
    if epoch.bits is not None:
        head += " · " + _("{bits} bits").format(bits=i18n.number(epoch.bits, 2))
    return (
        f'<div class="sample"><div class="head">{html.escape(head)}</div>'
        f'<div class="said">{html.escape(epoch.sample)}</div></div>'
    )


def _verdict(
    curves: Curves, yardsticks: Yardsticks | None, guesses: Guesses, status: Status
) -> None:
    """What the curves say in words: accuracy, overfitting, who guessed well."""
    parts = []
    last = curves.ended[-1] if curves.ended else None
    if last and last.accuracy is not None:
        told = _("**Exactitude** sur la validation : {share} %").format(
            share=i18n.number(100 * last.accuracy, 1)
        )
        if yardsticks and yardsticks.spaces is not None:
            told += " " + _("(« toujours un espace » : {share} %)").format(
                share=i18n.number(100 * yardsticks.spaces, 1)
            )
        parts.append(told)
    if yardsticks and yardsticks.ngrams:
        parts.append(
            _("n-grammes comptés sur 28 pièces de Molière")
            if yardsticks.shipped
            else _("n-grammes comptés sur le même texte que lui")
        )
    elif yardsticks:
        parts.append(_("pas de repères n-grammes : le texte de cet entraînement n’est plus ici"))
    if yardsticks and guesses.loss is not None:
        parts.append(
            _("perte au départ : pari {bet}, ln({symbols}) = {chance} nats").format(
                bet=i18n.number(guesses.loss, 2),
                symbols=round(math.exp(yardsticks.chance)),
                chance=i18n.number(yardsticks.chance, 2),
            )
        )
    if last and last.bits is not None and guesses.bits is not None and not status.active:
        parts.append(
            _("à la fin : pari {bet}, mesuré {bits} bits").format(
                bet=i18n.number(guesses.bits, 2), bits=i18n.number(last.bits, 2)
            )
        )
    if parts:
        st.markdown(" · ".join(parts))
    if best := overfitting(curves.ended):
        st.warning(
            _(
                "La validation remonte depuis l’époque {number}, alors que l’apprentissage "
                "descend encore : il commence à savoir son texte par cœur. "
                "C’est le surapprentissage."
            ).format(number=best.number),
            icon=":material/trending_up:",
        )


def _others(waiting: list[Job]) -> None:
    """The other jobs in progress, one click away."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Aussi en cours :"), width="content")
        for job in waiting[:6]:
            st.button(
                widgets.plain(_name(job)),
                key=f"training.other.{job.id}",
                type="tertiary",
                on_click=state.change,
                args=(fields.JOB, job.id),
            )


def _name(job: Job) -> str:
    run = job.run
    return naming.training(job.spec.config, (run.label if run else "") or job.spec.label)


def _alt(curves: Curves) -> str:
    if not curves.ended or curves.ended[-1].bits is None:
        return _("Courbes de perte : aucune époque n’est encore mesurée.")
    last = curves.ended[-1]
    return _("Courbes de perte : {bits} bits par caractère après {count} époques.").format(
        bits=i18n.number(last.bits or 0, 2), count=last.number
    )


def _stop(job_id: str) -> None:
    st.session_state[_REFUSED] = rights.attempt(
        lambda token: jobs.stop(job_id, token, wait=STOP_SECONDS)
    )


def _resume(job_id: str) -> None:
    job = jobs.get(job_id)
    try:
        if job is not None:
            jobs.submit(job.spec, rights.token())
    except MoliereError as error:
        st.session_state[_REFUSED] = error
