"""The small badge of the training in progress, in the sidebar of every page."""

from __future__ import annotations

import streamlit as st

from dashboard import i18n, naming, state, widgets
from dashboard.i18n import _
from moliere_core import jobs

PERIOD = 2.0  # seconds; nothing ticks while nothing runs


def show() -> None:
    """What runs now, and a link to its curves."""
    ticking = bool(jobs.active())
    with st.sidebar:
        st.fragment(_badge, run_every=PERIOD if ticking else None)(ticking)


def _badge(ticking: bool) -> None:
    active = jobs.active()
    if not active:
        if ticking:
            st.rerun()  # so that nothing ticks any longer
        return
    job, status = active[0], active[0].status
    name = naming.training(job.spec.config, job.spec.label)
    with st.container(key="badge", gap=None):
        st.page_link(
            "../pages/training.py",
            label=widgets.plain(name),
            icon=":material/model_training:",
            query_params={state.JOB.name: job.id},
        )
        told = _("{share} % · époque {now} sur {epochs}").format(
            share=round(100 * status.share),
            now=min(status.epoch + 1, status.epochs),
            epochs=status.epochs,
        )
        if others := len(active) - 1:
            told += " · " + i18n.ngettext("{count} autre", "{count} autres", others).format(
                count=others
            )
        st.caption(told)
        st.progress(status.share)
