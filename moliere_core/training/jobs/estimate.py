"""How long a training will take, from its sizes and from what this machine did before."""

from __future__ import annotations

import statistics
import time
from functools import lru_cache
from itertools import islice
from pathlib import Path

from moliere_core.config import ModelConfig, RunConfig
from moliere_core.runs.index import StoredRun, stored_runs
from moliere_core.runs.run import runs_folder
from moliere_core.system.machine import threads
from moliere_core.training.jobs.spec import JobSpec
from moliere_core.training.memory import OLD_CHARS
from moliere_core.training.session import TRAIN_SAMPLE_CHARS

VOCAB_SIZE = 100  # the alphabets of Molière's plays have 90 to 110 symbols
LAUNCH_SECONDS = 8.0  # a framework's import, and its first update
STEP_SECONDS = 3e-4  # overhead of one time step of one layer, whatever its width
BLOCK_SECONDS = 2e-3  # the same, of an update of one block of a transformer: all positions at once
BLOCK_FLOPS = 7e10  # of a transformer on a core: norms and activations take as long as products
FLOPS_PER_CORE = 1.2e11  # single precision, measured while training (docs: training)
SCORE_FLOPS = 2e10  # of the NumPy engine, which measures one stream on one core
RECENT_RUNS = 5
REMEMBERED_SECONDS = 30


def seconds(spec: JobSpec, speed: float | None = None) -> float:
    """Estimated duration of a job from launch to end, in seconds.

    Args:
        spec: the job.
        speed: of this machine, relative to the one assumed here; None for `machine_speed`.
    """
    config, speed = spec.config, machine_speed() if speed is None else speed
    read = spec.validation_chars + min(spec.chars, TRAIN_SAMPLE_CHARS)
    if config.initial:
        read += OLD_CHARS
    measured = read * _scored_flops(config.model) / SCORE_FLOPS
    training = spec.predictions * _seconds_per_char(
        config.model, config.training.batch_size, config.training.seq_length
    )
    return LAUNCH_SECONDS + training / speed + config.training.epochs * measured


def machine_speed() -> float:
    """Median speed of the latest stored runs, relative to what is expected; 1 without any.

    They were trained here or on this class's cluster, the same kind of machine; those that were
    imported were not. Looked at again every half minute, since pages that wait in the queue ask
    every second.
    """
    return _machine_speed(runs_folder(), int(time.monotonic() / REMEMBERED_SECONDS))


@lru_cache(maxsize=1)
def _machine_speed(_folder: Path, _moment: int) -> float:
    ratios = []
    here = (found for found in stored_runs() if not found.imported_from)
    for found in islice(here, RECENT_RUNS):
        ratio = _relative_speed(found)
        if ratio:
            ratios.append(ratio)
    return statistics.median(ratios) if ratios else 1.0


def _relative_speed(run: StoredRun) -> float | None:
    rate = run.history[-1].get("chars_per_second") if run.history else None
    return speed(run.config, float(rate)) if rate else None


def speed(config: RunConfig, chars_per_second: float) -> float:
    """How fast a machine is, relative to the one assumed here, that trained at such a rate."""
    training = config.training
    return chars_per_second * _seconds_per_char(
        config.model, training.batch_size, training.seq_length
    )


def _seconds_per_char(model: ModelConfig, batch: int, length: int) -> float:
    """Expected time to learn from one character: arithmetic, and the overhead of each step."""
    if model.is_transformer:
        arithmetic = 3 * batch * length * _flops(model) / (BLOCK_FLOPS * threads())
        return (arithmetic + BLOCK_SECONDS * model.layers) / (batch * length)
    arithmetic = 3 * batch * length * _flops(model) / (FLOPS_PER_CORE * threads())
    return (arithmetic + STEP_SECONDS * length * model.layers) / (batch * length)


def _flops(model: ModelConfig) -> float:
    """Floating-point operations of one character's forward pass; back-propagation costs twice."""
    if model.is_transformer:
        # Positions are looked up; the table of characters is, too, and gives the scores. Of the
        # window, each character compares itself with all, and adds up as many.
        multiplied = model.parameter_count(VOCAB_SIZE) - model.context * model.units
        return 2.0 * (multiplied + 2 * model.layers * model.context * model.units)
    embedding = VOCAB_SIZE * model.embedding_dim  # looked up, not multiplied
    return 2.0 * (model.parameter_count(VOCAB_SIZE) - embedding)


def _scored_flops(model: ModelConfig) -> float:
    """The same while scoring: a transformer reads a character in two windows."""
    return _flops(model) * (2 if model.is_transformer else 1)
