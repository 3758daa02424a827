"""The store of runs as pages show it: its table, what a run is measured against, what it has read.

Looked up once for all sessions, and again every three seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.shared import cached, naming
from moliere_core.models.references import list_models
from moliere_core.runs import index
from moliere_core.runs.index import DamagedRun
from moliere_core.runs.run import Run, run_path
from moliere_core.system.work import Work
from moliere_core.training import yardsticks as measured
from moliere_core.training.yardsticks import Yardsticks


@dataclass(frozen=True)
class RunRow:
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
        imported_from: the file that it came from, "" where it was trained here.
    """

    reference: str
    name: str
    architecture: str
    parameters: int
    epochs: int
    asked: int
    bits_per_char: float | None
    seconds: float | None
    imported_from: str


def stored_runs() -> list[RunRow]:
    """The runs of the store, newest first."""
    return _store()[0]


def damaged_runs() -> list[DamagedRun]:
    """The folders of the store that cannot be read as runs."""
    return _store()[1]


def forget() -> None:
    """Look the store up again at once: a run has come, gone or changed its name."""
    _store.clear()
    cached.models.clear()


@st.cache_data(show_spinner=False, ttl=3)
def _store() -> tuple[list[RunRow], list[DamagedRun]]:
    entries = index.entries()
    damaged = [run for run in entries if isinstance(run, DamagedRun)]
    runs = [run for run in entries if not isinstance(run, DamagedRun)]
    names = naming.trainings_apart(
        (
            run.name,
            naming.training(run.config, run.label, run.asked_by),
            run.config.training.seed,
        )
        for run in runs
    )
    return [_row(run, names[run.name]) for run in runs], damaged


def _row(run: index.StoredRun, name: str) -> RunRow:
    last = run.history[-1] if run.history else {}
    return RunRow(
        reference=f"run:{run.name}",
        name=name,
        architecture=naming.architecture(run.config),
        parameters=run.config.model.parameter_count(run.symbols),
        epochs=len(run.history),
        asked=run.config.training.epochs,
        bits_per_char=last.get("validation_bits_per_char"),
        seconds=last.get("seconds"),
        imported_from=run.imported_from,
    )


@st.cache_data(show_spinner=False)
def experiments() -> list[str]:
    """The shipped runs of the experiments: they can be asked for, and are not offered."""
    return [entry.name for entry in list_models() if entry.experiment and entry.available]


@st.cache_resource(show_spinner=False, max_entries=64)
def yardsticks(run_id: str) -> Work[Yardsticks]:
    """The references of a run, measured in the background."""
    corpora = cached.known_corpora()
    return cached.background().begin(
        lambda told: measured.measure(Run.open(run_path(run_id)), corpora, told)
    )


@st.cache_data(show_spinner=False, max_entries=256)
def has_read(reference: str, text: str) -> bool | None:
    """Whether a model was trained on passages of a text; None where nobody can tell."""
    return measured.has_read(cached.open_run(reference)[0], text, cached.known_corpora())
