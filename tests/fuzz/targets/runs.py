"""What training leaves on disk, and what is imported: runs, their archives, jobs, Keras' files."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import h5py
import numpy as np

from dashboard.training.curves import from_events
from moliere_core.errors import RunError
from moliere_core.exchange import keras_import
from moliere_core.exchange import keras_import_worker as worker
from moliere_core.exchange.keras_alphabets import Source, choose
from moliere_core.exchange.run_import import import_run, is_run
from moliere_core.models.references import list_models, load_model
from moliere_core.runs import index as run_index
from moliere_core.runs.ownership import Owner
from moliere_core.runs.run import Run, run_path
from moliere_core.training import learning
from moliere_core.training.jobs.job import EVENTS, SPEC, Job, read_spec
from moliere_core.training.jobs.spec import JobSpec
from tests.fuzz.harness import Target
from tests.fuzz.mutations import Files
from tests.networks import LETTERS, make_run, random_weights

ID, OTHER = "0123456789ab", "f" * 12
TEXT = "the quick brown fox jumps over the lazy dog\n" * 40
_JSON_TOKENS = (
    b'"epoch":', b'"updates":', b'"chars":', b'"id":', b'"label":', b"NaN", b"[", b"{}", b"null",
    b'"\\ud800"', b"1e999", b"\n",
)  # fmt: skip


def _run_files() -> list[Files]:
    with tempfile.TemporaryDirectory() as folder:
        run = make_run(Path(folder, ID))
        run.rename("Le mien")
        run.set_owner("marie")
        records = {"epoch-000": {"weights": run.snapshot("0").digest, "train_loss": 3.0}}
        learning.save_measures(run, records)
        return [{path.name: path.read_bytes() for path in sorted(run.path.iterdir())}]


def _texts() -> list[Files]:
    """The small files alone: weights are most of the bytes, and are damaged in `run-archive`."""
    [files] = _run_files()
    texts = {name: data for name, data in files.items() if "safetensors" not in name}
    return [texts | {"config.json": texts["config.json"].replace(ID.encode(), OTHER.encode())}]


def _look(files: Files, _: Path) -> None:
    """A stored run as pages look at it: the lists never fail, whatever is in it."""
    folder = run_path(OTHER)
    folder.mkdir(parents=True)
    for name, data in (_WEIGHTS | files).items():
        (folder / name).write_bytes(data)
    make_run(run_path(ID))
    assert ID in {run.name for run in run_index.stored_runs()}, "it harms another run"
    list_models()
    for damaged in run_index.damaged_runs():
        assert len(str(damaged.error)) < 1_000
    run = Run.open(folder)  # or it is refused
    assert run.label.encode() is not None
    run.check_owner("marie")
    learning.measured(run)
    from_events([], run.history, 1)
    run.zip_bytes()
    for record in run.history:
        assert all(v is None or isinstance(v, int | float | str) for v in record.values())


def _import(files: Files, _: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"{ID}/{name}", data)
    _import_bytes({"run.zip": buffer.getvalue()}, Path())


def _import_bytes(files: Files, _: Path) -> None:
    for data in files.values():
        is_run(data)
        run, _new = import_run(data, "a.zip")
        assert run.id != ID, "it takes the identity that it claims"
        load_model(f"run:{run.id}").start(["a"])


def _archives() -> list[Files]:
    with tempfile.TemporaryDirectory() as folder:
        return [{"run.zip": make_run(Path(folder, ID)).zip_bytes()}]


# Jobs


def _job_files() -> list[Files]:
    events: list[dict[str, Any]] = [
        {"event": "queued", "time": 1.0},
        {"event": "launched", "time": 2.0},
        {"event": "started", "run": ID, "path": "x", "epochs": 2, "updates": 80, "resumed_from": 0},
        {
            "event": "progress", "epoch": 1, "update": 20, "updates": 80, "loss": 3.1,
            "chars_per_second": 1000.0, "seconds_left": 9.0, "time": 3.0,
        },
        {"event": "snapshot", "name": "epoch-001", "update": 40, "time": 4.0},
        {"event": "epoch", "record": {"epoch": 1, "updates": 40, "loss": 3.0, "sample": "é"}},
        {"event": "failed", "message": "a b", "template": "a {x}", "values": {"x": "b"}},
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        config = make_run(Path(folder, ID)).config
    spec = JobSpec(config, "test", "0" * 64, 100, owner=Owner.of("marie"), label="Le mien")
    lines = "".join(json.dumps(event) + "\n" for event in events)
    return [{SPEC: json.dumps(spec.to_json()).encode(), EVENTS: lines.encode()}]


def _follow(files: Files, home: Path) -> None:
    folder = home / "jobs" / ID
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    spec = read_spec(folder)
    if spec is None:
        raise RunError("this job cannot be read")
    job = Job(folder, spec)
    status = job.status
    assert status.message.encode() is not None
    assert 0 <= status.share <= 1
    from_events(job.events(), [], spec.config.training.epochs)
    spec.allows("marie")


# Keras


def _keras_weights() -> bytes:
    weights = random_weights(LETTERS, units=64, embedding=64)  # most of the bytes are numbers
    places = {
        "layers/embedding/vars/0": "embedding",
        **{
            f"layers/lstm/cell/vars/{i}": f"lstm_0.{name}"
            for i, name in enumerate(("kernel", "recurrent_kernel", "bias"))
        },
        "layers/dense/vars/0": "dense.kernel",
        "layers/dense/vars/1": "dense.bias",
    }
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for place, name in places.items():
            file[place] = weights[name]
    return buffer.getvalue()


def _keras_description() -> bytes:
    size = len(LETTERS)
    layers: list[tuple[str, dict[str, Any]]] = [
        ("InputLayer", {"batch_shape": [None, 20], "name": "input"}),
        ("Embedding", {"input_dim": size, "output_dim": 4, "mask_zero": False}),
        ("LSTM", {"units": 8, "activation": "tanh", "return_sequences": False, "dropout": 0.0}),
        ("Dropout", {"rate": 0.2}),
        ("Dense", {"units": size, "activation": "softmax", "use_bias": True}),
    ]
    described = [
        {"module": "keras.layers", "class_name": kind, "config": {"name": kind.lower(), **config}}
        for kind, config in layers
    ]
    return json.dumps({"class_name": "Sequential", "config": {"layers": described}}).encode()


def _keras_members() -> list[Files]:
    return [
        {
            "config.json": _keras_description(),
            "metadata.json": b'{"keras_version": "3.15.1"}',
            "vocabulary.json": json.dumps({"chars": list("abc")}).encode(),
        }
    ]


def _packed(files: Files, weights: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr("model.weights.h5", weights)
    return buffer.getvalue()


def _read_description(files: Files, folder: Path) -> None:
    """The worker itself: HDF5 reads sound weights."""
    (folder / "m.keras").write_bytes(_packed(files, _WEIGHTS_H5))
    worker.main(folder / "m.keras", folder / "out.safetensors")


def _read_weights(files: Files, _: Path) -> None:
    """HDF5's own library is given damaged files: in the process that is made to be lost."""
    data = _scratched(files)
    weights, facts = keras_import.open_apart(_packed(_keras_members()[0], data), ".keras")
    assert facts["vocab_size"] == len(weights["embedding"])
    assert all(np.isfinite(array).all() for array in weights.values())


def _read_bare(files: Files, _: Path) -> None:
    keras_import.open_apart(_scratched(files), ".h5")


def _scratched(files: Files) -> bytes:
    """The weights with some bytes changed: HDF5 refuses a file of another length at once."""
    random, data = Random(b"".join(files.values())), bytearray(_WEIGHTS_H5)
    for _change in range(random.randint(1, 3) if files != _UNCHANGED else 0):
        # Half of them among the first bytes, which say where everything is.
        data[random.randrange(random.choice((2_000, len(data))))] = random.randrange(256)
    return bytes(data)


def _choose(files: Files, _: Path) -> None:
    """Any text beside a model."""
    for data in files.values():
        text = data.decode("utf-8", "replace")
        choose(_INFORMED, [Source(text), Source(text[::2], "a")])


def _informed() -> dict[str, Any]:
    """A network that knows the frequencies of `TEXT`, in the order of its sorted characters."""
    chars = sorted(set(TEXT))
    weights = random_weights(LETTERS)
    shares = np.array([TEXT.count(char) for char in chars]) / len(TEXT)
    return weights | {
        "embedding": weights["embedding"][: len(chars)],
        "dense.kernel": weights["dense.kernel"][:, : len(chars)] * 0,
        "dense.bias": np.log(shares).astype(np.float32),
    }


def _draws() -> Sequence[Files]:
    return [_UNCHANGED]


_WEIGHTS = {k: v for k, v in _run_files()[0].items() if "safetensors" in k}
_WEIGHTS_H5 = _keras_weights()
_INFORMED = _informed()
_ZIP_TOKENS = (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06")
_UNCHANGED: Files = {"draws": bytes(range(64))}

TARGETS = (
    Target("run", _texts, _look, _JSON_TOKENS, tries=100),
    Target("run-archive", _run_files, _import, (*_JSON_TOKENS, b'"F32"'), tries=150),
    Target("run-archive-bytes", _archives, _import_bytes, _ZIP_TOKENS, tries=100),
    Target("job", _job_files, _follow, (*_JSON_TOKENS, b'"event":'), tries=300),
    Target("keras-description", _keras_members, _read_description, _JSON_TOKENS, tries=150),
    Target("keras-weights", _draws, _read_weights, tries=15),
    Target("keras-weights-alone", _draws, _read_bare, tries=15),
    Target("keras-alphabet", lambda: [{"a.txt": TEXT.encode()}], _choose, (b"<UNK>",), tries=60),
)
