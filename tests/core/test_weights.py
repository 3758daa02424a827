"""Weights of a folder, read without a framework: right, bounded, and deaf to what a file asks."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import tracemalloc
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from moliere_core.errors import ModelError
from moliere_core.pretrained.weights import read_weights, shapes, weight_files
from tests import torch_file
from tests.archives import moved

RNG = np.random.default_rng(1)
NUMBERS = RNG.normal(size=(3, 4)).astype(np.float32)


def refusal(folder: Path) -> str:
    """What is said of a folder whose tensors cannot all be read."""
    with pytest.raises(ModelError) as caught:
        dict(read_weights(folder, "hf:x"))
    return str(caught.value)


def named(folder: Path, data: bytes, name: str = "pytorch_model.bin") -> Path:
    (folder / name).write_bytes(data)
    return folder


# Right


@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u1", "?"])
def test_safetensors_of_every_kind(dtype: str, tmp_path: Path) -> None:
    stored = {"a.b": (NUMBERS * 3).astype(dtype), "none": np.zeros((0, 3), dtype), "one": NUMBERS}
    save_file(stored, tmp_path / "model.safetensors")
    weights = read_weights(tmp_path, "hf:x")
    assert list(weights) == sorted(stored, key=list(weights).index)
    assert weights.shapes == shapes(tmp_path) == {k: v.shape for k, v in stored.items()}
    for name, expected in stored.items():
        kind = np.float32 if expected.dtype.kind == "f" else expected.dtype
        assert weights[name].dtype == kind
        np.testing.assert_array_equal(weights[name], expected.astype(kind))


def test_bfloat16_is_the_upper_half_of_a_float32(tmp_path: Path) -> None:
    header = json.dumps({"x": {"dtype": "BF16", "shape": [3], "data_offsets": [0, 6]}}).encode()
    data = struct.pack("<Q", len(header)) + header + struct.pack("<3H", 0x3F80, 0xC000, 0x3EAB)
    weights = read_weights(named(tmp_path, data, "model.safetensors"), "hf:x")
    np.testing.assert_allclose(weights["x"], [1, -2, 0.333984375])


def test_parts_by_their_index(tmp_path: Path) -> None:
    for part, name in ((1, "a"), (2, "b")):
        save_file({name: NUMBERS * part}, tmp_path / f"model-{part}.safetensors")
    table = {"a": "model-1.safetensors", "b": "model-2.safetensors"}
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": table}))
    assert [p.name for p in weight_files(tmp_path)] == sorted(table.values())
    weights = read_weights(tmp_path, "hf:x")
    np.testing.assert_array_equal(weights["b"], NUMBERS * 2)
    (tmp_path / "model-2.safetensors").unlink()
    assert refusal(tmp_path).startswith("hf:x is incomplete (model-2.safetensors is missing)")
    index.write_text(json.dumps({"weight_map": table | {"b": "../../etc/passwd"}}))
    assert "no file of the model's folder ('../../etc/passwd')" in refusal(tmp_path)
    index.write_text(json.dumps({"weight_map": {"a": "9" * 9999 + ".bin"}}))
    assert len(refusal(tmp_path)) < 300
    index.write_text("[" * 100_000)
    assert "is incomplete (model.safetensors is missing)" in refusal(tmp_path)


def test_copies_in_half_precision_are_not_counted(tmp_path: Path) -> None:
    save_file({"a": NUMBERS}, tmp_path / "model.safetensors")
    save_file({"a": NUMBERS}, tmp_path / "model.fp16.safetensors")
    named(tmp_path, b"", "pytorch_model.fp16.bin")
    assert [p.name for p in weight_files(tmp_path)] == ["model.safetensors"]
    (tmp_path / "model.safetensors").unlink()
    assert weight_files(tmp_path) == []


def test_a_file_of_torch_without_torch(tmp_path: Path) -> None:
    data = torch_file.archive({"a": NUMBERS, "b": NUMBERS.astype(np.float16)})
    weights = read_weights(named(tmp_path, data), "hf:x")
    assert weights.shapes == {"a": (3, 4), "b": (3, 4)}
    np.testing.assert_array_equal(weights["a"], NUMBERS)
    assert weights["b"].dtype == np.float32


@pytest.mark.parametrize("old", [False, True], ids=["archive", "stream"])
def test_files_that_torch_writes_are_read_as_torch_reads_them(old: bool, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    base = torch.arange(24.0).reshape(4, 6)
    linear = torch.nn.Linear(3, 2)
    linear.register_buffer("counted", torch.tensor(7))
    state = linear.state_dict()  # with its versions of modules
    state |= OrderedDict(
        tied=state["weight"],
        parameter=torch.nn.Parameter(base.clone()),
        turned=base.t(),
        part=base[1:3, ::2],
        half=base.half(),
        brain=base.bfloat16(),
        double=base.double(),
        yes=base > 3,
        small=base.to(torch.int8),
        none=torch.zeros(0, 5),
    )
    path = tmp_path / "pytorch_model.bin"
    torch.save(state, path, _use_new_zipfile_serialization=not old)
    weights, expected = read_weights(tmp_path, "hf:x"), torch.load(path, weights_only=True)
    assert set(weights) == set(expected)
    for name, tensor in expected.items():
        plain = tensor.detach().float() if tensor.is_floating_point() else tensor
        np.testing.assert_array_equal(weights[name], plain.numpy())
        assert weights[name].flags.c_contiguous


def test_half_precision_takes_little_more_than_what_it_becomes(tmp_path: Path) -> None:
    save_file(
        {name: np.zeros((512, 1024), np.float16) for name in "abcd"},
        tmp_path / "model.safetensors",
    )
    weights = read_weights(tmp_path, "hf:x")
    tracemalloc.start()
    whole = dict(weights)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.2 * sum(values.nbytes for values in whole.values())


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_none_is_said(value: float, tmp_path: Path) -> None:
    save_file({"a": np.array([1, value, 2], np.float32)}, tmp_path / "model.safetensors")
    assert refusal(tmp_path).startswith("the weights of hf:x hold numbers that are none")
    assert shapes(tmp_path) == {"a": (3,)}


# Damaged


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "it is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1", "pointer of git lfs"),
        (b"\n<!DOCTYPE html><title>Log in</title>", "it is a page of the Web"),
        (b"PK\x03\x04", "it ends too early"),
        (b"\x80\x02", "it is not a file of torch's"),
        (b"\x93NUMPY", "it is not a file of torch's"),
        (b"\x80\x02K\x01.", "it is not a file of torch's"),
    ],
)
def test_what_is_no_file_of_weights(data: bytes, sentence: str, tmp_path: Path) -> None:
    assert sentence in refusal(named(tmp_path, data))


def table(**changes: Any) -> bytes:
    entry = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]} | changes
    header = json.dumps({"x": entry}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(8)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (table(shape=[200_000_000], data_offsets=[0, 800_000_000]), "it ends too early"),
        (table(shape=[200_000_000]), "it is damaged"),
        (table(shape=[-2], data_offsets=[0, -8]), "the shape of a tensor makes no sense"),
        (table(shape=[1] * 1000), "the shape of a tensor makes no sense"),
        (table(shape=[2.0]), "the shape of a tensor makes no sense"),
        (table(shape=None), "the shape of a tensor makes no sense"),
        (table(data_offsets=[-8, 0]), "it is damaged"),
        (table(data_offsets=[0]), "it is damaged"),
        (table(dtype="F8_E4M3"), "its numbers are of a kind that is not read here"),
        (table(dtype=[]), "its numbers are of a kind that is not read here"),
        (table() + bytes(4), "it is damaged"),
        (table()[:-1], "it ends too early"),
        (table()[:20], "it ends too early"),
        (struct.pack("<Q", 2**63), "it ends too early"),
        (struct.pack("<Q", 2) + b"[]", "it is damaged"),
        (struct.pack("<Q", 9) + b'{"a": 1 }', "it is damaged"),
        (struct.pack("<Q", 50_000) + b"[" * 50_000, "it is damaged"),
    ],
)
def test_safetensors_that_are_damaged(data: bytes, sentence: str, tmp_path: Path) -> None:
    named(tmp_path, data, "model.safetensors")
    with bounded():
        assert sentence in refusal(tmp_path)


def test_tensors_that_share_their_numbers_are_damaged_safetensors(tmp_path: Path) -> None:
    entry = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    header = json.dumps({str(i): entry for i in range(1000)}).encode()
    data = struct.pack("<Q", len(header)) + header + bytes(8)
    assert "it ends too early" in refusal(named(tmp_path, data, "model.safetensors"))


def test_a_file_cut_after_it_was_opened(tmp_path: Path) -> None:
    save_file({"a": NUMBERS}, tmp_path / "model.safetensors")
    weights = read_weights(tmp_path, "hf:x")
    os.truncate(tmp_path / "model.safetensors", 90)
    with pytest.raises(ModelError, match=r"model\.safetensors of hf:x cannot be read"):
        weights["a"]


# Hostile


class bounded:
    """Fails where more than 100 MB were asked for meanwhile."""

    def __enter__(self) -> None:
        tracemalloc.start()

    def __exit__(self, *_: object) -> None:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 100_000_000


class Calls:
    """Pickled as a call."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


STORAGE = ("storage", torch_file.Global("torch FloatStorage"), "0", "cpu", 12)
VIEW: tuple[Any, ...] = (0, (3, 4), (4, 1), False, {})


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        (Calls(os.system, "touch /tmp/owned"), "posix.system"),
        (Calls(eval, "1"), "builtins.eval"),
        (Calls(getattr, os, "system"), "builtins.getattr"),
        (Calls(__import__, "os"), "builtins.__import__"),
        ({"a": Calls(print, "x")}, "builtins.print"),
    ],
)
@pytest.mark.parametrize("protocol", [0, 2])
@pytest.mark.parametrize("old", [False, True], ids=["archive", "stream"])
def test_a_pickle_that_asks_for_more_is_not_obeyed(
    value: object, asked: str, protocol: int, old: bool, tmp_path: Path, monkeypatch: Any
) -> None:
    if old and os.name == "nt":
        asked = asked.replace("posix", "nt")
    try:
        program = pickle.dumps(value, protocol)
    except TypeError:  # a module cannot be named by every protocol
        program = f"c{asked.replace('.', chr(10))}\n(tR.".encode()
    for name in ("system", "popen"):
        monkeypatch.setattr(os, name, lambda *_: pytest.fail("it was run"))
    data = torch_file.stream(program) if old else torch_file.zipped(program)
    told = refusal(named(tmp_path, data))
    assert "asks for" in told
    assert "cannot be read" in told


def test_what_it_asks_for_is_named(tmp_path: Path) -> None:
    told = refusal(named(tmp_path, torch_file.zipped(b"cos\nsystem\n(S'true'\ntR.")))
    assert "it asks for os.system, which weights have no need of" in told


def bomb(depth: int = 5_000) -> bytes:
    """Tuples of twice the one before: to print or to hash one takes 2 ** depth steps."""
    steps = b"".join(
        b"\x86" + b"r" + struct.pack("<I", i) + b"j" + struct.pack("<I", i) for i in range(depth)
    )
    return b"\x80\x02}))" + steps + b"N\x86Ns."


@pytest.mark.slow
@pytest.mark.parametrize(
    "program",
    [
        pytest.param(b"\x80\x02Nr\xff\xff\xff\xff.", id="memo far away"),
        pytest.param(b"\x80\x02j\x01\x00\x00\x00.", id="memo of nothing"),
        pytest.param(b"\x80\x04\x8d" + struct.pack("<Q", 2**40) + b".", id="a long text"),
        pytest.param(b"\x80\x02X" + struct.pack("<I", 2**31) + b".", id="a text of 2 GB"),
        pytest.param(b"\x80\x02\x8b" + struct.pack("<i", -5) + b".", id="a number of -5 bytes"),
        pytest.param(b"I" + b"9" * 100_000 + b"\n.", id="a number of 100,000 digits"),
        pytest.param(bomb(), id="tuples"),
        pytest.param(b"\x80\x02" + b"(" * 100_000 + b".", id="marks"),
        pytest.param(b"\x80\x02" + b"]" * 300_000 + b".", id="lists"),
        pytest.param(b"\x80\x02" + b"N" * 100_000 + b"(t" * 100_000 + b".", id="deep stack"),
        pytest.param(b"\x80\x02t.", id="no mark"),
        pytest.param(b"\x80\x02\x86.", id="nothing to pair"),
        pytest.param(b"\x80\x02.", id="nothing"),
        pytest.param(b"\x80\x02}", id="no end"),
        pytest.param(b"\x80\x02}NNs.", id="no name"),
        pytest.param(b"\x80\x02}X\x01\x00\x00\x00aK\x01s.", id="a number for a tensor"),
        pytest.param(b"\x80\x02}NNb.", id="state of nothing"),
        pytest.param(b"\x80\x02X\x01\x00\x00\x00aQ.", id="another identifier"),
        pytest.param(b"\x80\x02(X\x01\x00\x00\x00aX\x01\x00\x00\x00bi.", id="INST"),
        pytest.param(b"\x80\x02\x82\x01.", id="extension registry"),
        pytest.param(b"\xff\xfe", id="no instruction"),
    ],
)
@pytest.mark.parametrize("old", [False, True], ids=["archive", "stream"])
def test_programs_that_are_none_or_traps(program: bytes, old: bool, tmp_path: Path) -> None:
    data = torch_file.stream(program) if old else torch_file.zipped(program)
    with bounded():
        assert "pytorch_model.bin of hf:x cannot be read (it " in refusal(named(tmp_path, data))


@pytest.mark.parametrize(
    ("storage", "view", "sentence"),
    [
        (STORAGE, (1, *VIEW[1:]), "more numbers than are stored"),
        (STORAGE, (-1, *VIEW[1:]), "something else than tensors"),
        (STORAGE, (0, (3, 4), (-4, 1), False, {}), "the shape of a tensor makes no sense"),
        (STORAGE, (0, (3, 4), (4,), False, {}), "the shape of a tensor makes no sense"),
        (STORAGE, (0, (3, 4), (5, 1), False, {}), "more numbers than are stored"),
        (STORAGE, (0, (2**40,), (0,), False, {}), "more numbers than are stored"),
        (STORAGE, (0, (2**62, 2**62), (1, 1), False, {}), "more numbers than are stored"),
        (STORAGE, (0, 3, 1, False, {}), "the shape of a tensor makes no sense"),
        ((*STORAGE[:4], 2**40), VIEW, "more numbers than are stored"),
        ((*STORAGE[:4], -1), VIEW, "something else than tensors"),
        ((*STORAGE[:2], "1", "cpu", 12), VIEW, "the numbers of a tensor are missing"),
        ((*STORAGE[:2], "../../version", "cpu", 12), VIEW, "the numbers of a tensor are missing"),
        (("module", *STORAGE[1:]), VIEW, "something else than tensors"),
        (("storage", "torch FloatStorage", *STORAGE[2:]), VIEW, "something else than tensors"),
        ((*STORAGE, (0, 1, 2)), VIEW, "something else than tensors"),
        ((), VIEW, "something else than tensors"),
    ],
)
def test_tensors_that_are_not_there(
    storage: tuple[Any, ...], view: tuple[Any, ...], sentence: str, tmp_path: Path
) -> None:
    program = torch_file.program({"a": torch_file.Rebuilt(storage, view)})
    with bounded():
        assert sentence in refusal(named(tmp_path, torch_file.zipped(program, [NUMBERS.tobytes()])))


@pytest.mark.parametrize("place", [2**63, 2**64 - 1])
def test_a_list_of_tensors_beyond_the_end_of_the_file_is_damage(tmp_path: Path, place: int) -> None:
    data = moved(torch_file.archive({"a": NUMBERS}), place)
    assert "damaged" in refusal(named(tmp_path, data))


def test_a_thousand_tensors_of_the_same_numbers_are_refused(tmp_path: Path) -> None:
    same = {str(i): torch_file.Rebuilt(STORAGE, VIEW) for i in range(1000)}
    data = torch_file.zipped(torch_file.program(same), [bytes(200_000)])
    assert shapes(named(tmp_path, data))["999"] == (3, 4)  # small ones fit in the file
    large: tuple[Any, ...] = (0, (50_000,), (1,), False, {})
    same = {str(i): torch_file.Rebuilt((*STORAGE[:4], 50_000), large) for i in range(1000)}
    named(tmp_path, torch_file.zipped(torch_file.program(same), [bytes(200_000)]))
    assert "more numbers than are stored" in refusal(tmp_path)


def repacked(change: Callable[[str, bytes], tuple[str, bytes]], packing: int = 0) -> bytes:
    """A file of torch's with other members."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(torch_file.archive({"a": NUMBERS}))) as old,
        zipfile.ZipFile(out, "w", packing) as new,
    ):
        for name in old.namelist():
            new.writestr(*change(name, old.read(name)))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (repacked(lambda n, d: (n, d), zipfile.ZIP_DEFLATED), "its members are packed"),
        (
            repacked(lambda n, d: (n, bytes(10**6) if "/data/" in n else d), zipfile.ZIP_LZMA),
            "pack",
        ),
        (repacked(lambda n, d: (n.replace("data.pkl", "x"), d)), "of something else than weights"),
        (repacked(lambda n, d: (n.replace("data/0", "../data/0"), d)), "are missing"),
        (repacked(lambda n, d: (n, d[:-1] if "/data/" in n else d)), "more numbers than"),
        (repacked(lambda n, d: (n, b"big" if "order" in n else d)), "of a kind that is not read"),
        (repacked(lambda n, d: (n, bytes(3_000_000) if "pkl" in n else d)), "list of its tensors"),
        (repacked(lambda n, d: (n, d))[:-30], "it ends too early"),
        (b"PK\x03\x04" * 30, "it ends too early"),
    ],
)
def test_archives_that_torch_would_not_write(data: bytes, sentence: str, tmp_path: Path) -> None:
    with bounded():
        assert sentence in refusal(named(tmp_path, data))


def test_an_archive_that_says_it_lists_more_than_there_is(tmp_path: Path) -> None:
    data = bytearray(torch_file.archive({"a": NUMBERS}))
    data[-10:-6] = struct.pack("<I", 2**31)
    assert "the list of its tensors is too long" in refusal(named(tmp_path, bytes(data)))


@pytest.mark.parametrize("kind", ["archive", "stream", "safetensors"])
def test_a_file_with_any_byte_changed_is_read_or_refused(kind: str, tmp_path: Path) -> None:
    if kind == "safetensors":
        save_file({"a": NUMBERS, "b": NUMBERS}, tmp_path / "model.safetensors")
        name = "model.safetensors"
    else:
        made = torch_file.archive if kind == "archive" else torch_file.old
        named(tmp_path, made({"a": NUMBERS, "b": NUMBERS}))
        name = "pytorch_model.bin"
    whole, rng, read, refused = (tmp_path / name).read_bytes(), np.random.default_rng(7), 0, 0
    for _ in range(300):
        data = bytearray(whole)
        for at in rng.integers(0, len(data), rng.integers(1, 4)):
            data[at] = rng.integers(256)
        cut = rng.integers(len(data)) if rng.random() < 0.2 else len(data)
        (tmp_path / name).write_bytes(data[:cut])
        try:
            dict(read_weights(tmp_path, "hf:x"))
            read += 1
        except ModelError:
            refused += 1
    assert read
    assert refused
