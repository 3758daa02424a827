"""What is in a file that Keras wrote, read without Keras: a description, and arrays by layer.

Four layouts hold the same network. A `.keras` archive has `config.json`, `metadata.json` and
`model.weights.h5` (`keras/src/saving/saving_lib.py`, since Keras 2.12); a `.h5` has the attribute
`model_config` and a group a layer under `model_weights` (`legacy/saving/legacy_h5_format.py`); and
either keeps weights alone, as `save_weights` does. Nothing of what the file names is imported or
run. Of HDF5, only what Keras writes is followed: plain datasets inside the file. A link to another
file, or a dataset that is stored in one, could show what is on this machine.
"""

from __future__ import annotations

import importlib
import json
import re
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moliere_core.errors import ModelError

MAX_BYTES = 100_000_000  # of the file, and of its contents unpacked; three layers of 1,024: 96 MB
MAX_DESCRIPTION = 1_000_000  # bytes
MAX_OBJECTS = 10_000  # groups and datasets of a file
MAX_DEPTH = 16  # of groups in groups

SUFFIXES = (".keras", ".h5", ".hdf5")
SAVED_MODEL = "saved_model.pb"  # of TensorFlow's format, a folder
CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
_BOXES = ("layers", "_layer_checkpoint_dependencies")  # where Keras 3, and 2.12, put the layers
# Of a recurrent layer the weights are its cell's; what is its own is the state of a stateful one.
_PARTS = ("cell", "layer", "")
_TRAINED = ("embeddings", "kernel", "recurrent_kernel", "bias")
_DAMAGED = (
    OSError, KeyError, ValueError, TypeError, RuntimeError, RecursionError, OverflowError
)  # fmt: skip

Arrays = list[NDArray[np.float32]]


@dataclass(frozen=True)
class KerasFile:
    """A file that Keras wrote.

    Attributes:
        description: the model's own JSON; None in a file of weights alone.
        version: of the Keras that wrote it, "" where it does not say.
        arrays: the weights of each layer that has any, in Keras' order; by the name of the layer
            in a `.h5`, by its class and its number among those of that class ("lstm_1") elsewhere.
        by_class: which of the two.
        extra: JSON documents beside the model, by file name.
    """

    description: dict[str, Any] | None
    version: str
    arrays: dict[str, Arrays]
    by_class: bool
    extra: dict[str, Any]


def read(source: Path, extra: str = "") -> KerasFile:
    """Read a `.keras`, a `.h5` or a `.weights.h5`, told apart by their content.

    Args:
        source: the file.
        extra: name of a JSON document that may be beside the model in a `.keras`.

    Raises:
        ModelError: it is none of them, damaged, or too large; or it points outside itself.
    """
    try:
        if zipfile.is_zipfile(source):
            return _read_archive(source, extra)
        return _read_h5(source.read_bytes())
    except (*_DAMAGED, EOFError, zipfile.BadZipFile, NotImplementedError) as error:
        raise ModelError(
            "this file is not a model saved by Keras, or was cut or damaged on its way: give the "
            '.keras or .h5 file that model.save("modele.keras") has written'
        ) from error


def _read_archive(source: Path, extra: str) -> KerasFile:
    with zipfile.ZipFile(source) as archive:
        if refused := other_archive(archive.namelist()):
            raise refused
        sizes = {info.filename: info.file_size for info in archive.infolist()}
        if sum(sizes.values()) > MAX_BYTES:
            raise ModelError(
                "this file unpacks to more than {megabytes} MB: import a smaller model",
                megabytes=MAX_BYTES // 1_000_000,
            )

        def document(name: str) -> Any:
            if sizes[name] > MAX_DESCRIPTION:
                raise _too_long()
            return json.loads(_content(archive, name, MAX_DESCRIPTION))

        description = _object(document(CONFIG))
        metadata = document(METADATA) if METADATA in sizes else {}
        documents = {extra: document(extra)} if extra in sizes else {}
        weights = _content(archive, WEIGHTS, MAX_BYTES) if WEIGHTS in sizes else b""
    version = _version(metadata.get("keras_version")) if isinstance(metadata, dict) else ""
    if not weights:
        return KerasFile(description, version, {}, True, documents)
    with _opened(weights) as file:
        return KerasFile(description, version, _arrays_by_class(file), True, documents)


def other_archive(names: Collection[str]) -> ModelError | None:
    """Why what holds these files is no `.keras`, where their names tell."""
    parts = [PurePosixPath(name.replace("\\", "/")) for name in names]
    if CONFIG in names:
        return None
    if any(part.name == SAVED_MODEL for part in parts):
        return ModelError(
            "this is a SavedModel, TensorFlow's own format, which is not read here: in the "
            'notebook, save the model with model.save("modele.keras")'
        )
    models = [p.name for p in parts if p.suffix.lower() in SUFFIXES and p.name[:2] != "._"]
    if models and models != [WEIGHTS]:
        return ModelError(
            "this is an archive that holds {file}: unpack it, and give that file",
            file="".join(c for c in models[0][:80] if c.isprintable()),
        )
    return None


def _content(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A member of the archive; ValueError where its header lies about its size."""
    with archive.open(name) as packed:
        data = packed.read(most + 1)
    if len(data) > most:
        raise ValueError(name)
    return data


def _read_h5(data: bytes) -> KerasFile:
    with _opened(data) as file:
        text = file.attrs.get("model_config")
        version = _version(_text(file.attrs.get("keras_version", "")))
        if text is None and any(box in file for box in (*_BOXES, "vars")):
            return KerasFile(None, version, _arrays_by_class(file), True, {})
        group = _child(file, "model_weights") if "model_weights" in file else file
        arrays = _arrays_by_name(group)
        if text is None:
            return KerasFile(None, version, arrays, False, {})
        text = _text(text)
        if len(text) > MAX_DESCRIPTION:
            raise _too_long()
        return KerasFile(_object(json.loads(text)), version, arrays, False, {})


def _object(description: Any) -> dict[str, Any]:
    if not isinstance(description, dict):
        raise ModelError(
            "this model's description is not one: save it again with "
            'model.save("modele.keras") in the notebook'
        )
    return description


def _too_long() -> ModelError:
    return ModelError(
        "this model's description is longer than {megabytes} MB: give a model of the course",
        megabytes=MAX_DESCRIPTION // 1_000_000,
    )


def _version(value: object) -> str:
    """A version's numbers, without what a damaged file may have instead."""
    found = re.match(r"\d{1,4}(\.\d{1,6}){0,3}", value) if isinstance(value, str) else None
    return found[0] if found else ""


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, str):
        return value
    raise ValueError("an attribute is no text")


# HDF5


def _opened(data: bytes) -> Any:
    """The file, opened from memory: no path, no Python callback inside the library."""
    h5py = importlib.import_module("h5py")
    return h5py.File.in_memory(data)


def _child(group: Any, name: str) -> Any:
    """A member of a group by its path, through plain links alone."""
    h5py = importlib.import_module("h5py")
    for part in filter(None, name.split("/")):
        if not isinstance(group, h5py.Group) or part not in group:
            raise KeyError(name)
        if not isinstance(group.get(part, getlink=True), h5py.HardLink):
            raise _outside()
        group = group[part]
    return group


def _array(dataset: Any) -> NDArray[np.float32]:
    """A dataset in single precision: ModelError unless it holds floating-point numbers, inside."""
    h5py = importlib.import_module("h5py")
    if not isinstance(dataset, h5py.Dataset):
        raise ValueError("weights are a group")
    if dataset.external or dataset.is_virtual:
        raise _outside()
    if dataset.size * 4 > MAX_BYTES:
        raise ModelError(
            "this model is larger than {megabytes} MB: import a smaller one",
            megabytes=MAX_BYTES // 1_000_000,
        )
    if dataset.dtype.kind == "V" and dataset.dtype.itemsize == 2:  # bfloat16, unknown to HDF5
        bits = np.frombuffer(dataset[()].tobytes(), np.uint16).astype(np.uint32) << 16
        return bits.view(np.float32).reshape(dataset.shape)
    if dataset.dtype.kind != "f":
        raise ModelError(
            "this model has weights of type {kind}, as a quantised one has: save the model as it "
            "was before",
            kind=str(dataset.dtype),
        )
    with np.errstate(over="ignore"):  # a double too large for a float is found out as infinite
        return np.asarray(dataset[()], np.float32)


def _arrays_by_class(file: Any) -> dict[str, Arrays]:
    r"""Layout of Keras 3: `layers/lstm_1/cell/vars/0`; `layers\lstm_1\...` from Windows.

    A model of its own code may have its layers without a box, under the names of its attributes.
    """
    found: dict[str, dict[str, dict[int, Any]]] = {}
    boxed = any(name.replace("\\", "/").split("/")[0] in _BOXES for name in file)
    for path, dataset in _walk(file):
        box, *inside = path.replace("\\", "/").split("/")
        if not boxed:
            box, inside = _BOXES[0], [box, *inside]
        if box not in _BOXES or len(inside) < 3 or inside[-2] != "vars":
            continue
        part = "/".join(inside[1:-2])  # of a random generator, as Dropout has, "seed_generator"
        if inside[-1].isdecimal() and not part.endswith("seed_generator"):
            found.setdefault(inside[0], {}).setdefault(part, {})[int(inside[-1])] = dataset
    return {name: _own(parts) for name, parts in found.items()}


def _own(parts: dict[str, dict[int, Any]]) -> Arrays:
    """The weights of a layer; none of one that is made of others (Bidirectional, a model)."""
    known = next((parts[part] for part in _PARTS if part in parts), {})
    return [_array(known[i]) for i in sorted(known)]


def _walk(file: Any) -> Iterator[tuple[str, Any]]:
    """Datasets with their paths, those of the optimizer left out."""
    h5py = importlib.import_module("h5py")
    waiting, seen = [("", file)], 0
    while waiting:
        path, group = waiting.pop()
        seen += len(group)
        # A group may hold itself: then neither its depth nor the number of its members ends.
        if seen > MAX_OBJECTS or path.count("/") > MAX_DEPTH:
            raise ValueError("too many groups")
        for name in group:
            if not path and name.startswith("optimizer"):
                continue
            member = _child(group, name)
            if isinstance(member, h5py.Group):
                waiting.append((f"{path}{name}/", member))
            else:
                yield path + name, member


def _arrays_by_name(group: Any) -> dict[str, Arrays]:
    """Layout of `.h5`: a group a layer, whose attribute gives the order of its weights."""
    found = {}
    for name in map(_text, group.attrs["layer_names"]):
        layer = _child(group, name)
        paths = {path: _last(path) for path in map(_text, layer.attrs["weight_names"])}
        known = [path for path, last in paths.items() if last in _TRAINED]
        others = [
            path for path, last in paths.items() if "seed" not in last and "state" not in last
        ]
        arrays = [_array(_child(layer, path)) for path in known or others]
        if arrays:
            found[name] = arrays
    return found


def _last(path: str) -> str:
    """The name of a weight: "kernel" of "lstm/lstm_cell/kernel:0"."""
    return path.rpartition("/")[2].partition(":")[0]


def _outside() -> ModelError:
    return ModelError(
        "this file points outside itself, which Keras never writes: give the file that "
        'model.save("modele.keras") has written'
    )
