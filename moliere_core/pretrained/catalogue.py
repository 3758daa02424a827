"""The pretrained models that can be named, and what their files on disk tell without a framework.

`mini-gpt` is shipped in Hugging Face's own format; `hf:NAME` is a model of the hub, looked for in
the hub's usual cache on this machine (`HF_HUB_CACHE`, or `hub` in `HF_HOME`) and nowhere else.
Whatever can be wrong with a model is looked for here, before a framework takes seconds to load.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from moliere_core.errors import ModelError
from moliere_core.machine import free_megabytes
from moliere_core.models import ASSETS, HUB, MINI, ModelEntry
from moliere_core.transformer import TransformerConfig

OFFERED = ("hf:gpt2", "hf:asi/gpt-fr-cased-small")  # and any other causal model, by its name
CONTEXT = 512  # tokens read at most while writing: beyond, a class waits too long
FRAMEWORKS = ("torch", "transformers")  # for whatever NumPy does not run here
OVERHEAD = 1.2  # memory a model takes while it is used, over that of its weights

_NAME = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?", re.ASCII)
_BUFFERS = re.compile(r"\.attn\.(masked_)?bias$|inv_freq$")  # stored with weights, not trained
_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I8": 1, "U8": 1, "BOOL": 1}
# Sizes of the models that are offered before they are here: vocabulary, context, layers, width.
_KNOWN = {"gpt2": (50_257, 1024, 12, 768), "asi/gpt-fr-cased-small": (50_000, 1024, 12, 768)}


class Presence(StrEnum):
    """Whether a model is on this machine."""

    READY = "ready"
    PARTIAL = "partial"  # its download was interrupted
    ABSENT = "absent"


@dataclass(frozen=True)
class Card:
    """What a model is, before anything is loaded.

    Attributes:
        reference: `mini-gpt` or `hf:NAME`.
        presence: whether it is on this machine.
        architecture: as its configuration has it, such as "gpt2"; "" where unknown.
        parameters: trained numbers; 0 where unknown.
        vocab_size: tokens; 0 where unknown.
        context_length: tokens that it was trained to read at once; 0 where unknown.
        context_used: of these, what is read while it writes here.
        layers: blocks; 0 where unknown.
        megabytes: of memory, about, while it is used in full precision.
        stored_megabytes: on disk.
    """

    reference: str
    presence: Presence
    architecture: str
    parameters: int
    vocab_size: int
    context_length: int
    context_used: int
    layers: int
    megabytes: int
    stored_megabytes: int


def is_pretrained(reference: str) -> bool:
    """Whether a reference names a model of this package, there or not."""
    return reference == MINI or reference.startswith(HUB)


def hub_name(reference: str) -> str:
    """The name on the hub; ModelError if it is not one."""
    name = reference.removeprefix(HUB)
    if name == reference or not _NAME.fullmatch(name) or ".." in name or len(name) > 96:
        raise ModelError(
            "{reference!r} is not the name of a model: write hf:NAME or hf:OWNER/NAME, as on the "
            "hub's page",
            reference=reference,
        )
    return name


def hub_cache() -> Path:
    """Where the hub's own tools keep what they fetch."""
    if named := os.environ.get("HF_HUB_CACHE"):
        return Path(named).expanduser()
    shared = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = os.environ.get("HF_HOME") or str(Path(shared, "huggingface"))
    return Path(home).expanduser() / "hub"


def folder(reference: str) -> Path | None:
    """The folder of a model's files, complete or not; None if there is none."""
    if reference == MINI:
        path = ASSETS / MINI
        return path if path.is_dir() else None
    root = hub_cache() / ("models--" + hub_name(reference).replace("/", "--"))
    try:
        commit = (root / "refs" / "main").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return root if root.is_dir() else None
    path = root / "snapshots" / commit
    return path if path.is_dir() else root


def missing_file(path: Path) -> str | None:
    """The name of a file that a model's folder lacks; None if it is complete."""
    if not (path / "config.json").is_file():
        return "config.json"
    for index in ("model.safetensors.index.json", "pytorch_model.bin.index.json"):
        if (path / index).is_file() and not (path / "model.safetensors").is_file():
            shards = set(_json(path / index).get("weight_map", {}).values())
            return next((s for s in sorted(shards) if not (path / s).is_file()), None) or (
                _missing_tokenizer(path)
            )
    if not any((path / w).is_file() for w in ("model.safetensors", "pytorch_model.bin")):
        return "model.safetensors"
    return _missing_tokenizer(path)


def presence(reference: str) -> Presence:
    """Whether a model is on this machine."""
    path = folder(reference)
    if path is None:
        return Presence.ABSENT
    return Presence.PARTIAL if missing_file(path) else Presence.READY


def card(reference: str) -> Card:
    """What a model is; of one that is not here, what is known of those offered by default."""
    path = folder(reference)
    state = presence(reference)
    config = {} if path is None else configuration(path)
    name = reference.removeprefix(HUB)
    if not config and name in _KNOWN:
        vocab, context, layers, width = _KNOWN[name]
        config = {"model_type": "gpt2", "vocab_size": vocab, "n_positions": context}
        config |= {"n_layer": layers, "n_embd": width}
    vocab, context = _first(config, "vocab_size"), context_length(config)
    parameters = _gpt2_parameters(config)
    stored = 0
    if path is not None and state is Presence.READY:
        stored = sum(p.stat().st_size for p in _weights(path))
        parameters = parameters or _count(path)
    elif parameters:
        stored = parameters * 4
    return Card(
        reference=reference,
        presence=state,
        architecture=str(config.get("model_type", "")),
        parameters=parameters,
        vocab_size=vocab,
        context_length=context,
        context_used=min(context, CONTEXT),
        layers=_first(config, "n_layer", "num_hidden_layers"),
        megabytes=round(parameters * 4 * OVERHEAD / 1e6),
        stored_megabytes=round(stored / 1e6),
    )


def entries() -> list[ModelEntry]:
    """`mini-gpt`, the models that are offered, then the other causal ones of the hub's cache."""
    others = []
    cache = hub_cache()
    for path in sorted(cache.glob("models--*")) if cache.is_dir() else []:
        reference = HUB + path.name.removeprefix("models--").replace("--", "/")
        if reference not in OFFERED and presence(reference) is Presence.READY:
            found = folder(reference)
            if found is not None and _wrong_kind(configuration(found)) is None:
                others.append(reference)
    return [_entry(reference) for reference in (MINI, *OFFERED, *others)]


def needs_torch(path: Path) -> bool:
    """Whether the model of a folder is of an architecture that NumPy does not run here."""
    return TransformerConfig.of(configuration(path)) is None


def runs_here(path: Path) -> bool:
    """Whether what runs the model of a folder is installed; nothing is imported."""
    return not needs_torch(path) or all(importlib.util.find_spec(name) for name in FRAMEWORKS)


def usable(reference: str) -> bool:
    """Whether a model is on this machine with what runs it; one that is not may be recorded."""
    path = folder(reference)
    return path is not None and presence(reference) is Presence.READY and runs_here(path)


def check(reference: str) -> Path:
    """The folder of a model that can be used; ModelError says what is wrong, and what to do."""
    if reference != MINI:
        hub_name(reference)
    path = folder(reference)
    if path is None:
        if reference == MINI:
            raise ModelError(
                "mini-gpt is not in this copy of the application: take the whole repository, or "
                "choose another model"
            )
        raise ModelError(
            "{reference} is not on this machine: fetch it with its button, or with "
            "moliere models fetch {name}",
            reference=reference,
            name=reference.removeprefix(HUB),
        )
    lacking = missing_file(path)
    if lacking:
        raise ModelError(
            "{reference} is incomplete ({file} is missing): fetch it again, what is there is kept",
            reference=reference,
            file=lacking,
        )
    config = configuration(path)
    kind = _wrong_kind(config)
    if kind:
        raise ModelError(
            "{reference} does not write from left to right ({kind}): choose a causal model, such "
            "as hf:gpt2",
            reference=reference,
            kind=kind,
        )
    rows, tokens = _first(config, "vocab_size"), _tokenizer_size(path)
    if rows and tokens > rows:
        raise ModelError(
            "{reference} has a tokenizer of {tokens} tokens and weights for {rows}: its files do "
            "not belong together, fetch it again or choose another model",
            reference=reference,
            tokens=tokens,
            rows=rows,
        )
    if not runs_here(path):
        raise ModelError(
            "{reference} is of an architecture ({kind}) that torch and transformers run, and they "
            "are not installed on this machine: choose mini-gpt or a GPT-2, such as hf:gpt2; the "
            "README tells how to add them",
            reference=reference,
            kind=str(config.get("model_type", "?")),
        )
    return path


def precision(reference: str, spare: int = 0) -> str:
    """Either "float32", or "bfloat16" where memory allows no more; ModelError where not even that.

    NumPy has no bfloat16: a model that it runs takes float32.

    Args:
        reference: of the model.
        spare: megabytes that can be freed for it.
    """
    parameters, free = card(reference).parameters, free_megabytes()
    if free is None:
        return "float32" if parameters < 1_000_000_000 else "bfloat16"
    path = folder(reference)
    sizes = {"float32": 4, "bfloat16": 2}
    if path is not None and not needs_torch(path):
        del sizes["bfloat16"]
    for name, size in sizes.items():
        if parameters * size * OVERHEAD / 1e6 <= free + spare:
            return name
    raise too_large(reference, free + spare)


def too_large(reference: str, free: int | None = None) -> ModelError:
    """What to say of a model that memory does not hold."""
    path = folder(reference)
    least = 4 if path is not None and not needs_torch(path) else 2  # bytes a number
    needed = round(card(reference).parameters * least * OVERHEAD / 1e6)
    return ModelError(
        "{reference} needs at least {needed} MB of memory and {free} MB are free: close other "
        "programs, or choose a smaller model",
        reference=reference,
        needed=needed,
        free=(free_megabytes() or 0) if free is None else free,
    )


def context_length(config: Mapping[str, Any]) -> int:
    """Tokens that a model was trained to read at once; 0 where its configuration does not say."""
    return _first(config, "n_positions", "max_position_embeddings", "n_ctx", "max_seq_len")


def _entry(reference: str) -> ModelEntry:
    found = card(reference)
    return ModelEntry(reference, "gpt", found.parameters, available=usable(reference))


def configuration(path: Path) -> dict[str, Any]:
    """The configuration of the language model, {} where there is none."""
    document = _json(path / "config.json")
    text = document.get("text_config")  # of a model that also sees
    return {**document, **text} if isinstance(text, dict) else document


def _json(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def _first(config: Mapping[str, Any], *names: str) -> int:
    values = [config[name] for name in names if isinstance(config.get(name), int)]
    return int(values[0]) if values else 0


def _wrong_kind(config: Mapping[str, Any]) -> str | None:
    """The architecture of a model that is not causal; None of one that is, or may be."""
    names = [str(name) for name in config.get("architectures") or []]
    if config.get("is_encoder_decoder"):
        return names[0] if names else str(config.get("model_type"))
    if names and not any("CausalLM" in n or "LMHead" in n for n in names):
        return names[0]
    return None


def _missing_tokenizer(path: Path) -> str | None:
    if (path / "tokenizer.json").is_file() or (path / "tokenizer.model").is_file():
        return None
    return next((n for n in ("vocab.json", "merges.txt") if not (path / n).is_file()), None)


def _tokenizer_size(path: Path) -> int:
    """Tokens of the tokenizer; 0 where its file is of a kind that this does not read."""
    file = path / "tokenizer.json"
    source = file if file.is_file() else path / "vocab.json"
    if not source.is_file():
        return 0
    info = source.stat()
    return _read_tokenizer_size(source, info.st_mtime_ns, info.st_size)


@lru_cache(maxsize=16)
def _read_tokenizer_size(path: Path, _time: int, _size: int) -> int:
    document = _json(path)
    if path.name == "vocab.json":
        ids = [i for i in document.values() if isinstance(i, int)]
    else:
        vocab = document.get("model", {}).get("vocab", {})
        ids = list(vocab.values()) if isinstance(vocab, dict) else list(range(len(vocab)))
        ids += [token["id"] for token in document.get("added_tokens", [])]
    return max(ids, default=-1) + 1


def _weights(path: Path) -> list[Path]:
    single = [path / "model.safetensors", path / "pytorch_model.bin"]
    found = [p for p in single if p.is_file()][:1]
    return found or sorted([*path.glob("model-*.safetensors"), *path.glob("pytorch_model-*.bin")])


def _gpt2_parameters(config: Mapping[str, Any]) -> int:
    """Parameters of a GPT-2, whose output matrix is its embedding; 0 for others."""
    if config.get("model_type") != "gpt2" or config.get("tie_word_embeddings") is False:
        return 0
    d, layers = _first(config, "n_embd"), _first(config, "n_layer")
    inner = _first(config, "n_inner") or 4 * d
    block = 4 * d * d + 2 * d * inner + 9 * d + inner  # matrices, biases, two layer norms
    rows = _first(config, "vocab_size") + _first(config, "n_positions")
    return rows * d + layers * block + 2 * d


def _count(path: Path) -> int:
    """Numbers stored in a folder's weights."""
    total = 0
    for file in _weights(path):
        if file.suffix == ".safetensors":
            for name, tensor in _header(file).items():
                if name != "__metadata__" and not _BUFFERS.search(name):
                    begin, end = tensor["data_offsets"]
                    total += (end - begin) // _BYTES.get(tensor["dtype"], 4)
        else:
            total += _pickled_bytes(file) // (2 if "16" in str(configuration(path)) else 4)
    return total


def _header(file: Path) -> dict[str, Any]:
    """The table of a safetensors file: a length of 8 bytes, then JSON."""
    try:
        with file.open("rb") as stream:
            (size,) = struct.unpack("<Q", stream.read(8))
            document = json.loads(stream.read(min(size, 100_000_000)))
    except (OSError, ValueError, struct.error):
        return {}
    return document if isinstance(document, dict) else {}


def _pickled_bytes(file: Path) -> int:
    """Size of the tensors in a file of torch's: an archive with one member a tensor."""
    try:
        with zipfile.ZipFile(file) as archive:
            return sum(m.file_size for m in archive.infolist() if "/data/" in m.filename)
    except (OSError, zipfile.BadZipFile):
        return file.stat().st_size
