"""A worker without a framework: `moliere_core.training.jobs.worker`, whose updates only take time.

Run as a script. FAKE_PAUSE is the length of an update in seconds; FAKE_MODE is what happens at the
first update of the second epoch: "kill" (by SIGKILL, once, while a file is written), "exit",
"error", "unwritable" (the same, with nothing written any longer), "hang" (an update that does not
end), or "hold" (one that ends when the training is to be stopped, or when the file exists that
FAKE_RELEASE names): whoever looks at a job that is held finds it running, however late. "begin
FILE" is a worker that hears nothing once it has written that file of its run.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from moliere_core.runs import run
from moliere_core.runs.run import Run
from moliere_core.system.storage import write_atomically
from moliere_core.training import session
from moliere_core.training.jobs import job, worker
from tests.networks import random_weights

PAUSE, MODE = float(os.environ.get("FAKE_PAUSE", "0.001")), os.environ.get("FAKE_MODE", "")
RELEASE = Path(os.environ.get("FAKE_RELEASE", "/nowhere"))


class Model:
    def __init__(self, weights: dict[str, Any]) -> None:
        self.weights, self.updates = weights, 0

    def train_on_batch(self, inputs: Any, targets: Any) -> float:
        self.updates += 1
        if MODE and has_an_epoch():
            misbehave()
        time.sleep(PAUSE)
        return 3 / (1 + self.updates)


def has_an_epoch() -> bool:
    history = FOLDER.parents[1] / "runs" / FOLDER.name / "history.jsonl"
    return history.is_file() and bool(history.read_text().strip())


def hold() -> None:
    while not RELEASE.exists() and not should_stop():
        time.sleep(0.005)


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
    elif MODE == "unwritable":
        (FOLDER / "events.jsonl").rename(FOLDER / "gone")
        (FOLDER / "events.jsonl").mkdir()
        raise ValueError("no disk")
    elif MODE == "hang":
        time.sleep(600)
    elif MODE == "hold":
        hold()


class Framework:
    @staticmethod
    def build(config: Any, vocab_size: int, *_: Any, **__: Any) -> Model:
        from moliere_core.networks.initial import initial_weights
        from moliere_core.text.vocabulary import Vocabulary

        if config.is_transformer:
            return Model(initial_weights(config, vocab_size))
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


def should_stop() -> bool:
    return False


def serve() -> int:
    """The worker's own `main`, which tells `should_stop` and the job's folder here as well."""
    train, read_spec = session.train, job.read_spec

    def told(*args: Any, **options: Any) -> Run:
        globals()["should_stop"] = options["should_stop"]
        return train(*args, **options)

    def found(folder: Path) -> Any:
        globals()["FOLDER"] = folder
        return read_spec(folder)

    worker.train, worker.read_spec = told, found  # type: ignore[attr-defined]
    return worker.main()


def write_the_beginning(path: Path, data: bytes) -> None:
    """As a run is written on a slow disk."""
    write_atomically(path, data)
    if f"begin {path.name}" == MODE:
        time.sleep(600)


FOLDER = Path()  # of the job, once it is known

if __name__ == "__main__":
    sys.modules["moliere_core.networks.keras_model"] = Framework  # type: ignore[assignment]
    run.write_atomically = write_the_beginning  # type: ignore[attr-defined]
    sys.exit(serve())
