"""Models of the hub as its tools leave them on disk, with weights of zeros."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

CONFIG: dict[str, Any] = {
    "architectures": ["GPT2LMHeadModel"],
    "model_type": "gpt2",
    "vocab_size": 3,
    "n_positions": 64,
    "n_embd": 8,
    "n_layer": 2,
    "n_head": 2,
}
TOKENIZER: dict[str, Any] = {
    "model": {"type": "BPE", "vocab": {"a": 0, "b": 1}},
    "added_tokens": [{"id": 2, "content": "<end>", "special": True}],
}


def safetensors(tensors: dict[str, int]) -> bytes:
    """A file of float32 tensors of those sizes, all of them zero."""
    header, offset = {}, 0
    for name, size in tensors.items():
        span = [offset, offset := offset + 4 * size]
        header[name] = {"dtype": "F32", "shape": [size], "data_offsets": span}
    data = json.dumps(header).encode()
    return struct.pack("<Q", len(data)) + data + bytes(offset)


def store(cache: Path, name: str, files: dict[str, Any] | None = None, **config: Any) -> Path:
    """Put a model in the hub's cache; its folder. A file given as None is left out."""
    root = cache / ("models--" + name.replace("/", "--"))
    folder = root / "snapshots" / "0123"
    folder.mkdir(parents=True)
    (root / "refs").mkdir()
    (root / "refs" / "main").write_text("0123")
    default: dict[str, Any] = {
        "config.json": CONFIG | config,
        "tokenizer.json": TOKENIZER,
        "model.safetensors": safetensors({"wte": 24, "h.0.attn.bias": 4096}),
    }
    for file, content in (default | (files or {})).items():
        if content is not None:
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            (folder / file).write_bytes(data)
    return folder
