"""The weights of a model's folder as NumPy arrays, without a framework and without running code.

    weights = read_weights(folder, "hf:gpt2")
    weights.shapes["wte.weight"]     # (50257, 768), known before anything is read
    weights["wte.weight"]            # read now: float32, checked to be finite

Formats: `model.safetensors`, or its parts with an index; `pytorch_model.bin`, or its parts (see
`torch_files`). Others (fp16 copies beside, GGUF, ONNX, TensorFlow, Flax) are not looked at.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moliere_core.errors import N_, ModelError
from moliere_core.models.references import names_tokens
from moliere_core.pretrained import torch_files
from moliere_core.pretrained.tensors import Tensor, Unreadable, checked

SINGLE = ("model.safetensors", "pytorch_model.bin")
INDEX = ".index.json"  # after the name of the single file: which part holds which tensor
MAX_TABLE = 100_000_000  # bytes of a list of tensors: the limit of safetensors itself
_PART = re.compile(r"[\w-][\w.-]{0,95}\.(safetensors|bin)", re.ASCII)
# What is stored in the place of a file that was not fetched.
_NOT_WEIGHTS = (
    (b"version https://git-lfs", N_("it is a pointer of git lfs: `git lfs pull` fetches it")),
    (b"<!", N_("it is a page of the Web")),
    (b"<html", N_("it is a page of the Web")),
)


def incomplete(reference: str, file: str) -> ModelError:
    """The error of a model of which a file is missing."""
    if not names_tokens(reference):  # the path of a folder
        return ModelError(
            "{reference} is incomplete ({file} is missing): save the model and its tokenizer "
            "there, both with save_pretrained",
            reference=reference,
            file="tokenizer.json" if file in ("vocab.json", "merges.txt") else file,
        )
    return ModelError(
        "{reference} is incomplete ({file} is missing): fetch it again, what is there is kept",
        reference=reference,
        file=file,
    )


def weight_files(folder: Path) -> list[Path]:
    """The files that hold a model's weights, there or not: a single one, or its parts.

    The first format there is, in the order of `SINGLE`; [] where there is none, or where an index
    names no parts.
    """
    for name in SINGLE:
        if (folder / name).is_file():
            return [folder / name]
        if (folder / (name + INDEX)).is_file():
            return [folder / part for part in _parts(folder / (name + INDEX))]
    return []


def shapes(folder: Path, reference: str = "") -> dict[str, tuple[int, ...]]:
    """The shape of each tensor of a model's folder; reads the lists of tensors alone.

    Raises:
        ModelError: a file is missing or damaged.
    """
    return read_weights(folder, reference or folder.name).shapes


def read_weights(folder: Path, reference: str) -> Weights:
    """The weights of a model's folder, each read when it is asked for.

    Args:
        folder: with its files.
        reference: of the model, for messages.

    Raises:
        ModelError: a file is missing or damaged, or is a pickle that asks for something else than
            tensors.
    """
    found: dict[str, tuple[Path, Tensor]] = {}
    files = weight_files(folder)
    if not files:
        raise incomplete(reference, SINGLE[0])
    for path in files:
        read = _safetensors if path.suffix == ".safetensors" else torch_files.tensors
        tensors = _told(reference, path, read)
        found |= {name: (path, tensor) for name, tensor in tensors.items()}
    return Weights(reference, found)


@dataclass(frozen=True)
class Weights(Mapping[str, NDArray[Any]]):
    """The tensors of a model by their names, in files that are read one tensor at a time.

    Nothing is kept: whoever asks twice reads twice. What all of them take is the sum of their
    sizes, and a half of the largest where they are stored in half precision.
    """

    reference: str
    tensors: Mapping[str, tuple[Path, Tensor]]

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each tensor."""
        return {name: tensor.shape for name, (_, tensor) in self.tensors.items()}

    def __len__(self) -> int:
        return len(self.tensors)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tensors)

    def __contains__(self, name: object) -> bool:
        return name in self.tensors  # without reading it

    def __getitem__(self, name: str) -> NDArray[Any]:
        """A tensor: float32 whatever kind of float is stored, integers and booleans as they are.

        Raises:
            KeyError: there is none of that name.
            ModelError: the file was cut meanwhile, or a number of it is infinite or none.
        """
        path, tensor = self.tensors[name]

        def read(file: Path) -> NDArray[Any]:
            with file.open("rb") as stream:
                return tensor.read(stream)

        values = _told(self.reference, path, read)
        if values.dtype == np.float32 and not _finite(values):
            raise ModelError(
                "the weights of {reference} hold numbers that are none (infinite, or NaN): its "
                "file is damaged, or its training failed; fetch it again, or choose another model",
                reference=self.reference,
            )
        return values


def _finite(values: NDArray[np.float32]) -> bool:
    """Whether all numbers are finite: the least and the largest are, which needs no memory."""
    return not values.size or bool(np.isfinite(values.min()) and np.isfinite(values.max()))


def _told(reference: str, path: Path, read: Callable[[Path], Any]) -> Any:
    """The result of `read` on a file; ModelError where it cannot be read."""
    try:
        with path.open("rb") as file:
            start = file.read(64).lstrip()
        reason: object = next((r for sign, r in _NOT_WEIGHTS if start.startswith(sign)), None)
        if not start:
            reason = N_("it is empty")
        if reason is None:
            return read(path)
    except FileNotFoundError as error:
        raise incomplete(reference, path.name) from error
    except OSError as error:
        reason = error.strerror
    except Unreadable as error:
        reason = error if error.values else error.template
    raise ModelError(
        "{file} of {reference} cannot be read ({reason}): fetch the model again, or choose another",
        file=path.name,
        reference=reference,
        reason=reason,
    )


def _parts(index: Path) -> list[str]:
    """The files that an index names, in order; ModelError where one would lie elsewhere."""
    parts = set(_table(index).values()) if index.stat().st_size <= MAX_TABLE else set()
    if wrong := [part for part in parts if not _PART.fullmatch(part) or ".." in part]:
        shown = "".join(c for c in min(wrong)[:80] if c.isprintable())
        raise ModelError(
            "{file} names what can be no file of the model's folder ({part!r}), and was not "
            "followed: delete this model, and choose another",
            file=index.name,
            part=shown,
        )
    return sorted(parts)


def _table(index: Path) -> dict[str, str]:
    """Which part holds which tensor, as an index says; {} where it says nothing of the kind."""
    try:
        document = json.loads(index.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    table = document.get("weight_map") if isinstance(document, dict) else None
    if not isinstance(table, dict):
        return {}
    return {name: part for name, part in table.items() if isinstance(part, str)}


def _safetensors(path: Path) -> dict[str, Tensor]:
    """Where the tensors of a safetensors file lie: a length of 8 bytes, a table in JSON, numbers.

    The tensors fill the rest of the file without holes, as the format demands.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else size
        if length > min(size - 8, MAX_TABLE):
            raise Unreadable(N_("it ends too early"))
        try:
            table = json.loads(file.read(length))
        except (ValueError, RecursionError) as error:
            raise Unreadable(N_("it is damaged")) from error
    if not isinstance(table, dict):
        raise Unreadable(N_("it is damaged"))
    table.pop("__metadata__", None)
    found, data = {}, 8 + length
    for name, entry in table.items():
        match entry:
            case {"dtype": dtype, "shape": shape, "data_offsets": [int(begin), int(end)]}:
                tensor = found[name] = checked(dtype, shape, data + begin)
            case _:
                raise Unreadable(N_("it is damaged"))
        if begin < 0 or end - begin != tensor.bytes:
            raise Unreadable(N_("it is damaged"))
    ordered = sorted((t.begin, t.begin + t.bytes) for t in found.values())
    spans = [(data, data), *ordered, (size, size)]
    if any(before[1] > after[0] for before, after in pairwise(spans)):
        raise Unreadable(N_("it ends too early"))
    if any(before[1] < after[0] for before, after in pairwise(spans)):
        raise Unreadable(N_("it is damaged"))
    return found
