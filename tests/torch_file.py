"""Files as torch.save writes them, and as somebody of ill will would, without torch."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

STORAGES = {"f4": "FloatStorage", "f2": "HalfStorage", "i8": "LongStorage"}
MAGIC, VERSION = 0x1950A86A20F9469CFC6C, 1001


@dataclass(frozen=True)
class Global:
    """A function or class by its name, written as a pickle names it: "module name"."""

    name: str


@dataclass(frozen=True)
class Rebuilt:
    """A tensor: the identifier of its storage, then offset, shape, strides, ..."""

    storage: tuple[Any, ...]
    view: tuple[Any, ...]


def program(value: Any) -> bytes:
    """The pickle of nested values, in protocol 2."""
    return b"\x80\x02" + _written(value) + b"."


def _written(value: Any) -> bytes:
    match value:
        case Global(name):
            return b"c" + name.replace(" ", "\n").encode() + b"\n"
        case Rebuilt(storage, view):
            function = _written(Global("torch._utils _rebuild_tensor_v2"))
            items = _written(storage) + b"Q" + b"".join(map(_written, view))
            return function + b"(" + items + b"tR"
        case OrderedDict():
            made = _written(Global("collections OrderedDict")) + b")R("
            return made + b"".join(_written(k) + _written(v) for k, v in value.items()) + b"u"
        case dict():
            return b"}(" + b"".join(_written(k) + _written(v) for k, v in value.items()) + b"u"
        case tuple():
            return b"(" + b"".join(map(_written, value)) + b"t"
        case list():
            return b"](" + b"".join(map(_written, value)) + b"e"
        case _:  # plain: what comes between the mark of the protocol and the end
            return pickle.dumps(value, 2)[2:-1]


def zipped(pickled: bytes, storages: Sequence[bytes] = (), name: str = "archive") -> bytes:
    """A file since torch 1.6 around a pickle."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(f"{name}/data.pkl", pickled)
        archive.writestr(f"{name}/byteorder", "little")
        for key, data in enumerate(storages):
            archive.writestr(f"{name}/data/{key}", data)
        archive.writestr(f"{name}/version", "3\n")
    return out.getvalue()


def stream(pickled: bytes, storages: Mapping[str, tuple[int, bytes]] | None = None) -> bytes:
    """A file before torch 1.6 around a pickle; storages by key, with how many numbers they have."""
    kept = storages or {}
    start = [MAGIC, VERSION, {"protocol_version": VERSION, "little_endian": True}]
    parts = [*map(program, start), pickled, program(list(kept))]
    parts += [struct.pack("<q", size) + data for size, data in kept.values()]
    return b"".join(parts)


def archive(tensors: Mapping[str, NDArray[Any]]) -> bytes:
    """A state dictionary, as it has been saved since torch 1.6."""
    return zipped(program(_state(tensors, ())), [array.tobytes() for array in tensors.values()])


def old(tensors: Mapping[str, NDArray[Any]]) -> bytes:
    """The same, as it was saved before."""
    kept = {str(i): (a.size, a.tobytes()) for i, a in enumerate(tensors.values())}
    return stream(program(_state(tensors, (None,))), kept)


def _state(tensors: Mapping[str, NDArray[Any]], more: tuple[None, ...]) -> OrderedDict[str, Any]:
    state = OrderedDict()
    for i, (name, array) in enumerate(tensors.items()):
        kind = Global(f"torch {STORAGES[array.dtype.str[1:]]}")
        strides = tuple(step // array.itemsize for step in array.strides)
        state[name] = Rebuilt(
            ("storage", kind, str(i), "cpu", array.size, *more),
            (0, array.shape, strides, False, OrderedDict()),
        )
    return state
