"""Characters a second while writing, on one core: this engine, Keras' predict loop, torch stepped.

Contenders are processes of their own, run in turn, each in three rounds; the table gives medians.
All have the course's architecture (embedding 128, LSTM 256) and the alphabet of `petit`; only this
engine has its weights, on which the time does not depend.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from benchmarks.table import Row
from moliere_core.config import SamplingConfig
from moliere_core.models.references import load_model, load_recurrent
from moliere_core.models.sampling import generate

ROUNDS = 3
ONE_CORE = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "TF_NUM_INTRAOP_THREADS",
        "TF_NUM_INTEROP_THREADS",
    ),
    "1",
)
PROMPT = "Mon frère, s'il vous plaît, ne discourons point tant"
WINDOW = 60  # characters that the course's loop gives to predict each time


def engine(streams: int, chars: int) -> float:
    """Characters a second of this engine over `streams` streams, all draws different."""
    model = load_model("petit")
    prompts, configs = [PROMPT] * streams, [SamplingConfig(0.8)] * streams
    began = time.perf_counter()
    generate(model, prompts, configs, range(streams), chars)
    return streams * chars / (time.perf_counter() - began)


def keras_predict(chars: int) -> float:
    """The course's loop, corrected: `model.predict` on the last 60 characters, one at a time."""
    from moliere_core.networks.keras_model import build

    petit = load_recurrent("petit")
    model = build(petit.network.config, len(petit.vocabulary), last_only=True)
    window = list(petit.vocabulary.encode(PROMPT.rjust(WINDOW))[-WINDOW:])
    rng = np.random.default_rng(0)
    model.predict(np.array([window]), verbose=0)  # traced once, outside the measure
    began = time.perf_counter()
    for _ in range(chars):
        logits = model.predict(np.array([window]), verbose=0)[0].astype(np.float64) / 0.8
        probs = np.exp(logits - logits.max())
        window = [*window[1:], rng.choice(len(probs), p=probs / probs.sum())]
    return chars / (time.perf_counter() - began)


def torch_stepped(streams: int, chars: int) -> float:
    """torch's own nn.LSTM, one step a character with the state carried, multinomial draws."""
    import torch

    torch.set_num_threads(1)
    vocab = len(load_model("petit").vocabulary)
    embedding, lstm = torch.nn.Embedding(vocab, 128), torch.nn.LSTM(128, 256)
    dense, state = torch.nn.Linear(256, vocab), None
    ids = torch.zeros(1, streams, dtype=torch.long)
    began = time.perf_counter()
    with torch.inference_mode():
        for _ in range(chars):
            hidden, state = lstm(embedding(ids), state)
            probs = torch.softmax(dense(hidden[0]) / 0.8, -1)
            ids = torch.multinomial(probs, 1).T
    return streams * chars / (time.perf_counter() - began)


CONTENDERS: dict[str, tuple[Callable[[], float], str | None]] = {
    "this engine, 1 stream": (lambda: engine(1, 8_000), None),
    "this engine, 25 streams": (lambda: engine(25, 2_000), None),
    "Keras predict loop, as in the course": (lambda: keras_predict(60), "keras"),
    "torch nn.LSTM stepped, 1 stream": (lambda: torch_stepped(1, 4_000), "torch"),
    "torch nn.LSTM stepped, 25 streams": (lambda: torch_stepped(25, 2_000), "torch"),
}


def measure() -> list[Row]:
    """Run every contender `ROUNDS` times, in turn."""
    available = [n for n, (_, needs) in CONTENDERS.items() if needs is None or find_spec(needs)]
    rates: dict[str, list[float]] = {name: [] for name in available}
    for _ in range(ROUNDS):
        for name in available:
            command = [sys.executable, "-m", "benchmarks.sampling", name]
            done = subprocess.run(
                command, capture_output=True, text=True, check=True, env={**os.environ, **ONE_CORE}
            )
            rates[name].append(json.loads(done.stdout.splitlines()[-1]))
    return [
        Row(
            f"sampling: {name}",
            "characters/s, one core",
            f"{statistics.median(rates[name]):,.0f}" if name in rates else "-",
            "" if name in rates else "not installed",
        )
        for name in CONTENDERS
    ]


if __name__ == "__main__":
    print(json.dumps(CONTENDERS[sys.argv[1]][0]()))
