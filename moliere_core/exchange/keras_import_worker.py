"""Opens a Keras model in a process of its own.

    python -m moliere_core.exchange.keras_import_worker IN OUT

The file is read by `keras_file`, without Keras and whatever version wrote it: the weights of an
embedding, of recurrent layers and of a dense layer say all that `recurrent.py` needs, where the
description names nothing that computes otherwise. The process has little memory and little time
(`MOLIERE_WORKER_MEMORY_MB`, `CPU_SECONDS`), since HDF5's library has had its holes. The weights are
written to OUT as safetensors under the names of `recurrent.py`, for the alphabet of the file;
standard output gets one line of JSON, with "error" if the file is refused.
"""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from moliere_core.config import Cell
from moliere_core.errors import N_, ModelError
from moliere_core.exchange.keras_file import Arrays, KerasFile, read
from moliere_core.networks.architecture import BIASES, GATES
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.runs.run import VOCABULARY
from moliere_core.system.processes import limit_memory, limit_processor
from moliere_core.system.records import is_writable

CPU_SECONDS = 60
MOST_DROPOUT = 0.9  # of `ModelConfig`
MOST_CELLS = 3  # recurrent layers, of `ModelConfig`
MOST_NAMED = 12  # layers of a model that is refused
NEWEST = (3, 15)  # Keras up to which the layers are known

CELLS: dict[str, Cell] = {"SimpleRNN": "rnn", "LSTM": "lstm", "GRU": "gru"}
PASSED_OVER = (
    "InputLayer",
    "Dropout",
    "SpatialDropout1D",
    "GaussianDropout",
    "GaussianNoise",
    "AlphaDropout",
    "ActivityRegularization",
)  # what they do is done in training alone
FINISHES = ("Activation", "Softmax")  # what may follow a Dense without activation
WRAPPER = "TimeDistributed"  # of a Dense: what a Dense does in any case
ATTENTION = "MultiHeadAttention"
KNOWN = ("Embedding", *CELLS, "Dense", WRAPPER, *FINISHES, *PASSED_OVER)
MODELS = ("Sequential", "Functional", "Model")
EXPECTED = N_(
    "an Embedding, one to three LSTM, GRU or SimpleRNN layers and a Dense softmax, as in the course"
)
PACKAGES = ("keras", "tf_keras", "tensorflow")  # under whose names Keras' layers are saved

# Settings that change nothing once a network is trained, or that its shapes tell again.
_NEUTRAL = {
    "name", "trainable", "dtype", "batch_shape", "batch_input_shape", "input_shape", "sparse",
    "ragged", "optional", "input_dim", "output_dim", "input_length", "units", "implementation",
    "return_sequences", "return_state", "stateful", "unroll", "unit_forget_bias", "dropout",
    "recurrent_dropout", "seed", "zero_output_for_mask", "use_cudnn", "lora_alpha", "rate",
    "noise_shape", "stddev", "layer", "weights", "reset_after", "use_bias",
}  # fmt: skip
_NEUTRAL_ENDINGS = ("_initializer", "_regularizer", "_constraint")
_USUAL: dict[str, dict[str, Any]] = {
    "Embedding": {"mask_zero": False},
    "LSTM": {
        "activation": "tanh",
        "recurrent_activation": "sigmoid",
        "go_backwards": False,
        "time_major": False,
    },
}
_USUAL["GRU"] = _USUAL["LSTM"]
_USUAL["SimpleRNN"] = {
    name: value for name, value in _USUAL["LSTM"].items() if name != "recurrent_activation"
}
_ENDINGS: tuple[list[str], ...] = (
    ["softmax"],
    ["log_softmax"],
    [],
)  # all the same to who reads the logits before them


@dataclass(frozen=True)
class _Layer:
    """A layer of the description: its class, its name, its settings, the names it reads from."""

    kind: str
    name: str
    settings: dict[str, Any]
    reads: list[str] | None  # None in a Sequential, where each reads the one before

    def setting(self, name: str) -> Any:
        """A setting, as Keras fills it in where a file leaves it out."""
        return self.settings.get(name, _USUAL.get(self.kind, {}).get(name))


@dataclass(frozen=True)
class _Stack:
    """The layers that have weights, in order, and what the description adds."""

    embedding: Arrays
    recurrent: list[Arrays]
    dense: Arrays
    cell: Cell | None = None  # None where the shapes have to tell
    dropout: float = 0.0
    seq_length: int | None = None
    kinds: list[str] = field(default_factory=list)


def main(source: Path, target: Path) -> dict[str, Any]:
    """Convert the file `source`; what `keras_import` needs to know of it."""
    file = read(source, VOCABULARY)
    stack = _bare(file) if file.description is None else _described(file, file.description)
    weights = _named(stack)
    config = RecurrentNetwork(weights).config
    save_file(weights, target)
    return {
        "vocab_size": int(weights["embedding"].shape[0]),
        "cell": config.cell,
        "embedding_dim": config.embedding_dim,
        "units": config.units,
        "layers": config.layers,
        "dropout": stack.dropout,
        "seq_length": stack.seq_length,
        "alphabet": _alphabet(file.extra.get(VOCABULARY)),
    }


def _alphabet(document: object) -> list[str] | None:
    """The characters of a file that `keras_export` wrote, None where the file does not say."""
    chars = document.get("chars") if isinstance(document, dict) else None
    known = isinstance(chars, list) and all(
        isinstance(c, str) and len(c) == 1 and is_writable(c) for c in chars
    )
    return chars if known else None


# The description


def _described(file: KerasFile, description: dict[str, Any]) -> _Stack:
    """The layers of a model, once its description is one that `recurrent.py` computes."""
    layers = _layers(file, description)
    kinds = [layer.kind for layer in layers if layer.kind not in PASSED_OVER]
    count = sum(kind in CELLS for kind in kinds)
    cells = {kind for kind in kinds if kind in CELLS}
    wanted = ["Embedding", *(kinds[1:2] * count), "Dense"]
    if len(cells) != 1 or count > MOST_CELLS or kinds[: len(wanted)] != wanted:
        raise _other(kinds)
    head = [layer for layer in layers if layer.kind not in PASSED_OVER][len(wanted) - 1 :]
    recurrent = [layer for layer in layers if layer.kind in CELLS]
    if any(layer.kind not in FINISHES for layer in head[1:]):
        raise _other(kinds)
    _check_settings(file, layers, recurrent)
    _check_ending(head, recurrent[-1])
    arrays = [_arrays_of(file, layers, i) for i, layer in enumerate(layers) if _weighs(layer)]
    return _Stack(
        embedding=arrays[0],
        recurrent=arrays[1:-1],
        dense=arrays[-1],
        cell=CELLS[cells.pop()],
        dropout=_dropout(layers),
        seq_length=_seq_length(description, layers),
        kinds=kinds,
    )


def _layers(file: KerasFile, description: dict[str, Any]) -> list[_Layer]:
    """The layers from input to output; ModelError unless they are known ones in one line."""
    name = description.get("class_name")
    if name not in MODELS:
        raise ModelError(
            "this file holds a {name!r}, not a Sequential or a functional model: give {expected}",
            name=name,
            expected=EXPECTED,
        )
    config = description.get("config")
    found = config.get("layers") if isinstance(config, dict) else config  # a list until 2018
    if not isinstance(found, list):
        raise ModelError("this model has no list of layers: give {expected}", expected=EXPECTED)
    if any(isinstance(item, dict) and item.get("class_name") == ATTENTION for item in found):
        raise ModelError(
            "this model is a transformer ({kind}), of which no .keras file is opened: give the "
            ".zip of its run, or {expected}",
            kind=ATTENTION,
            expected=EXPECTED,
        )
    layers = [_layer(file, item, name) for item in found]
    for before, layer in zip([None, *layers], layers, strict=False):
        if layer.reads is not None and layer.reads != ([before.name] if before else []):
            raise ModelError(
                "this model's layers are not one after the other ({name}): give {expected}",
                name=layer.name,
                expected=EXPECTED,
            )
    return layers


def _layer(file: KerasFile, item: object, model: str) -> _Layer:
    settings = item.get("config") if isinstance(item, dict) else None
    kind = item.get("class_name") if isinstance(item, dict) else item
    if not isinstance(item, dict) or not isinstance(settings, dict) or kind not in KNOWN:
        _check_version(file, str(kind))
        raise ModelError(
            "this model has a layer {kind!r}: give {expected}", kind=kind, expected=EXPECTED
        )
    registered, module = item.get("registered_name"), item.get("module")
    outside = module is not None and str(module).partition(".")[0] not in PACKAGES
    if outside or (registered is not None and ">" in str(registered)):
        raise ModelError(
            "this model has a layer of its own code ({name}): give {expected}",
            name=registered or kind,
            expected=EXPECTED,
        )
    name = str(item.get("name") or settings.get("name"))
    reads = None if model == "Sequential" else _names_read(item.get("inbound_nodes"))
    if kind == WRAPPER:  # it keeps its own name, and computes what it wraps
        inner = _layer(file, settings.get("layer"), "Sequential")
        if inner.kind != "Dense":
            raise _other([f"{WRAPPER}({inner.kind})"])
        return _Layer("Dense", name, {**inner.settings, WRAPPER: True}, reads)
    return _Layer(str(kind), name, settings, reads)


def _names_read(nodes: object) -> list[str]:
    """Names of the layers that a functional one reads from, in the form of Keras 2 or of Keras 3.

    Keras 2 writes `[[["lstm", 0, 0, {}]]]`; Keras 3 an object with "keras_history": ["lstm", 0, 0].
    """
    found: list[str] = []
    waiting: list[Any] = [nodes]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list):
            if len(item) >= 3 and isinstance(item[0], str):
                found.append(item[0] if item[1:3] == [0, 0] else f"{item[0]}:{item[1:3]}")
                waiting += item[3:]
            else:
                waiting += item
    return found


def _check_settings(file: KerasFile, layers: Sequence[_Layer], recurrent: list[_Layer]) -> None:
    """ModelError where a layer computes something else than `recurrent.py` does."""
    for layer in layers:
        usual = _USUAL.get(layer.kind, {})
        for name, value in layer.settings.items():
            known = name in usual or name in _NEUTRAL or name.endswith(_NEUTRAL_ENDINGS)
            if not known and name not in ("activation", "axis", WRAPPER):
                if value is None or value is False:
                    continue  # what is not switched on
                _check_version(file, f"{layer.kind}.{name}")
                raise _unusual(layer.kind, name, value, None)
        for name, value in usual.items():
            found = layer.setting(name)
            found = _function(found) if name.endswith("activation") else found
            if found != value:
                raise _unusual(layer.kind, name, found, value)
        if layer.kind == "GRU" and layer.setting("reset_after") is False:
            raise _old_gru()
    if not all(layer.setting("return_sequences") for layer in recurrent[:-1]):
        raise ModelError("this model's first layers return their last output alone: save another")


def _unusual(kind: str, name: str, found: object, usual: object) -> ModelError:
    return ModelError(
        "this {kind} has {name}={found!r}: train it with {name}={usual!r}",
        kind=kind,
        name=name,
        found=str(found)[:80] if isinstance(found, dict | list) else found,
        usual=usual,
    )


def _check_ending(head: Sequence[_Layer], last: _Layer) -> None:
    """ModelError unless the model ends in scores, or in their softmax over the alphabet."""
    sequences = bool(last.setting("return_sequences"))
    if head[0].settings.get(WRAPPER) and not sequences:
        raise _other([last.kind, WRAPPER])
    names = []
    for layer in head:
        axis = layer.settings.get("axis", -1)
        over_symbols = axis in (-1, [-1], 2 if sequences else 1)
        own = "softmax" if layer.kind == "Softmax" else _function(layer.setting("activation"))
        names.append(own or "linear" if over_symbols else f"{own} (axis {axis})")
    if [name for name in names if name != "linear"] not in _ENDINGS:
        raise ModelError(
            "this model ends in {names}: give {expected}",
            names=_chain(names),
            expected=EXPECTED,
        )


def _function(activation: object) -> object:
    """The name of an activation, also where somebody gave TensorFlow's own function."""
    if not isinstance(activation, dict):
        return activation
    name = activation.get("config")
    return name.removesuffix("_v2") if isinstance(name, str) else activation.get("class_name")


def _check_version(file: KerasFile, what: str) -> None:
    """ModelError, with both versions, where a later Keras than any we know wrote this."""
    numbers = tuple(int(part) for part in file.version.split(".")[:2] if part)
    if numbers > NEWEST:
        ours = ".".join(map(str, NEWEST))
        raise ModelError(
            "this file was saved by Keras {theirs}, and {what} is unknown to Keras {ours}, the "
            'latest that is read here: in the notebook, run `pip install "keras=={ours}.*"`, then '
            "train and save again",
            theirs=file.version,
            what=what[:80],
            ours=ours,
        )


def _other(kinds: Sequence[str]) -> ModelError:
    return ModelError(
        "this model is {layers}: give {expected}",
        layers=_chain(kinds) or N_("empty"),
        expected=EXPECTED,
    )


def _chain(names: Sequence[object]) -> str:
    """What follows what, as much of it as a sentence holds."""
    more = ["…"] if len(names) > MOST_NAMED else []
    return " > ".join([*(str(name)[:80] for name in names[:MOST_NAMED]), *more])


def _dropout(layers: Sequence[_Layer]) -> float:
    rates = [layer.settings.get("rate") for layer in layers if "Dropout" in layer.kind]
    numbers = [float(r) for r in rates if isinstance(r, int | float) and 0 <= r <= 1]
    return min(max(numbers, default=0.0), MOST_DROPOUT)


def _seq_length(description: dict[str, Any], layers: Sequence[_Layer]) -> int | None:
    """Length of the windows that the model was made for, where the file says it."""
    config = description.get("config")
    shapes = [layers[0].settings.get(name) for name in ("batch_shape", "batch_input_shape")]
    shapes.append(config.get("build_input_shape") if isinstance(config, dict) else None)
    for shape in shapes:
        length = shape[1] if isinstance(shape, list) and len(shape) == 2 else None
        if type(length) is int and 1 <= length <= 2_000:
            return length
    return None


# The weights


def _weighs(layer: _Layer) -> bool:
    return layer.kind in ("Embedding", "Dense", *CELLS)


def _arrays_of(file: KerasFile, layers: Sequence[_Layer], place: int) -> Arrays:
    """The weights of a layer; Keras 3 finds them by its class, and by its rank in that class."""
    layer = layers[place]
    name = layer.name
    if file.by_class:
        kind = WRAPPER if layer.settings.get(WRAPPER) else layer.kind
        name = {WRAPPER: "time_distributed", "SimpleRNN": "simple_rnn"}.get(kind, kind.lower())
        rank = sum(other.kind == layer.kind for other in layers[:place])
        name += f"_{rank}" if rank else ""
    if name not in file.arrays:
        _check_version(file, name)
        raise ModelError(
            "this file has no weights for the layer {name}: save the whole model again with "
            'model.save("modele.keras")',
            name=layer.name,
        )
    return file.arrays[name]


def _bare(file: KerasFile) -> _Stack:
    """The layers of a file of weights alone, told by their shapes."""
    layers = sorted(file.arrays.items(), key=lambda item: _rank(item[0])) if file.by_class else None
    arrays = [a for _, a in layers] if layers else list(file.arrays.values())
    embedding = [a for a in arrays if [w.ndim for w in a] == [2]]
    recurrent = [a for a in arrays if [w.ndim for w in a] in ([2, 2], [2, 2, 1], [2, 2, 2])]
    dense = [a for a in arrays if [w.ndim for w in a] == [2, 1]]
    if (len(embedding), len(dense), len(arrays) - 2) != (1, 1, len(recurrent)) or not (
        1 <= len(recurrent) <= MOST_CELLS
    ):
        raise ModelError(
            "this file holds weights alone, and not those of the course's network: save the "
            'whole model with model.save("modele.keras")'
        )
    if layers and len(recurrent) > 1:  # which of them is the first?
        names = [name for name, a in layers if any(a is r for r in recurrent)]
        if not all(re.fullmatch(r"(simple_rnn|lstm|gru)(_\d+)?", name) for name in names):
            raise ModelError(
                "this file has the weights of a model of its own code alone, and does not say in "
                "which order its layers stand: write it as keras.Sequential, and save the whole "
                'with model.save("modele.keras")'
            )
    return _Stack(embedding[0], recurrent, dense[0])


def _rank(name: str) -> int:
    """The number of a layer among those of its class: "lstm" is 0, "lstm_1" is 1."""
    number = name.rpartition("_")[2]
    return int(number) if number.isdecimal() else 0


def _named(stack: _Stack) -> dict[str, NDArray[np.float32]]:
    """Weights under our names; ModelError where their shapes are not those of the network."""
    kernels = [layer[:2] for layer in stack.recurrent]
    gates = {k.shape[-1] / max(r.shape[0], 1) for k, r in kernels if k.ndim == r.ndim == 2}
    told = {float(GATES[cell]): cell for cell in CELLS.values()}
    cell = stack.cell or told.get(gates.pop() if len(gates) == 1 else 0.0)
    counts = [len(a) for a in (stack.embedding, *stack.recurrent, stack.dense)]
    # `use_bias=False` leaves the last one off; of a GRU the bias alone tells what it computes.
    allowed = [(1,), *((2, 3) if stack.kinds or cell != "gru" else (3,) for _ in kernels), (1, 2)]
    if cell is None or not all(n in few for n, few in zip(counts, allowed, strict=True)):
        raise ModelError(
            "this model's layers have other weights than the course's network: save the whole "
            "model as it was trained, neither quantised nor adapted (LoRA)"
        )
    if cell == "gru" and any(layer[2].ndim == 1 for layer in stack.recurrent if layer[2:]):
        raise _old_gru()
    if len({layer[1].shape[0] for layer in stack.recurrent}) != 1:
        raise ModelError("this model's recurrent layers have several widths: give them the same")
    names = ("kernel", "recurrent_kernel", "bias")
    weights = {"embedding": stack.embedding[0]}
    for i, layer in enumerate(stack.recurrent):
        own = layer if layer[2:] else [*layer, _no_bias(layer[0], BIASES[cell])]
        weights |= {f"{cell}_{i}.{n}": a for n, a in zip(names, own, strict=True)}
    kernel, bias = stack.dense if stack.dense[1:] else [*stack.dense, _no_bias(stack.dense[0], 1)]
    weights |= {"dense.kernel": kernel, "dense.bias": bias}
    if not all(np.isfinite(array).all() for array in weights.values()):
        raise ModelError("this model has weights that are not numbers: train it again")
    if weights["embedding"].ndim != 2 or not all(array.size for array in weights.values()):
        raise _other(stack.kinds)
    return weights


def _no_bias(kernel: NDArray[np.float32], rows: int) -> NDArray[np.float32]:
    """The zeros that a layer without a bias adds; a GRU has two rows of them."""
    width = kernel.shape[-1] if kernel.ndim else 0
    return np.zeros((rows, width) if rows > 1 else width, np.float32)


def _old_gru() -> ModelError:
    return ModelError(
        "this GRU was saved with reset_after=False, by an old version of Keras: "
        "train it again with the default, reset_after=True"
    )


# The process


def answer(source: Path, target: Path) -> dict[str, Any]:
    """What `main` says, or its refusal under "error"; a lack of memory is raised."""
    try:
        return main(source, target)
    except ModelError as refusal:
        return {"error": refusal.to_json()}
    except MemoryError:
        raise
    except Exception as error:
        traceback.print_exc()
        unforeseen = ModelError(
            "this model cannot be read ({reason}): give {expected}",
            reason=f"{type(error).__name__}: {' '.join(str(error).split())[:200]}",
            expected=EXPECTED,
        )
        return {"error": unforeseen.to_json()}


if __name__ == "__main__":
    limit_memory(int(os.environ.get("MOLIERE_WORKER_MEMORY_MB", "1000")))
    limit_processor(CPU_SECONDS)
    print(json.dumps(answer(Path(sys.argv[1]), Path(sys.argv[2]))), flush=True)
