"""Every cache of the application: thin wrappers over moliere_core.

This module itself imports nothing heavy. Thirty sessions that open a cold server would otherwise
import numpy and plotly at the same time; `warm_up` does it once, under the lock of its cache.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future, ThreadPoolExecutor

    from dashboard.charts.training import Figure, Guesses
    from dashboard.curves import Curves
    from dashboard.moments import Scene, Timeline
    from dashboard.playback import Column, NextCharacter, Playback
    from dashboard.yardsticks import Yardsticks
    from moliere_core.config import SamplingConfig
    from moliere_core.corpus import Corpus
    from moliere_core.learning import Record
    from moliere_core.models import RecurrentModel
    from moliere_core.runs import Run


@dataclass(frozen=True)
class Card:
    """A model in one line: its size, and its bits per character on plays it has not read."""

    reference: str
    cell: str
    layers: int
    units: int
    parameters: int
    epoch: int | None
    bits_per_char: float | None
    held_out: str  # "plays" or "last-tenth": what it was measured on


def _public(reference: str) -> str:
    """The reference, unless it is a folder's path, which an address must not open."""
    from moliere_core.models import unknown_model

    if not re.fullmatch(r"(\w[\w-]*|run:\w+|hf:[\w./-]+)(@[\w-]+)?", reference, re.ASCII):
        raise unknown_model(reference)
    return reference


def _run(reference: str) -> tuple[Run, str | None]:
    """The run of a public reference, and the snapshot that it names."""
    from moliere_core.models import open_run

    return open_run(_public(reference))


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Import what pages need, once; then tell the collector that it is there to stay.

    Frozen objects cost nothing to Python's own collections, which are the only ones left: see
    `postScriptGC` in .streamlit/config.toml.
    """
    import gc
    import importlib

    names = (
        "numpy",
        "plotly.graph_objects",
        "moliere_core.jobs",
        "moliere_core.learning",
        "moliere_core.sampling",
        "dashboard.charts.training",
        "dashboard.film",
        "dashboard.playback",
        "dashboard.widgets",
        "dashboard.yardsticks",
    )
    for name in names:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


@st.cache_resource(show_spinner=False, max_entries=8)
def model(reference: str) -> RecurrentModel:
    """A model, opened once for all sessions."""
    from moliere_core.models import load_recurrent

    return load_recurrent(_public(reference))


@st.cache_data(show_spinner=False, ttl=5)
def models() -> list[str]:
    """References of the models that can be chosen; looked up again every five seconds."""
    from moliere_core.models import list_models

    return [e.name for e in list_models() if e.available and e.kind != "ngram"]


@st.cache_data(show_spinner=False, max_entries=32, ttl=60)
def card(reference: str) -> Card:
    """What a model is and how well it predicts, from its run's own files."""
    run, snapshot = _run(reference)
    network = model(reference).network
    epoch = run.snapshot(snapshot).epoch
    measured = [line for line in run.history if line["epoch"] == epoch]
    return Card(
        reference=reference,
        cell=network.cell.upper(),
        layers=len(network.layers),
        units=network.config.units,
        parameters=network.parameters,
        epoch=epoch if snapshot else None,
        bits_per_char=measured[0].get("validation_bits_per_char") if measured else None,
        held_out=run.held_out,
    )


@st.cache_data(show_spinner=False, max_entries=64)
def playback(
    reference: str, prompt: str, config: SamplingConfig, seed: int, chars: int
) -> Playback:
    """A text with the choice behind each of its characters."""
    from dashboard.playback import record

    return record(model(reference), prompt, config, seed, chars)


@st.cache_data(show_spinner=False, max_entries=64)
def comparison(
    reference: str,
    prompts: Sequence[str],
    configs: Sequence[SamplingConfig],
    seed: int,
    chars: int,
) -> list[Column]:
    """Texts written side by side with the same draws."""
    from dashboard.playback import compare

    return compare(model(reference), prompts, configs, seed, chars)


@st.cache_data(show_spinner=False, max_entries=256)
def next_character(
    reference: str, prompt: str, chosen: str, config: SamplingConfig, seed: int, bars: int
) -> NextCharacter:
    """The distribution of the character after `prompt` and `chosen`."""
    from dashboard import playback

    return playback.next_character(model(reference), prompt, chosen, config, seed, bars)


# Training


@dataclass(frozen=True)
class Reading:
    """What a training would read: sizes of its texts and of its alphabet."""

    chars: int
    validation_chars: int
    vocab_size: int
    held_out: str


@st.cache_resource(show_spinner=False, max_entries=4)
def corpus(source: str) -> Corpus:
    """The embedded plays, or with "server" those that `MOLIERE_CORPUS` names."""
    from moliere_core.corpus import EMBEDDED, load_corpus

    return load_corpus(None if source == "server" else EMBEDDED)


@st.cache_data(show_spinner=False, max_entries=64)
def reading(source: str, plays: tuple[str, ...], min_char_freq: int) -> Reading:
    """What a training on these plays would read."""
    from moliere_core.config import RunConfig
    from moliere_core.corpus import split
    from moliere_core.vocabulary import Vocabulary

    texts = split(corpus(source), plays, RunConfig().validation)
    vocabulary = Vocabulary.from_text(texts.train_text, min_char_freq)
    sizes = len(texts.train_text), len(texts.validation_text), len(vocabulary)
    return Reading(*sizes, texts.held_out)


@st.cache_resource(show_spinner=False)
def _background() -> ThreadPoolExecutor:
    """One thread for what a page can do without for a second."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(1, "moliere-pages")


@st.cache_resource(show_spinner=False, max_entries=64)
def yardsticks(run_id: str) -> Future[Yardsticks]:
    """The references of a run, measured in the background."""
    from dashboard.yardsticks import measure
    from moliere_core.runs import Run, run_path

    corpora = known_corpora()
    return _background().submit(lambda: measure(Run.open(run_path(run_id)), corpora))


@st.cache_data(show_spinner=False, max_entries=4)
def held_out_text(source: str) -> str:
    """The text that a training on all of a corpus keeps to measure, normalised."""
    from moliere_core.config import RunConfig
    from moliere_core.corpus import split
    from moliere_core.normalise import normalise

    return normalise(split(corpus(source), (), RunConfig().validation).validation_text)


@dataclass(frozen=True)
class StoredRun:
    """A run of the store, in one line.

    Attributes:
        reference: run:ID.
        name: what people call it.
        architecture: its network, in a few symbols.
        parameters: how many.
        epochs: that have ended.
        asked: epochs asked for.
        bits_per_char: after the last of them, None where nobody measured it.
        seconds: of training, None where nobody measured them.
    """

    reference: str
    name: str
    architecture: str
    parameters: int
    epochs: int
    asked: int
    bits_per_char: float | None
    seconds: float | None


@st.cache_data(show_spinner=False, ttl=3)
def stored_runs() -> list[StoredRun]:
    """The runs of the store, newest first; looked up again every three seconds."""
    from dashboard import naming
    from moliere_core.runs import list_runs

    found = []
    for run in list_runs():
        history, config = run.history, run.config
        last = history[-1] if history else {}
        row = StoredRun(
            reference=f"run:{run.id}",
            name=naming.training(config, run.label),
            architecture=naming.architecture(config),
            parameters=config.model.parameter_count(len(run.vocabulary)),
            epochs=len(history),
            asked=config.training.epochs,
            bits_per_char=last.get("validation_bits_per_char"),
            seconds=last.get("seconds"),
        )
        found.append(row)
    return found


def known_corpora() -> list[Corpus]:
    """The corpora of this server."""
    from dashboard import naming

    return [corpus(source) for source in naming.sources()]


@st.cache_data(show_spinner=False, max_entries=64)
def curves_figure(
    curves: Curves, yardsticks: Yardsticks | None, guesses: Guesses, dark: bool, language: str
) -> Figure:
    """The chart of a training, drawn once for all who watch it; its labels are in `language`."""
    from dashboard.charts.training import curves_figure

    return curves_figure(curves, yardsticks, guesses, dark)


@st.cache_data(show_spinner=False, max_entries=256)
def bits_on(reference: str, text: str) -> float:
    """Bits per character of a model on a text."""
    from moliere_core.evaluation import score

    return score(model(reference), text).bits_per_char


@st.cache_data(show_spinner=False, max_entries=256)
def has_read(reference: str, text: str) -> bool | None:
    """Whether a model was trained on passages of a text; None where nobody can tell."""
    from dashboard.yardsticks import has_read

    return has_read(_run(reference)[0], text, known_corpora())


# The film of a training


@st.cache_data(show_spinner=False, max_entries=64, ttl=5)
def timeline(reference: str) -> Timeline:
    """The moments of a run; looked up again every five seconds."""
    from dashboard.moments import timeline

    return timeline(_run(reference)[0])


@st.cache_data(show_spinner=False, max_entries=2048)
def scene(reference: str, moment: str, prompt: str, config: SamplingConfig, seed: int) -> Scene:
    """What a run's network writes at one moment."""
    from dashboard.moments import scene

    return scene(_run(reference)[0], moment, prompt, config, seed)


@st.cache_resource(show_spinner=False, max_entries=64)
def measures(reference: str, moments: tuple[str, ...]) -> Future[dict[str, Record]]:
    """The measures that a run's history lacks, computed in the background."""
    from dashboard.yardsticks import texts_of
    from moliere_core import learning

    run, corpora = _run(reference)[0], known_corpora()

    def measure() -> dict[str, Record]:
        texts = texts_of(run, corpora)
        if texts is None:
            return {}
        return learning.measure(run, texts, [s for s in run.snapshots if s.name in moments])

    return _background().submit(measure)
