"""How long trainings will take on this machine: a short one, measured, and what follows from it."""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from moliere_core.config import PRESETS, RunConfig
from moliere_core.corpus import Corpus
from moliere_core.training.jobs import estimate
from moliere_core.training.jobs.spec import describe
from moliere_core.training.session import BatchesDone, EpochEnded, Event, train

SECONDS = 12.0  # of training: the first updates, which compile, then a few hundred
MEASURED = "demo"  # the preset that is trained
PREDICTED = ("demo", "cours-rapide")


@dataclass(frozen=True)
class Calibration:
    """What a short training has told.

    Attributes:
        chars_per_second: of the preset `MEASURED`, once under way.
        seconds: that each of `PREDICTED` would take on this corpus, by its name. They assume that
            time grows with the arithmetic and the steps of a network, as `jobs.estimate` counts
            them, and that the machine stays as busy as it was.
    """

    chars_per_second: float
    seconds: dict[str, float]


def calibrate(corpus: Corpus, seconds: float | None = None) -> Calibration:
    """Train for a while, in a folder that is deleted, and tell what that says of other trainings.

    Args:
        corpus: what a class would train on.
        seconds: after which the training is stopped, counted from its first updates; `SECONDS`.

    Raises:
        TrainingError: no framework.
        CorpusError: too little text.
    """
    config = PRESETS[MEASURED]
    rate = chars_per_second(config, corpus, SECONDS if seconds is None else seconds)
    speed = estimate.speed(config, rate)
    predicted = {
        name: estimate.seconds(describe(PRESETS[name], corpus), speed) for name in PREDICTED
    }
    return Calibration(rate, predicted)


def chars_per_second(config: RunConfig, corpus: Corpus, seconds: float) -> float:
    """How fast a training is once under way: it runs in a folder that is deleted.

    Args:
        config: what is trained, and how.
        corpus: what it reads.
        seconds: after which it is stopped, counted from its first updates.

    Raises:
        TrainingError: no framework.
        CorpusError: too little text.
    """
    rates: list[float] = []
    ends: list[float] = []

    def hear(event: Event) -> None:
        if isinstance(event, BatchesDone):
            rates.append(event.chars_per_second)
            ends.append(time.perf_counter())
        elif isinstance(event, EpochEnded):
            rates.append(float(event.record["chars_per_second"]))

    with tempfile.TemporaryDirectory() as folder:
        train(
            config,
            corpus,
            Path(folder) / "run",
            hear,
            should_stop=lambda: bool(ends) and ends[-1] - ends[0] >= seconds,
            snapshot_at=(),
        )
    return statistics.median(rates[len(rates) // 2 :])  # the second half: once all is compiled
