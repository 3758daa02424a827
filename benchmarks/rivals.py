"""An LSTM and a transformer of as many parameters, after as many minutes of training here.

The networks and settings of the presets `demo` and `transformer`, trained by the product itself.
Each reads the text as often as fits into the minutes at the rate that a first try shows, so that
its learning rate has come down when they are over; what is told are the seconds it then took. The
corpus is `MOLIERE_CORPUS`, or else the embedded plays. It takes twice `MINUTES`, and the tries.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.table import Row
from moliere_core.config import PRESETS, RunConfig
from moliere_core.corpus import Corpus, load_corpus, split
from moliere_core.training.calibration import chars_per_second
from moliere_core.training.session import train

RIVALS = ("demo", "transformer")
MINUTES = (2.0, 5.0)
TRY_SECONDS = 20.0  # after the first updates, which wait for the graph


def measure() -> list[Row]:
    corpus = load_corpus()
    paces = {name: seconds_a_pass(PRESETS[name], corpus) for name in RIVALS}
    return [_trained(name, paces[name], minutes, corpus) for minutes in MINUTES for name in RIVALS]


def seconds_a_pass(config: RunConfig, corpus: Corpus) -> float:
    """How long one pass over the training text takes here."""
    chars = len(split(corpus, (), config.validation).train_text)
    return chars / chars_per_second(config, corpus, TRY_SECONDS)


def _trained(name: str, pace: float, minutes: float, corpus: Corpus) -> Row:
    config = PRESETS[name]
    passes = max(round(60 * minutes / pace), 1)
    config = replace(config, training=replace(config.training, epochs=passes))
    with tempfile.TemporaryDirectory() as folder:
        run = train(config, corpus, Path(folder, "run"))
        last = run.history[-1]
    note = f"{passes} passes in {last['seconds']:.0f} s, {last['updates']:,} updates"
    bits = f"{last['validation_bits_per_char']:.3f}"
    return Row(f"{name}: as many minutes", f"bits, {minutes:.0f} min", bits, note)
