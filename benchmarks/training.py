"""Training: characters a second, and seconds to the bits per character of `cours-rapide`.

`cours-rapide` (the course's published settings) is trained for one epoch by this project's own
loop, then scored on the validation plays both with the state carried and on overlapping windows
from a zero state, as it was trained; the lower figure is the target. The contiguous streams are
then trained until a snapshot, scored with the state carried, is at the target. Seconds are those
of training alone. The corpus is `MOLIERE_CORPUS`, or else the embedded plays.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.table import Row
from moliere_core.config import PRESETS, RunConfig, TrainingConfig
from moliere_core.corpus import load_corpus, split
from moliere_core.models import RecurrentModel
from moliere_core.protocol import CONTEXT_START, UNKNOWN_BITS
from moliere_core.recurrent import RecurrentNetwork
from moliere_core.sampling import log_softmax
from moliere_core.vocabulary import UNKNOWN, Vocabulary
from moliere_core.windows import Window, contiguous_streams, shuffled_batches, sliding_windows

SNAPSHOT_EVERY = 50  # updates between two snapshots of the streams
SCORING_STREAMS = 8


@dataclass
class Trained:
    """What a training gave: (seconds, model) at every snapshot, and its speed."""

    snapshots: list[tuple[float, RecurrentModel]]
    chars_per_second: float
    updates: int


def measure() -> list[Row]:
    corpus = load_corpus(os.environ.get("MOLIERE_CORPUS"))
    course, streams = PRESETS["cours-rapide"], PRESETS["demo"]
    streams = replace(streams, training=replace(streams.training, epochs=1))
    texts = split(corpus, (), course.validation)
    vocabulary = Vocabulary.from_text(texts.train_text)
    ids = vocabulary.encode(CONTEXT_START + texts.train_text)

    slow = _train(course, vocabulary, ids)
    seconds, model = slow.snapshots[-1]
    carried = _carried_bits(model, texts.validation_text)
    windowed = _windowed_bits(model, texts.validation_text, course.training.seq_length)
    target = min(carried, windowed)
    fast = _train(streams, vocabulary, ids)
    reached = next(
        (s for s, m in fast.snapshots if _carried_bits(m, texts.validation_text) <= target), None
    )
    share = f"1/{seconds / reached:.1f} of the time" if reached else "within one pass: no"
    return [
        Row("training: cours-rapide, windows", "characters/s", f"{slow.chars_per_second:,.0f}"),
        Row(
            "training: cours-rapide, windows",
            "s for one epoch",
            f"{seconds:.0f}",
            f"{target:.3f} bits per character ({carried:.3f} carried, {windowed:.3f} windowed), "
            f"{corpus.source}",
        ),
        Row("training: demo, streams", "characters/s", f"{fast.chars_per_second:,.0f}"),
        Row(
            "training: demo, streams",
            "s to the same bits per character",
            f"{reached:.0f}" if reached else "-",
            share,
        ),
    ]


def _train(config: RunConfig, vocabulary: Vocabulary, ids: np.ndarray) -> Trained:
    """One epoch in this process; a snapshot every so often for streams, at the end for windows."""
    from moliere_core import model as framework

    training = config.training
    batches = list(_batches(training, ids))
    model = framework.build(
        config.model,
        len(vocabulary),
        training.batch_size if training.shift is None else None,
        training.seq_length,
        stateful=training.shift is None,
    )
    framework.compile_model(model, training, len(batches))
    model.train_on_batch(*batches[0])  # compiles, outside the measure
    every = SNAPSHOT_EVERY if training.shift is None else len(batches)
    snapshots, seconds = [], 0.0
    for start in range(0, len(batches), every):
        began = time.perf_counter()
        for inputs, targets in batches[start : start + every]:
            model.train_on_batch(inputs, targets)
        seconds += time.perf_counter() - began
        network = RecurrentNetwork(framework.weights_by_name(model))
        snapshots.append((seconds, RecurrentModel("benchmark", network, vocabulary)))
    chars = len(batches) * batches[0][0].size
    return Trained(snapshots, chars / seconds, len(batches))


def _batches(config: TrainingConfig, ids: np.ndarray) -> Iterator[Window]:
    if config.shift is None:
        return contiguous_streams(ids, config.batch_size, config.seq_length)
    windows = sliding_windows(ids, config.seq_length, config.shift)
    return shuffled_batches(windows, config.batch_size, seed=0, epoch=1)


def _carried_bits(model: RecurrentModel, text: str) -> float:
    return float(model.surprisal(text, streams=SCORING_STREAMS).mean())


def _windowed_bits(model: RecurrentModel, text: str, seq_length: int) -> float:
    """Windows from a zero state that overlap by half, each scored on its second half."""
    ids = model.vocabulary.encode(CONTEXT_START + text)
    half = seq_length // 2
    inputs, targets = sliding_windows(ids, seq_length, half)
    logits, _ = model.network.run(inputs, model.network.zero_state(len(inputs)))
    scored = targets[:, half:]
    log_probs = log_softmax(logits[:, half:])
    chosen = np.take_along_axis(log_probs, scored[..., None], axis=-1)[..., 0]
    return float(np.where(scored == UNKNOWN, UNKNOWN_BITS, -chosen / np.log(2)).mean())
