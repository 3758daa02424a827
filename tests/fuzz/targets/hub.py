"""Models of the hub: whole folders of files, weights alone, and what a cache of them looks like."""

from __future__ import annotations

import json
import os
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save

from moliere_core import pretrained
from moliere_core.pretrained import catalogue
from moliere_core.pretrained.operations import opened
from moliere_core.pretrained.weights import read_weights
from tests import torch_file
from tests.fuzz.harness import Target
from tests.fuzz.mutations import Files
from tests.gpts import write_gpt2

TEXT = "Mon frère, s'il"
NUMBERS = {
    "wte.weight": np.arange(12, dtype=np.float32).reshape(3, 4),
    "ln_f.bias": np.ones(4, "f4"),
}


def _open(files: Files, folder: Path) -> None:
    """Put a model into a cache, look at it as lists and pages do, and have it read a text."""
    os.environ["HF_HUB_CACHE"] = str(folder)
    root = folder / "models--x"
    snapshot = root / "snapshots" / "0123"
    snapshot.mkdir(parents=True)
    (root / "refs").mkdir()
    (root / "refs" / "main").write_bytes(b"0123")
    for name, data in files.items():
        (snapshot / name).write_bytes(data)
    card = pretrained.card("hf:x")
    assert card.parameters >= 0
    assert next(entry.name for entry in pretrained.entries()) == pretrained.MINI
    path = catalogue.check("hf:x")
    if catalogue.needs_torch(path):
        return
    model = opened("hf:x", path)
    probs = model.probs([tuple(model.read(TEXT))])[0]
    assert abs(float(probs.sum()) - 1) < 1e-3
    found = model.beam.characters(TEXT)
    assert sum(found.probs.values()) + found.end + found.unresolved < 1.001


def _read(files: Files, folder: Path) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    for values in read_weights(folder, "hf:x").values():
        assert values.dtype.kind in "fiub"


@cache
def _whole() -> tuple[Files, ...]:
    """The same model in three formats, one without `tokenizer.json`."""
    with tempfile.TemporaryDirectory() as place:
        folder = write_gpt2(Path(place) / "gpt")
        weights = load_file(folder / "model.safetensors")
        whole = {path.name: path.read_bytes() for path in folder.iterdir()}
    texts = {name: data for name, data in whole.items() if name != "model.safetensors"}
    tokenizer = json.loads(texts["tokenizer.json"])["model"]
    vocab = {"vocab.json": json.dumps(tokenizer["vocab"]).encode()}
    merges = "\n".join(m if isinstance(m, str) else " ".join(m) for m in tokenizer["merges"])
    parts = {name: name.startswith("h.") for name in weights}
    table = {name: f"model-{1 + part}-of-2.safetensors" for name, part in parts.items()}
    halves = {
        f"model-{1 + part}-of-2.safetensors": save(
            {name: weights[name] for name in weights if parts[name] is part}
        )
        for part in (False, True)
    }
    index = {"model.safetensors.index.json": json.dumps({"weight_map": table}).encode()}
    bare = {name: data for name, data in texts.items() if name != "tokenizer.json"}
    return (
        whole,
        {
            **bare,
            **vocab,
            "merges.txt": merges.encode(),
            "pytorch_model.bin": torch_file.archive(weights),
        },
        {**texts, **halves, **index},
    )


def _weights() -> list[Files]:
    return [
        {"pytorch_model.bin": torch_file.archive(NUMBERS)},
        {"pytorch_model.bin": torch_file.old(NUMBERS)},
        {"model.safetensors": save(NUMBERS)},
    ]


_JSON_TOKENS = (
    b'"architectures": 1.5,', b'"model_type": "gpt2",', b'"n_head": 0,', b'"vocab_size": 1e9,',
    b'"text_config": [],', b'"quantization_config": {},', 
    b'"weight_map": {"a": "../../etc/passwd"}',
    b'"data_offsets": [0, 9],', b'"dtype": "BF16",', b'"shape": [0],', b"NaN", b"-Infinity",
)  # fmt: skip
_PICKLE_TOKENS = (
    b"cos\nsystem\n", b"cbuiltins\neval\n", b"ctorch._utils\n_rebuild_tensor_v2\n", b"R", b"Q",
    b"(", b"t", b"b", b"}", b")", b"0", b"2", b"j\x01\0\0\0", b"r\xff\xff\xff\xff",
    b"\x80\x02", b".",
    b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x07",
)  # fmt: skip

TARGETS = (
    Target("hub-folder", lambda: list(_whole()), _open, _JSON_TOKENS, tries=100),
    Target("hub-weights", _weights, _read, (*_PICKLE_TOKENS, *_JSON_TOKENS), tries=300),
)
