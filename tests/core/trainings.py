"""What the tests of trainings share: a corpus, its settings, workers, and what tells runs apart."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file

from moliere_core.config import ModelConfig, RunConfig, TrainingConfig
from moliere_core.corpus import Corpus
from moliere_core.runs.run import Run
from moliere_core.training import jobs
from moliere_core.training.jobs.job import Job
from moliere_core.training.jobs.spec import JobSpec

ROOT = Path(__file__).parents[2]
FAKE = (sys.executable, "-m", "tests.core.fake_training_worker")
HELD = (sys.executable, "-m", "tests.core.held_training_worker")
TIMES = ("seconds", "chars_per_second")


def corpus(words: str = "la le ma me lame mele", cues: int = 60) -> Corpus:
    """Cues of four of these words each, the last ten of them in a play of their own, "b"."""
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(words.split(), 4)) for _ in range(cues)]
    frame = pd.DataFrame({"play_name": ["a"] * (cues - 10) + ["b"] * 10, "cue": texts})
    columns = ["play_name", "title", "act", "scene", "speaker", "form", "cue"]
    return Corpus(frame.reindex(columns=columns, fill_value=""), "test")


CORPUS = corpus()
CONFIG = RunConfig(
    ModelConfig(embedding_dim=4, units=8),
    TrainingConfig(epochs=3, seq_length=8, batch_size=4),
    validation=("b",),
)
STREAMS = RunConfig(
    ModelConfig(embedding_dim=4, units=6, dropout=0.3, recurrent_dropout=0.3),
    TrainingConfig(epochs=3, seq_length=5, batch_size=4, weight_averaging=0.9),
    validation=("b",),
)
WINDOWS = RunConfig(
    ModelConfig("gru", embedding_dim=4, units=6, dropout=0.3),
    TrainingConfig(epochs=3, seq_length=8, shift=3, batch_size=16, schedule="constant"),
    validation=("b",),
)
ATTENTIVE = RunConfig(
    ModelConfig("transformer", units=8, layers=2, dropout=0.2, heads=2, context=12),
    TrainingConfig(epochs=3, batch_size=4, weight_averaging=0.9, warm_up=5, quick_start=True),
    validation=("b",),
)


def request(seed: int = 0, epochs: int = 3, label: str = "") -> JobSpec:
    """A training of `CONFIG`, asked for."""
    training = replace(CONFIG.training, seed=seed, epochs=epochs)
    return jobs.prepare(replace(CONFIG, training=training), CORPUS, label)


def kinds(job: Job, since: int = 0) -> list[str]:
    """What a job has said since then."""
    return [event["event"] for event in job.events(since)]


def untimed(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same history, without what differs from one machine to another."""
    return [{k: v for k, v in record.items() if k not in TIMES} for record in history]


def assert_same_training(run: Run, other: Run) -> None:
    """The same measures, snapshots and weights, up to the last digits."""
    assert len(run.history) == len(other.history)
    for mine, theirs in zip(untimed(run.history), untimed(other.history), strict=True):
        assert mine.keys() == theirs.keys()
        for key, value in mine.items():
            expected = pytest.approx(value, abs=1e-4) if isinstance(value, float) else value
            assert theirs[key] == expected, key
    assert [s.name for s in run.snapshots] == [s.name for s in other.snapshots]
    for mine_, theirs_ in zip(run.snapshots, other.snapshots, strict=True):
        weights = load_file(theirs_.path)
        for name, array in load_file(mine_.path).items():
            np.testing.assert_allclose(array, weights[name], atol=1e-4)
