"""Asking for a training, from whichever page: what this server allows, and in whose name."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import hour, i18n, rights
from dashboard.shared.i18n import _
from moliere_core.errors import ConfigError
from moliere_core.runs.run import MAX_NAME
from moliere_core.training import jobs
from moliere_core.training.jobs import Job, JobSpec, JobStatus, State

READY = 120.0  # seconds between two calls for a ready worker, which waits for longer
NAME = "trainings.name.typed"  # what this session calls itself


def submit(spec: JobSpec) -> Job:
    """Ask for a training in this session's name; asked for twice, it is one.

    Raises:
        MoliereError: this server will not train it, see `jobs.submit`.
    """
    name = " ".join(str(st.session_state.get(NAME) or "").split())
    job = jobs.submit(spec, rights.token(), rights.browser(), rights.address(), name)
    hour.trained(job.spec.run_id)
    return job


@st.fragment(run_every=READY)
def expected() -> None:
    """As long as this page is open, somebody may ask for a training: a worker is kept ready."""
    jobs.expect()


def ask_for_name() -> None:
    """Whose it is: a first name or a table, for this visit; nobody has to say."""
    st.text_input(
        _("Prénom ou table"),
        key=NAME,
        persist_state="session",
        max_chars=MAX_NAME,
        placeholder=_("prénom ou table (facultatif)"),
        label_visibility="collapsed",
    )


def joined(spec: JobSpec) -> Job | None:
    """The training in progress or stored that somebody else has asked for in the same words."""
    job = jobs.get(spec.run_id)
    if job is None or (job.spec.owner and job.spec.owner.holds(rights.token())):
        return None
    return job if job.status.active or job.state is State.FINISHED else None


def in_progress() -> list[Job]:
    """The jobs that run, then those that wait; one that has just ended may still be held."""
    return [job for job in jobs.active() if job.status.active]


def refusal(spec: JobSpec) -> ConfigError | None:
    """Why this server will not train it, whoever asks; else None."""
    try:
        jobs.limits().check(spec)
    except ConfigError as error:
        return error
    return None


def estimate(spec: JobSpec) -> str:
    """How long it will take, about."""
    return i18n.duration(jobs.estimated_seconds(spec))


def epoch(status: JobStatus) -> str:
    """Which epoch a training is at."""
    now = min(status.epoch + 1, status.epochs)
    return _("époque {now} sur {epochs}").format(now=now, epochs=status.epochs)


def time_left(seconds: float) -> str:
    """How much longer it takes, or before it begins."""
    return _("encore {duration}").format(duration=i18n.duration(seconds))


def queued(status: JobStatus) -> str:
    """Where it waits."""
    return _("dans la file, place {place}").format(place=status.place)


def without_framework() -> None:
    """Where nothing can be trained, say so."""
    if not jobs.available():
        st.info(
            _(
                "Keras et TensorFlow ne sont pas installés ici : rien ne peut être entraîné, "
                "mais les entraînements enregistrés s’ouvrent."
            )
        )
