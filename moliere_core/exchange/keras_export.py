"""A stored run as the `.keras` file that the course's notebook would have saved.

The model is the notebook's: an Embedding, plain recurrent layers that keep their last output, a
Dense softmax over the alphabet, without our unknown symbol, which is never drawn. A transformer is
Keras' own MultiHeadAttention and the layers around it. It opens with `keras.models.load_model`, and
a recurrent one here again with `keras_import`; the alphabet travels in the file, as
`vocabulary.json`, which Keras passes over. The server imports no framework, so that the file is
built by `python -m moliere_core.exchange.keras_export RUN SNAPSHOT OUT`.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Any

from moliere_core.errors import ConfigError, ModelError, MoliereError
from moliere_core.networks.arrays import Array
from moliere_core.runs.run import VOCABULARY, Run
from moliere_core.system.machine import is_public
from moliere_core.system.workers import NoAnswerError, answer, command
from moliere_core.training.session import load_weights

TIMEOUT_SECONDS = 120  # a framework's import included

_one = threading.Lock()  # a framework takes half a gigabyte: one at a time


def to_keras(run: Run, snapshot: str | int | None = None) -> bytes:
    """The content of a `.keras` file.

    Args:
        run: as far as it is trained.
        snapshot: which weights, see `Run.snapshot`; by default the last.

    Raises:
        ConfigError: this server is public.
        RunError: it has no such snapshot.
        ModelError: Keras is not installed, or failed.
    """
    if is_public():
        raise ConfigError(
            "a public server does not start Keras to write a .keras file: "
            "download the .zip, and make the file on your own machine"
        )
    name = run.snapshot(snapshot).name
    with _one, tempfile.TemporaryDirectory(prefix="moliere-") as folder:
        target = Path(folder, "model.keras")
        asked = (str(run.path), name, str(target))
        try:
            found = answer(command("moliere_core.exchange.keras_export", *asked), TIMEOUT_SECONDS)
        except TimeoutError as error:
            raise ModelError(
                "Keras did not write this model within {seconds} s: ask again when the machine "
                "is less busy",
                seconds=TIMEOUT_SECONDS,
            ) from error
        except NoAnswerError as error:
            raise ModelError(
                "Keras ended without writing this model, probably for lack of memory: "
                "close other programs, or download the .zip"
            ) from error
        if "error" in found:
            raise ModelError.from_json(found["error"])
        return target.read_bytes()


def write(run: Run, snapshot: str, target: Path) -> None:
    """Write the file, in the process that calls this: ModelError where Keras is missing."""
    try:
        from moliere_core.networks import keras_model as framework
    except ImportError as error:
        raise ModelError(
            "writing a .keras file needs Keras and TensorFlow: run `pip install keras tensorflow`"
        ) from error
    weights = without_unknown(load_weights(run.snapshot(snapshot).path))
    model = framework.course_model(run.config.model, len(run.vocabulary.chars), weights)
    model.save(target)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(VOCABULARY, json.dumps({"chars": run.vocabulary.chars}))


def without_unknown(weights: dict[str, Array]) -> dict[str, Array]:
    """The weights less those of symbol 0: the inverse of `keras_import.with_unknown`."""
    if "wte.weight" in weights:
        return weights | {"wte.weight": weights["wte.weight"][1:]}
    return weights | {
        "embedding": weights["embedding"][1:],
        "dense.kernel": weights["dense.kernel"][:, 1:],
        "dense.bias": weights["dense.bias"][1:],
    }


def main(run: Path, snapshot: str, target: Path) -> dict[str, Any]:
    """What the process answers: nothing, or why not."""
    try:
        write(Run.open(run), snapshot, target)
    except MoliereError as error:
        return {"error": error.to_json()}
    return {}


if __name__ == "__main__":
    said = json.dumps(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
    print("\n" + said, flush=True)
