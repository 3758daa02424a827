r"""Where the tensors of a `pytorch_model.bin` lie, found without running anything it asks for.

Such a file is a pickle, a program that builds objects: `pickle.load` calls whatever function it
names. Here no pickle is loaded. Its instructions are read one by one, and the few that describe
tensors and dictionaries of tensors are followed; at the first other one the file is refused. The
numbers themselves are not in the pickle: it names storages, which lie beside it as they are.

Two kinds of file have been written. Since torch 1.6 (2020) a zip archive of uncompressed members:
NAME/data.pkl is the pickle, NAME/data/KEY a storage. Before, four pickles one after the other (a
magic number, a version, the machine's sizes, the object), a fifth with the keys of the storages,
and those in that order, each after its length in 8 bytes.
See `torch/serialization.py` and `torch/_utils.py` in PyTorch's sources, and for what a pickle's
instructions do, `pickletools.py` in Python's.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any

from moliere_core.errors import N_
from moliere_core.pretrained.tensors import DTYPES, Tensor, Unreadable, checked

MAX_PICKLE = 2_000_000  # bytes: 13,000 tensors take that much
MAX_DIRECTORY = 4_000_000  # bytes of the list of an archive's members, one a tensor
ARCHIVE = b"PK\x03\x04"
MAGIC = 0x1950A86A20F9469CFC6C
VERSION = 1001
# A tensor tied to another has its numbers; a file whose tensors share more than that is a trap.
MOST_SHARED = 4

ORDERED_DICT = "collections OrderedDict"
TENSOR = "torch._utils _rebuild_tensor_v2"
PARAMETER = "torch._utils _rebuild_parameter"
STORAGES = {
    "torch DoubleStorage": "F64",
    "torch FloatStorage": "F32",
    "torch HalfStorage": "F16",
    "torch BFloat16Storage": "BF16",
    "torch LongStorage": "I64",
    "torch IntStorage": "I32",
    "torch ShortStorage": "I16",
    "torch CharStorage": "I8",
    "torch ByteStorage": "U8",
    "torch BoolStorage": "BOOL",
}
Spans = dict[str, tuple[int, int]]  # where each storage begins and ends, in bytes
KNOWN = {ORDERED_DICT, TENSOR, PARAMETER, *STORAGES}


@dataclass(frozen=True)
class Storage:
    """Numbers side by side, by the name that the pickle has for them."""

    key: str
    dtype: str
    size: int  # in numbers


@dataclass(frozen=True)
class View:
    """A tensor as the pickle describes it: some numbers of a storage."""

    storage: Storage
    offset: int  # of the first, in numbers
    shape: Any
    strides: Any


@dataclass(frozen=True)
class Named:
    """A function or class that the pickle names: known here by its name, never looked up."""

    name: str


def tensors(path: Path) -> dict[str, Tensor]:
    """Where the tensors of a file of torch's lie.

    Raises:
        Unreadable: it is damaged, of another kind, or asks for something else than tensors.
        OSError: it cannot be opened.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        packed = file.read(len(ARCHIVE)) == ARCHIVE
        views, spans = _of_archive(file, size) if packed else _of_stream(file)
        found = {name: _placed(view, spans, size) for name, view in views.items()}
    if sum(tensor.bytes for tensor in found.values()) > MOST_SHARED * size:
        raise Unreadable(N_("a tensor has more numbers than are stored"))
    return found


def _placed(view: View, spans: Spans, size: int) -> Tensor:
    """A tensor in its file; Unreadable if it reaches beyond its storage or the file."""
    storage = view.storage
    if storage.key not in spans:
        raise Unreadable(N_("the numbers of a tensor are missing"))
    begin, end = spans[storage.key]
    width = DTYPES[storage.dtype].itemsize
    tensor = checked(storage.dtype, view.shape, begin + view.offset * width, view.strides)
    if view.offset + tensor.extent > storage.size or begin + storage.size * width > min(end, size):
        raise Unreadable(N_("a tensor has more numbers than are stored"))
    return tensor


# The two kinds of file: the tensors that they describe, and where their storages begin and end


def _of_archive(
    file: BufferedReader, size: int
) -> tuple[dict[str, View], dict[str, tuple[int, int]]]:
    try:
        if _directory_size(file, size) > MAX_DIRECTORY:
            raise Unreadable(N_("the list of its tensors is too long"))
        with zipfile.ZipFile(file) as archive:
            members = {member.filename: member for member in archive.infolist()}
        pickles = [name for name in members if name.endswith("/data.pkl") and name.count("/") == 1]
        if len(pickles) != 1:
            raise Unreadable(N_("it is an archive of something else than weights"))
        prefix = pickles[0].removesuffix("data.pkl")
        begin, end = _span(file, members[pickles[0]])
        order = members.get(prefix + "byteorder")
        if order is not None:
            file.seek(_span(file, order)[0])
            if file.read(min(order.file_size, 6)) == b"big":
                raise Unreadable(N_("its numbers are of a kind that is not read here"))
        if end - begin > MAX_PICKLE:
            raise Unreadable(N_("the list of its tensors is too long"))
        file.seek(begin)
        views = _state(_Program(BytesIO(file.read(end - begin))).run())
        keys = {view.storage.key for view in views.values()}
        storages = {key: members.get(f"{prefix}data/{key}") for key in keys}
        return views, {key: _span(file, m) for key, m in storages.items() if m is not None}
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        ValueError,
        OverflowError,  # a place beyond any file, as an entry of 64 bits may say
        struct.error,
    ) as error:
        raise Unreadable(N_("it is damaged")) from error


def _directory_size(file: BufferedReader, size: int) -> int:
    """Bytes of an archive's list of members, which `zipfile` reads whole whatever they are."""
    file.seek(max(size - 98, 0))
    tail = file.read(98)  # the three records at the end: of large archives, where that is, of all
    if tail[-22:-18] != b"PK\x05\x06":  # torch writes no comment behind it
        raise Unreadable(N_("it ends too early"))
    if tail[-42:-38] == b"PK\x06\x07":
        return int(struct.unpack("<Q", tail[40:48])[0])
    return int(struct.unpack("<I", tail[-10:-6])[0])


def _span(file: BufferedReader, member: zipfile.ZipInfo) -> tuple[int, int]:
    """Where the data of a member begin and end: behind its name and its padding."""
    if member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 1:
        raise Unreadable(N_("its members are packed, as torch never does"))
    file.seek(member.header_offset)
    header = file.read(30)
    if header[:4] != ARCHIVE:
        raise Unreadable(N_("it is damaged"))
    begin = member.header_offset + 30 + sum(struct.unpack("<HH", header[26:30]))
    return begin, begin + member.file_size


def _of_stream(file: BufferedReader) -> tuple[dict[str, View], Spans]:
    file.seek(0)
    stream = BytesIO(file.read(MAX_PICKLE))
    if not _begins_as_torch(stream):
        raise Unreadable(N_("it is not a file of torch's"))
    machine = _Program(stream).run()
    if not isinstance(machine, dict) or machine.get("little_endian") is False:
        raise Unreadable(N_("its numbers are of a kind that is not read here"))
    views, keys = _state(_Program(stream).run()), _Program(stream).run()
    widths = {v.storage.key: DTYPES[v.storage.dtype].itemsize for v in views.values()}
    if not isinstance(keys, list) or not all(type(key) is str and key in widths for key in keys):
        raise Unreadable(N_("the numbers of a tensor are missing"))
    spans, at = {}, stream.tell()
    for key in keys:
        file.seek(at)
        length = file.read(8)
        if len(length) < 8:
            raise Unreadable(N_("it ends too early"))
        (size,) = struct.unpack("<q", length)
        if not 0 <= size < 2**48:
            raise Unreadable(N_("it is damaged"))
        spans[key] = at + 8, at + 8 + size * widths[key]
        at = spans[key][1]
    return views, spans


def _begins_as_torch(stream: BytesIO) -> bool:
    """Whether the first two pickles are the magic number and the version; they are read."""
    try:
        return bool(_Program(stream).run() == MAGIC and _Program(stream).run() == VERSION)
    except Unreadable:
        return False


def _state(value: object) -> dict[str, View]:
    """What the pickle built, if it is names and tensors."""
    if not isinstance(value, dict) or not all(isinstance(v, View) for v in value.values()):
        raise Unreadable(N_("it holds something else than named tensors"))
    return value


# The pickle


class _Program:
    """One pickle, followed instruction by instruction.

    The stack holds numbers, text, tuples, lists, dictionaries with names for keys, and this
    module's descriptions. Nothing is imported, called or compared. What is refused is not printed
    either: nested tuples of a kilobyte can have a text without end.
    """

    def __init__(self, file: BytesIO) -> None:
        self._file = file
        self._stack: list[Any] = []
        self._outer: list[list[Any]] = []  # what was on the stack before each mark
        self._memo: dict[int, Any] = {}

    def run(self) -> Any:
        """What the program builds; the file stands behind its end."""
        try:
            while (instruction := self._file.read(1)) != STOP:
                if not instruction:
                    raise EOFError
                self._do(instruction)
            return self._stack.pop()
        except EOFError as error:
            raise Unreadable(N_("it ends too early")) from error
        except (LookupError, TypeError, ValueError) as error:
            raise Unreadable(N_("it is damaged")) from error

    def _do(self, instruction: bytes) -> None:
        stack = self._stack
        if instruction == b"\x80":  # PROTO
            self._read(1)
        elif instruction in _CONSTANTS:
            stack.append(_CONSTANTS[instruction]())
        elif instruction in _INTEGERS:
            stack.append(self._number(instruction))
        elif instruction == b"\x8a":  # LONG1
            stack.append(int.from_bytes(self._read(self._number(b"K")), "little", signed=True))
        elif instruction == b"X":  # BINUNICODE
            stack.append(self._read(self._number(b"j")).decode())
        elif instruction == b"c":  # GLOBAL
            stack.append(_named(self._line(), self._line()))
        elif instruction in _PUT:
            self._memo[self._number(_PUT[instruction])] = stack[-1]
        elif instruction in _GET:
            stack.append(self._memo[self._number(_GET[instruction])])
        elif instruction == b"(":  # MARK
            self._outer.append(stack)
            self._stack = []
        elif instruction == b"t":  # TUPLE
            found = tuple(self._since_mark())
            self._stack.append(found)
        elif instruction in _TUPLES:
            items = [stack.pop() for _ in range(_TUPLES[instruction])]
            stack.append(tuple(reversed(items)))
        elif instruction == b"a":  # APPEND
            self._extend([stack.pop()])
        elif instruction == b"e":  # APPENDS
            self._extend(self._since_mark())
        elif instruction == b"s":  # SETITEM
            value, key = stack.pop(), stack.pop()
            self._set([key, value])
        elif instruction == b"u":  # SETITEMS
            self._set(self._since_mark())
        elif instruction == b"Q":  # BINPERSID
            stack.append(_storage(stack.pop()))
        elif instruction == b"R":  # REDUCE
            arguments, function = stack.pop(), stack.pop()
            stack.append(_built(function, arguments))
        elif instruction == b"b" and isinstance(stack[-2], dict):  # BUILD
            stack.pop()  # `_metadata` of a state dictionary: versions of modules
        else:
            raise Unreadable(N_("it asks for something else than tensors"))

    def _read(self, size: int) -> bytes:
        data = self._file.read(size)
        if len(data) < size:
            raise EOFError
        return data

    def _line(self) -> str:
        line = self._file.readline()
        if not line.endswith(b"\n"):
            raise EOFError
        return line[:-1].decode()

    def _number(self, instruction: bytes) -> int:
        """The number behind an instruction of `_NUMBERS`."""
        size, signed = _NUMBERS[instruction]
        return int.from_bytes(self._read(size), "little", signed=signed)

    def _since_mark(self) -> list[Any]:
        """What was put on the stack since the last mark, taken from it."""
        found, self._stack = self._stack, self._outer.pop()
        return found

    def _extend(self, values: list[Any]) -> None:
        if not isinstance(self._stack[-1], list):
            raise TypeError
        self._stack[-1].extend(values)

    def _set(self, pairs: list[Any]) -> None:
        target = self._stack[-1]
        if not isinstance(target, dict):
            raise TypeError
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            if not isinstance(key, str):  # hashing nested tuples can take for ever
                raise Unreadable(N_("it holds something else than named tensors"))
            target[key] = value


STOP = b"."
_CONSTANTS: dict[bytes, Callable[[], Any]] = {
    b"N": lambda: None,
    b"\x88": lambda: True,
    b"\x89": lambda: False,
    b")": tuple,
    b"]": list,
    b"}": dict,
}
# Numbers behind BININT, BININT1, BININT2 and LONG_BINGET: how many bytes, and whether signed.
_NUMBERS = {b"J": (4, True), b"K": (1, False), b"M": (2, False), b"j": (4, False)}
_INTEGERS = b"J", b"K", b"M"
_PUT = {b"q": b"K", b"r": b"j"}  # BINPUT, LONG_BINPUT, and how their number is written
_GET = {b"h": b"K", b"j": b"j"}
_TUPLES = {b"\x85": 1, b"\x86": 2, b"\x87": 3}


def _named(module: str, name: str) -> Named:
    if (name := f"{module} {name}") not in KNOWN:
        shown = "".join(c for c in name.replace(" ", ".")[:80] if c.isprintable())
        raise Unreadable(N_("it asks for {what}, which weights have no need of"), what=shown)
    return Named(name)


def _storage(value: Any) -> Storage:
    """A storage by its persistent identifier: ("storage", its class, key, device, size, ...)."""
    match value:
        case ("storage", Named(name), str(key), str(), int(size), *rest):
            if name in STORAGES and rest in ([], [None]) and type(size) is int and size >= 0:
                return Storage(key, STORAGES[name], size)
    raise Unreadable(N_("it asks for something else than tensors"))


def _built(function: Any, arguments: Any) -> Any:
    """What the three functions that a state dictionary calls would build."""
    match function, arguments:
        case Named(name=str(name)), () if name == ORDERED_DICT:
            return {}
        case Named(name=str(name)), (Storage() as storage, int(offset), shape, strides, *_):
            if name == TENSOR and type(offset) is int and offset >= 0:
                return View(storage, offset, shape, strides)
        case Named(name=str(name)), (View() as view, *_) if name == PARAMETER:
            return view
    raise Unreadable(N_("it asks for something else than tensors"))
