"""What the Experiments page computes: shipped runs, requests, what live runs are worth."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import cached
from moliere_core.corpus import split
from moliere_core.measures.context import VisibleContext, visible_context
from moliere_core.models.evaluation import score
from moliere_core.models.samples import sample
from moliere_core.system.work import Work
from moliere_core.text.normalise import normalise
from moliere_core.training import experiments, jobs
from moliere_core.training.experiments import Result, trained_longer
from moliere_core.training.jobs import JobSpec


@st.cache_resource(show_spinner=False)
def shipped(plan: str) -> list[Result]:
    """The shipped runs of a plan, which never change."""
    found = experiments.results(experiments.PLANS[plan])  # type: ignore[index]
    return [result for result in found if result.measures]


@st.cache_resource(show_spinner=False)
def longer() -> VisibleContext | None:
    """What the past is worth to a model that was trained for longer than these runs."""
    return trained_longer()


@st.cache_resource(show_spinner=False, max_entries=64)
def spec(plan: str, variant: str, source: str) -> JobSpec:
    """The training of one of a plan's runs on a corpus; nothing is stored yet."""
    asked, corpus = experiments.PLANS[plan], cached.corpus(source)  # type: ignore[index]
    config = experiments.on_corpus(asked, asked.variant(variant), corpus)
    return jobs.describe(config, corpus)


@st.cache_data(show_spinner=False, max_entries=64)
def held_out_text(plan: str, variant: str, source: str) -> str:
    """What a live run holds out, normalised."""
    config, corpus = spec(plan, variant, source).config, cached.corpus(source)
    texts = split(corpus, config.plays, config.validation, config.training.speakers)
    return normalise(texts.validation_text)


@cached.computed(max_entries=256)
def bits_on(reference: str, plan: str, variant: str, source: str) -> cached.Task[float]:
    """Bits per character of a model on the text that a live run holds out."""
    model, text = cached.model(reference), held_out_text(plan, variant, source)
    return lambda told: score(model, text, told).bits_per_char


@cached.computed(max_entries=256)
def written(reference: str, prompt: str, seed: int) -> cached.Task[str]:
    """What a model writes after a prompt."""
    model = cached.model(reference)
    chars = experiments.SAMPLE_CHARS
    return lambda told: sample(model, prompt, seed=seed, chars=chars, progress=told)


@st.cache_resource(show_spinner=False, max_entries=64)
def context(reference: str, plan: str, variant: str, source: str) -> Work[VisibleContext]:
    """What the past is worth to a live run, measured in the background."""
    model, text = cached.model(reference), held_out_text(plan, variant, source)
    longest = experiments.PLANS[plan].visible  # type: ignore[index]
    return cached.background().begin(
        lambda told: visible_context(model, text, longest, progress=told)
    )
