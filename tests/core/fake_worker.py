"""A worker without a framework: `moliere_core.jobs.worker`, whose updates only take time.

Run as a script. FAKE_PAUSE is the length of an update in seconds; FAKE_MODE is what happens at the
first update of the second epoch: "kill" (by SIGKILL, once, while a file is written), "exit",
"error", or "hang" (an update that does not end).
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from moliere_core import training
from moliere_core.jobs import worker
from moliere_core.storage import write_atomically
from tests.networks import random_weights

PAUSE, MODE = float(os.environ.get("FAKE_PAUSE", "0.001")), os.environ.get("FAKE_MODE", "")


class Model:
    def __init__(self, weights: dict[str, Any]) -> None:
        self.weights, self.updates = weights, 0

    def train_on_batch(self, inputs: Any, targets: Any) -> float:
        self.updates += 1
        history = FOLDER.parents[1] / "runs" / FOLDER.name / "history.jsonl"
        if MODE and history.is_file() and history.read_text().strip():
            misbehave()
        time.sleep(PAUSE)
        return 3 / (1 + self.updates)


def misbehave() -> None:
    mark = FOLDER / "killed"
    if MODE == "kill" and not mark.exists():
        mark.touch()
        Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore
        write_atomically(FOLDER.parents[1] / "runs" / FOLDER.name / "history.jsonl", b"half")
    elif MODE == "exit":
        os._exit(1)
    elif MODE == "error":
        raise ValueError("two\nlines")
    elif MODE == "hang":
        time.sleep(600)


class Framework:
    @staticmethod
    def build(config: Any, vocab_size: int, *_: Any, **__: Any) -> Model:
        from moliere_core.vocabulary import Vocabulary

        letters = Vocabulary(tuple(chr(ord("a") + i) for i in range(vocab_size - 1)))
        weights = random_weights(
            letters, config.cell, config.layers, config.units, config.embedding_dim
        )
        return Model(weights)

    @staticmethod
    def averaged_weights_by_name(model: Model) -> dict[str, Any]:
        return model.weights

    @staticmethod
    def training_state(model: Model) -> dict[str, Any]:
        return {"updates": np.array([model.updates])}

    @staticmethod
    def restore_training_state(model: Model, state: dict[str, Any]) -> None:
        model.updates = int(state["updates"][0])

    compile_model = set_weights_by_name = reset_states = quick_start = staticmethod(lambda *_: None)


if __name__ == "__main__":
    FOLDER = Path(sys.argv[1])
    training._framework = Framework  # type: ignore[assignment]
    sys.exit(worker.main(FOLDER))
