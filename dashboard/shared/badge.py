"""The small badge of the training in progress, in the sidebar of every page."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import following, i18n, naming, state, trainings, widgets
from moliere_core.training import jobs
from moliere_core.training.jobs import Job


def in_progress() -> list[Job]:
    """The jobs that run, then those that wait; one that has just ended may still be held."""
    return [job for job in jobs.active() if job.status.active]


def show() -> None:
    """What runs now, and a link to its curves."""
    with st.sidebar:
        following.follow(in_progress, _badge, following.SELDOM)


def _badge() -> None:
    active = in_progress()
    if not active:
        return
    job, status = active[0], active[0].status
    name = naming.training(job.spec.config, job.spec.label, job.spec.asked_by)
    with st.container(key="badge", gap=None):
        state.link(
            "../pages/training.py",
            widgets.plain(name),
            ":material/model_training:",
            {"job": job.id},
        )
        told = f"{i18n.percent(status.share)} · {trainings.epoch(status)}"
        if others := len(active) - 1:
            told += " · " + i18n.ngettext("{count} autre", "{count} autres", others).format(
                count=others
            )
        st.caption(told)
        st.progress(status.share)
