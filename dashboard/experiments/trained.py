"""The runs of a plan that were trained here: which they are, and what they gave."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.experiments import results
from dashboard.shared import sources, stored_runs
from dashboard.shared.i18n import _
from moliere_core.errors import MoliereError
from moliere_core.measures.context import VisibleContext
from moliere_core.runs.run import Run
from moliere_core.system.work import Work
from moliere_core.training import jobs
from moliere_core.training.experiments import Plan, Result, Variant
from moliere_core.training.jobs import Job, JobSpec, State


@dataclass(frozen=True)
class Live:
    """A run of a plan that somebody asked for here.

    Attributes:
        variant: which of the plan's.
        source: the corpus that it reads.
        job: its training.
        shipped: the same request as it ships, None where a copy lacks it.
    """

    plan: Plan
    variant: Variant
    source: str
    job: Job
    shipped: Result | None

    @property
    def run(self) -> Run | None:
        """The trained run, None until it is whole."""
        return self.job.run if self.job.state is State.FINISHED else None

    @property
    def same_text(self) -> bool:
        """Whether it reads, and is measured on, the very texts of the shipped runs."""
        return self.shipped is not None and (
            self.shipped.run.corpus["digest"] == self.job.spec.corpus_digest
        )

    @property
    def bits(self) -> float | None:
        """Per character, on the text that it holds out; None until it is whole."""
        run = self.run
        return run.history[-1].get("validation_bits_per_char") if run else None

    @property
    def seconds(self) -> float | None:
        """Of training, on this machine's clock."""
        run = self.run
        return run.history[-1].get("seconds") if run else None

    def context(self) -> Work[VisibleContext]:
        """What the past is worth to it, measured in the background once it is whole."""
        run_id, names = self.job.id, (self.plan.name, self.variant.name)
        return results.context(f"run:{run_id}", *names, self.source)

    def shipped_bits(self) -> float | None:
        """Those of the shipped run of the same name on the same text, None without weights."""
        if self.shipped is None:
            return None
        if self.same_text:
            return float(self.shipped.run.history[-1]["validation_bits_per_char"])
        if not self.shipped.has_weights:
            return None
        reference = self.shipped.reference
        return results.bits_on(reference, self.plan.name, self.variant.name, self.source)


def found(plan: Plan) -> list[Live]:
    """The runs of a plan that are, or were, trained on this server."""
    if not (stored_runs.stored_runs() or jobs.list_jobs()):
        return []  # without reading any corpus
    shipped = {result.variant.name: result for result in results.shipped(plan.name)}
    rows = []
    with st.spinner(_("On relit le corpus…"), show_time=False):
        asked = [
            (variant, source, spec_of(plan, variant.name, source))
            for source in sources.available()
            for variant in plan
        ]
    for variant, source, spec in asked:
        job = jobs.get(spec.run_id) if spec else None
        if job is not None:
            rows.append(Live(plan, variant, source, job, shipped.get(variant.name)))
    return rows


def spec_of(plan: Plan, variant: str, source: str) -> JobSpec | None:
    """The request, None where the corpus cannot answer it."""
    try:
        return results.spec(plan.name, variant, source)
    except MoliereError:
        return None
