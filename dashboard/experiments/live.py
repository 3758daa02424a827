"""One run of a plan trained live, and its results beside those that ship."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass

import streamlit as st

from dashboard import cached, i18n, naming, sources, state, widgets
from dashboard.experiments import cached as experiment_cache
from dashboard.experiments import fields, words
from dashboard.i18n import _
from dashboard.training import cached as training_cache
from dashboard.training import desk, rights
from dashboard.training import fields as training_fields
from moliere_core import jobs
from moliere_core.context import VisibleContext
from moliere_core.errors import MoliereError
from moliere_core.experiments import Plan, Result, Variant
from moliere_core.jobs import Job, JobSpec, State
from moliere_core.runs import Run

PERIOD = 2.0  # seconds between two looks at trainings in progress
_REFUSED = "experiments.refused"


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

    def context(self) -> Future[VisibleContext]:
        """What the past is worth to it, measured in the background once it is whole."""
        run_id, names = self.job.id, (self.plan.name, self.variant.name)
        return experiment_cache.context(f"run:{run_id}", *names, self.source)

    def shipped_bits(self) -> float | None:
        """Those of the shipped run of the same name on the same text, None without weights."""
        if self.shipped is None:
            return None
        if self.same_text:
            return float(self.shipped.run.history[-1]["validation_bits_per_char"])
        if not self.shipped.has_weights:
            return None
        reference = self.shipped.reference
        return experiment_cache.bits_on(reference, self.plan.name, self.variant.name, self.source)


def found(plan: Plan) -> list[Live]:
    """The runs of a plan that are, or were, trained on this server."""
    if not (training_cache.stored_runs() or jobs.list_jobs()):
        return []  # without reading any corpus
    shipped = {result.variant.name: result for result in experiment_cache.results(plan.name)}
    rows = []
    with st.spinner(_("On relit le corpus…"), show_time=False):
        asked = [
            (variant, source, _spec(plan, variant.name, source))
            for source in sources.available()
            for variant in plan
        ]
    for variant, source, spec in asked:
        job = jobs.get(spec.run_id) if spec else None
        if job is not None:
            rows.append(Live(plan, variant, source, job, shipped.get(variant.name)))
    return rows


def show(plan: Plan) -> JobSpec | None:
    """Choose one run, start it, and see those that were started; returns the chosen request."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        variant = widgets.segmented(
            fields.variant(plan),
            _("Laquelle entraîner ici, maintenant ?"),
            {v.name: words.variant_name(plan, v) for v in plan},
        )
        source = sources.select()
    with st.spinner(_("On relit le corpus…")):
        spec = _spec(plan, variant, source)
    with st.container(horizontal=True, vertical_alignment="center"):
        _button(plan, variant, source, spec)
        _compared(plan)
    st.fragment(_progress, run_every=PERIOD if _ticking(plan) else None)(plan, _ticking(plan))
    return spec


def _compared(plan: Plan) -> None:
    """A link to the page where the same runs read a text of the class's own."""
    ready = [r.reference for r in experiment_cache.results(plan.name) if r.has_weights]
    ready += [f"run:{row.job.id}" for row in found(plan) if row.run is not None]
    state.link_to(
        "../pages/training.py",
        _("Les comparer sur un texte à vous"),
        ":material/compare_arrows:",
        (training_fields.view(""), "stored"),
        (training_fields.COMMON, "typed"),
        (training_fields.RUNS, tuple(ready)),
    )


def _spec(plan: Plan, variant: str, source: str) -> JobSpec | None:
    """The request, None where the corpus cannot answer it."""
    try:
        return experiment_cache.spec(plan.name, variant, source)
    except MoliereError:
        return None


def _button(plan: Plan, variant: str, source: str, spec: JobSpec | None) -> None:
    problem = st.session_state.pop(_REFUSED, None)
    if spec is None:
        st.info(_("Ce corpus n’a pas assez de pièces pour cette expérience : choisissez l’autre."))
        return
    about = i18n.duration(jobs.estimated_seconds(spec))
    try:
        jobs.limits().check(spec)
        allowed = True
    except MoliereError as error:
        problem, allowed = problem or error, False
    st.button(
        _("Entraîner en direct ({duration} environ)").format(duration=about),
        key="experiments.start",
        type="primary",
        icon=":material/play_arrow:",
        disabled=not (allowed and jobs.available()),
        on_click=_start,
        args=(plan, variant, source),
    )
    if problem is not None:
        widgets.problem(problem)
    desk.without_framework()


def _start(plan: Plan, variant: str, source: str) -> None:
    """Ask for it; asked for twice, it is one."""
    asked = experiment_cache.spec(plan.name, variant, source)
    label = f"{words.plan_names()[plan.name]} · " + words.variant_name(plan, plan.variant(variant))
    try:
        spec = jobs.prepare(asked.config, cached.corpus(source), label)
        jobs.submit(spec, rights.token())
    except MoliereError as error:
        st.session_state[_REFUSED] = error


def _ticking(plan: Plan) -> bool:
    return any(row.job.status.active for row in found(plan))


def _progress(plan: Plan, ticking: bool) -> None:
    rows = found(plan)
    if ticking and not any(row.job.status.active for row in rows):
        st.rerun()  # as a whole: the results have one more row
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
        name = words.variant_name(row.plan, row.variant)
        st.markdown(f"**{widgets.plain(name)}** · {widgets.plain(naming.source(row.source))}")
        st.markdown(_standing(row))
        state.link_to(
            "../pages/training.py",
            _("Ses courbes"),
            ":material/show_chart:",
            (training_fields.JOB, row.job.id),
        )
    if status.active:
        st.progress(status.share)
    elif status.error is not None:
        widgets.problem(status.error)


def _standing(row: Live) -> str:
    status = row.job.status
    if status.state is State.QUEUED:
        return _("dans la file, place {place}").format(place=status.place)
    if status.active:
        told = _("époque {now} sur {epochs}").format(
            now=min(status.epoch + 1, status.epochs), epochs=status.epochs
        )
        if status.seconds_left is not None:
            told += " · " + _("encore {duration}").format(
                duration=i18n.duration(status.seconds_left)
            )
        return told
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
