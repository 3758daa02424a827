"""Opens a Keras model in a process of its own: `python -m moliere_core.keras_import_worker IN OUT`.

Its description is read first and checked against a list of layers, before anything of Keras' runs;
then Keras loads it in safe mode, under the memory limit given by `MOLIERE_WORKER_MEMORY_MB`. The
weights are written to OUT as safetensors under the names of `recurrent.py`, for the alphabet of
the file, without the unknown symbol; standard output gets one line of JSON, with "error" if it is
refused.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import traceback
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from moliere_core.config import ModelConfig
from moliere_core.errors import N_, ModelError
from moliere_core.recurrent import RecurrentNetwork
from moliere_core.runs import VOCABULARY
from moliere_core.vocabulary import Ids

MAX_BYTES = 100_000_000  # of the file, and of its contents unpacked; three layers of 1,024: 96 MB
MAX_DESCRIPTION = 1_000_000  # bytes
TOLERANCE = 1e-5  # between Keras' probabilities and those of `recurrent.py`
ROUGH = {"float16": 0.02, "bfloat16": 0.1}  # the same, of a model that computes in half precision
CHECKED_CHARS = 24

PASSED_OVER = ("InputLayer", "Dropout", "SpatialDropout1D")
FINISHES = ("Activation", "Softmax")  # what may follow a Dense without activation
KNOWN = ("Embedding", "LSTM", "GRU", "Dense", *FINISHES, *PASSED_OVER)
MODELS = ("Sequential", "Functional", "Model")
EXPECTED = N_("an Embedding, one to three LSTM or GRU layers and a Dense softmax, as in the course")


def main(source: Path, target: Path) -> dict[str, Any]:
    """Convert the file `source`; what `keras_import` needs to know of it."""
    description = _description(source)
    _check_description(description)
    _limit_memory()
    keras = _keras()
    try:
        with contextlib.redirect_stdout(sys.stderr):
            model = keras.models.load_model(source, compile=False, safe_mode=True)
    except Exception as error:
        if _is_memory(error):
            raise
        reason = " ".join(str(error).split())[:200]
        raise ModelError(
            "Keras cannot open this file ({reason}): save the model again", reason=reason
        ) from error
    weights, architecture, last_only = _convert(keras, model)
    _check_outputs(model, weights, architecture, last_only)
    save_file(weights, target)
    shape = model.input_shape
    return {
        "vocab_size": int(weights["embedding"].shape[0]),
        "cell": architecture.cell,
        "embedding_dim": architecture.embedding_dim,
        "units": architecture.units,
        "layers": architecture.layers,
        "dropout": _dropout(keras, model),
        "seq_length": int(shape[1]) if len(shape) == 2 and shape[1] else None,
        "alphabet": _alphabet(source),
    }


# The description


def _description(source: Path) -> dict[str, Any]:
    """The model's JSON, read without Keras; ModelError if the file has none."""
    try:
        if zipfile.is_zipfile(source):
            with zipfile.ZipFile(source) as archive:
                if sum(info.file_size for info in archive.infolist()) > MAX_BYTES:
                    raise ModelError(
                        "this file unpacks to more than {megabytes} MB: import a smaller model",
                        megabytes=MAX_BYTES // 1_000_000,
                    )
                if archive.getinfo("config.json").file_size > MAX_DESCRIPTION:
                    raise ModelError(
                        "this model's description is too long: give {expected}", expected=EXPECTED
                    )
                text: Any = archive.read("config.json")
        else:
            h5py = importlib.import_module("h5py")
            with h5py.File(source, "r") as file:
                text = file.attrs["model_config"]
        description = json.loads(text)
    except (OSError, KeyError, ValueError, RecursionError, zipfile.BadZipFile) as error:
        raise ModelError(
            "this file is not a model saved by Keras: give the .keras or .h5 file that "
            'model.save("modele.keras") has written'
        ) from error
    if not isinstance(description, dict):
        raise ModelError("this model's description is not one: give {expected}", expected=EXPECTED)
    return description


def _alphabet(source: Path) -> list[str] | None:
    """The characters of a file that `keras_export` wrote, None where the file does not say."""
    if not zipfile.is_zipfile(source):
        return None
    with zipfile.ZipFile(source) as archive, contextlib.suppress(KeyError, ValueError, TypeError):
        if archive.getinfo(VOCABULARY).file_size <= MAX_DESCRIPTION:
            return [str(char) for char in json.loads(archive.read(VOCABULARY))["chars"]]
    return None


def _check_description(description: dict[str, Any]) -> None:
    """ModelError unless it names known layers only, and nothing from outside Keras."""
    name = description.get("class_name")
    if name not in MODELS:
        raise ModelError(
            "this file holds a {name!r}, not a model: give {expected}", name=name, expected=EXPECTED
        )
    config = description.get("config")
    layers = config.get("layers") if isinstance(config, dict) else None
    if not isinstance(layers, list):
        raise ModelError("this model has no list of layers: give {expected}", expected=EXPECTED)
    for layer in layers:
        kind = layer.get("class_name") if isinstance(layer, dict) else layer
        if kind not in KNOWN:
            raise ModelError(
                "this model has a layer {kind!r}: give {expected}", kind=kind, expected=EXPECTED
            )
    for part in _parts(description):
        module, registered = part.get("module"), part.get("registered_name")
        outside = module is not None and str(module).partition(".")[0] not in ("keras", "builtins")
        if outside or ">" in str(registered) or part.get("class_name") in ("Lambda", "function"):
            raise ModelError(
                "this model uses code of its own ({name}): give {expected}",
                name=part.get("class_name"),
                expected=EXPECTED,
            )


def _parts(value: Any) -> list[dict[str, Any]]:
    """Every object inside a JSON document, itself included."""
    found, waiting = [], [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            found.append(item)
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
    return found


# The model


def _keras() -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    try:
        return importlib.import_module("keras")
    except ImportError as error:
        raise ModelError(
            "opening a .keras file needs Keras and TensorFlow: run `pip install keras tensorflow`"
        ) from error


def _limit_memory() -> None:
    with contextlib.suppress(ImportError):
        import resource

        size = int(os.environ.get("MOLIERE_WORKER_MEMORY_MB", "2000")) * 1_000_000
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def _convert(keras: Any, model: Any) -> tuple[dict[str, NDArray[np.float32]], ModelConfig, bool]:
    """Weights under our names, architecture, whether only the last position is predicted."""
    layers = [layer for layer in model.layers if type(layer).__name__ not in PASSED_OVER]
    recurrent = [layer for layer in layers if type(layer).__name__ in ("LSTM", "GRU")]
    kinds = [type(layer).__name__ for layer in layers]
    cells = {kind for kind in kinds if kind in ("LSTM", "GRU")}
    wanted = ["Embedding", *(kinds[1:2] * len(recurrent)), "Dense"]
    accepted = (wanted, *([*wanted, finish] for finish in FINISHES))
    if len(cells) != 1 or kinds not in accepted or len(recurrent) > 3:
        raise ModelError(
            "this model is {layers}: give {expected}",
            layers=" > ".join(kinds) or N_("empty"),
            expected=EXPECTED,
        )
    embedding, dense = layers[0], layers[len(recurrent) + 1]
    last_only = _check_settings(embedding, recurrent, [dense, *layers[len(recurrent) + 2 :]])
    cell = cells.pop().lower()
    weights = {"embedding": _array(keras, embedding.embeddings)}
    for i, layer in enumerate(recurrent):
        weights[f"{cell}_{i}.kernel"] = _array(keras, layer.cell.kernel)
        weights[f"{cell}_{i}.recurrent_kernel"] = _array(keras, layer.cell.recurrent_kernel)
        weights[f"{cell}_{i}.bias"] = _array(keras, layer.cell.bias)
    weights |= {
        "dense.kernel": _array(keras, dense.kernel),
        "dense.bias": _array(keras, dense.bias),
    }
    if not all(np.isfinite(array).all() for array in weights.values()):
        raise ModelError("this model has weights that are not numbers: train it again")
    if len({layer.units for layer in recurrent}) != 1:
        raise ModelError("this model's recurrent layers have several widths: give them the same")
    return weights, RecurrentNetwork(weights).config, last_only


def _check_settings(embedding: Any, recurrent: list[Any], head: list[Any]) -> bool:
    """Whether only the last position is predicted; ModelError where `recurrent.py` differs."""
    if embedding.mask_zero:
        raise ModelError("this model masks its first character: train it without mask_zero")
    for layer in recurrent:
        kind, settings = type(layer).__name__, layer.get_config()
        if kind == "GRU" and not settings["reset_after"]:
            raise ModelError(
                "this GRU was saved with reset_after=False, by an old version of Keras: "
                "train it again with the default, reset_after=True"
            )
        usual = {"activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True}
        for name, value in {**usual, "go_backwards": False}.items():
            if settings[name] != value:
                raise ModelError(
                    "this {kind} has {name}={found!r}: train it with {name}={usual!r}",
                    kind=kind,
                    name=name,
                    found=settings[name],
                    usual=value,
                )
    if not all(layer.return_sequences for layer in recurrent[:-1]):
        raise ModelError("this model's first layers return their last output alone: save another")
    dense = head[0]
    if not dense.use_bias:
        raise ModelError("this model's Dense layer has no bias: train it with use_bias=True")
    names = [layer.get_config().get("activation", "softmax") for layer in head]
    if names not in (["softmax"], ["linear"], ["linear", "softmax"]):
        raise ModelError(
            "this model ends in {names}: give {expected}",
            names=" > ".join(map(str, names)),
            expected=EXPECTED,
        )
    return not recurrent[-1].return_sequences


def _array(keras: Any, variable: Any) -> NDArray[np.float32]:
    return np.array(keras.ops.convert_to_numpy(variable), dtype=np.float32)


def _dropout(keras: Any, model: Any) -> float:
    rates = [layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    return float(max(rates, default=0.0))


def _check_outputs(
    model: Any, weights: dict[str, NDArray[np.float32]], config: ModelConfig, last_only: bool
) -> None:
    """ModelError unless `recurrent.py` gives Keras' probabilities within `TOLERANCE`."""
    network = RecurrentNetwork(weights)
    length = model.input_shape[1] or CHECKED_CHARS
    rows = model.input_shape[0] or 2
    ids: Ids = np.random.default_rng(0).integers(0, network.vocab_size, (rows, length), np.int32)
    theirs = np.asarray(model.predict(ids, batch_size=rows, verbose=0), np.float32)
    logits = network.run(ids, network.zero_state(rows))[0]
    ours = _softmax(logits[:, -1] if last_only else logits)
    if not np.allclose(theirs.sum(-1), 1, atol=1e-3):
        theirs = _softmax(theirs)  # a Dense without softmax: logits
    worst = float(np.abs(theirs - ours).max()) if theirs.shape == ours.shape else float("inf")
    # Not the model's own type: weights of half precision may be added up in single.
    tolerance = max(ROUGH.get(layer.compute_dtype, TOLERANCE) for layer in model.layers)
    if not worst <= tolerance:
        raise ModelError(
            "this model computes something else (by {worst:.1g}): give {expected}",
            worst=worst,
            expected=EXPECTED,
        )


def _softmax(logits: NDArray[Any]) -> NDArray[Any]:
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


# The process


def answer(source: Path, target: Path) -> dict[str, Any]:
    """What `main` says, or its refusal under "error"; a lack of memory is raised."""
    try:
        return main(source, target)
    except ModelError as refusal:
        return {"error": refusal.to_json()}
    except Exception as error:
        if _is_memory(error):
            raise
        traceback.print_exc()
        unforeseen = ModelError(
            "this model cannot be read ({reason}): give {expected}",
            reason=f"{type(error).__name__}: {' '.join(str(error).split())[:200]}",
            expected=EXPECTED,
        )
        return {"error": unforeseen.to_json()}


def _is_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "OOM" in str(error)  # as TensorFlow says it


if __name__ == "__main__":
    print(json.dumps(answer(Path(sys.argv[1]), Path(sys.argv[2]))), flush=True)
