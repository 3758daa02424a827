"""The files of a model: where they lie, which are missing, and what `config.json` says.

The hub's tools keep a repository as `models--OWNER--NAME` in their cache: `refs` says which commit
a branch stands at, `snapshots/COMMIT` has its files. Repositories hold what their owners put there:
several formats of the same weights, copies in half precision, none of the formats read here, no
model of language at all. Nothing of it is trusted, and what is wrong is said in one sentence
before anything large is read or fetched.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from moliere_core.errors import N_, ModelError
from moliere_core.models.references import HUB, HUB_FILES
from moliere_core.pretrained.weights import INDEX, SINGLE, weight_files
from moliere_core.runs.run import VOCABULARY
from moliere_core.system.storage import home

CONFIG = "config.json"
LOCAL = "local/"  # the owner of what was specialised on this machine
MAX_CONFIG = 10_000_000  # bytes
# Repositories that have moved: the hub answers to both names, and its cache keeps the one asked.
RENAMED = {
    "gpt2": "openai-community/gpt2",
    "gpt2-medium": "openai-community/gpt2-medium",
    "gpt2-large": "openai-community/gpt2-large",
    "gpt2-xl": "openai-community/gpt2-xl",
    "openai-gpt": "openai-community/openai-gpt",
    "distilgpt2": "distilbert/distilgpt2",
}
# What is read of a model beside its weights, where it is there.
TEXTS = {
    CONFIG, "generation_config.json", "tokenizer.json", "tokenizer_config.json", "vocab.json",
    "merges.txt", "added_tokens.json", "special_tokens_map.json",
}  # fmt: skip
# Formats of weights by their files, where there is none that is read here.
FORMATS = (
    ("GGUF", ".gguf"),
    ("TensorFlow", "tf_model.h5"),
    ("Flax", "flax_model.msgpack"),
    ("ONNX", ".onnx"),
    ("OpenVINO", "openvino_model.bin"),
    ("Core ML", ".mlpackage/Manifest.json"),
    ("rust-bert", "rust_model.ot"),
    (N_("copies in half precision (fp16)"), ".fp16.safetensors"),
    (N_("copies in half precision (fp16)"), ".fp16.bin"),
    (".pth", ".pth"),
    (".pt", ".pt"),
    ("PyTorch Lightning", ".ckpt"),
)
# Files that say that a repository is no language model, whatever else is in it.
OTHER_KINDS = (
    ("sentence-transformers", "config_sentence_transformers.json"),
    ("sentence-transformers", "sentence_bert_config.json"),
    ("diffusers", "model_index.json"),
)
SENTENCEPIECE = ("tokenizer.model", "spiece.model", "sentencepiece.bpe.model")
ADAPTER = "adapter_config.json"
QUANTISED = {"quantize_config.json": "GPTQ", "quant_config.json": "AWQ"}
# Models that read in both directions, or translate; named where `architectures` is not.
NOT_CAUSAL = {
    "albert", "bart", "bert", "camembert", "clip", "deberta", "deberta-v2", "distilbert",
    "electra", "flaubert", "longformer", "marian", "mbart", "modernbert", "mpnet", "mt5", "pegasus",
    "roberta", "t5", "vit", "wav2vec2", "whisper", "xlm-roberta",
}  # fmt: skip

_SIZES = (
    "vocab_size", "n_positions", "n_ctx", "max_position_embeddings", "max_seq_len", "n_embd",
    "n_layer", "n_head", "n_inner", "hidden_size", "num_hidden_layers", "num_attention_heads",
)  # fmt: skip
_SWITCHES = (
    "is_encoder_decoder", "tie_word_embeddings", "add_cross_attention", "scale_attn_weights",
    "scale_attn_by_inverse_layer_idx",
)  # fmt: skip
_NAME = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?", re.ASCII)


# Where a model is


def is_name(name: str) -> bool:
    """Whether something can be the name of a repository: NAME, or OWNER/NAME."""
    return len(name) <= 96 and bool(_NAME.fullmatch(name)) and not re.search(r"\.\.|--", name)


def hub_cache() -> Path:
    """Where the hub's own tools keep what they fetch."""
    named = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if not named:
        shared = os.environ.get("XDG_CACHE_HOME", "~/.cache")
        named = str(Path(os.environ.get("HF_HOME") or Path(shared, "huggingface"), "hub"))
    return Path(os.path.expandvars(os.path.expanduser(named)))


def local_folder(name: str) -> Path:
    """Where the model `local/NAME` lies, there or not; all of them with an empty name."""
    return home() / "gpts" / name


def snapshot_of(name: str) -> Path | None:
    """The folder of a model of the hub, complete or not; None if there is none.

    Names that begin with `LOCAL` are of this machine's own. Of a model that was renamed, it is
    under either name; where several snapshots are here, the one that `main` stands at if it is
    complete, or else the newest that is.
    """
    if name.startswith(LOCAL):
        path = local_folder(name.removeprefix(LOCAL))
        return path if path.is_dir() else None
    old = {new: old for old, new in RENAMED.items()}
    names = [name, *(other[name] for other in (RENAMED, old) if name in other)]
    found = [
        path
        for known in names
        for path in _snapshots(hub_cache() / ("models--" + known.replace("/", "--")))
    ]
    return next((path for path in found if complete(path)), found[0] if found else None)


def _snapshots(root: Path) -> list[Path]:
    """The folders of a repository's files, the best first; the repository where it has none."""
    if not os.path.isdir(root):
        return []
    folders = {path.name: path for path in _children(root / "snapshots") if os.path.isdir(path)}
    newest = sorted(folders.values(), key=lambda path: (-os.stat(path).st_mtime_ns, path.name))
    main = folders.get(_text(root / "refs" / "main").strip())
    return [*([main] if main else []), *(path for path in newest if path != main)] or [root]


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _text(path: Path) -> str:
    """The content of a small file; "" where it cannot be read, or is large."""
    if not os.path.isfile(path):  # to open a pipe would wait for who writes into it
        return ""
    try:
        with path.open("rb") as file:
            return file.read(MAX_CONFIG + 1)[:MAX_CONFIG].decode()
    except (OSError, UnicodeDecodeError):
        return ""


# What it lacks, and what it is


def missing_file(path: Path) -> str | None:
    """The name of a file that a model's folder lacks; None if it is complete.

    Raises:
        ModelError: an index of its weights names files elsewhere.
    """
    names = _names(path)
    if CONFIG not in names:
        return CONFIG
    files = weight_files(path)
    if not files:
        return SINGLE[0]
    lacking = next((file.name for file in files if file.name not in names), None)
    return lacking or missing_tokenizer(names)


def complete(path: Path) -> bool:
    """Whether a model's folder lacks no file."""
    try:
        return missing_file(path) is None
    except ModelError:
        return False


def model_folder(path: Path) -> Path | None:
    """The folder in which the hub's tools saved a model, or a part of one; None without any.

    It is `path` itself, or the snapshot where `path` is a repository in a cache.
    """
    names = _names(path)
    if not names and (snapshots := _snapshots(path)) and snapshots[0] != path:
        return snapshots[0]
    if VOCABULARY in names:  # of a run
        return None
    known = (
        bool(names & {*HUB_FILES})
        or any(name.endswith((".gguf", INDEX)) for name in names)
        or any(name in names for _, name in OTHER_KINDS)
        or bool({"model_type", "architectures"} & set(_document(path)))
    )
    return path if known else None


def refusal(
    reference: str, names: Collection[str], config: Mapping[str, Any], base: str = ""
) -> ModelError | None:
    """Why a model can never be used here, even if it is fetched whole; None where it may.

    Args:
        reference: of the model.
        names: of its files, those in folders with their path.
        config: its configuration as far as it is known.
        base: the model that an adapter changes, where that is known.
    """
    kinds = [kind for kind, name in OTHER_KINDS if name in names]
    if kind := (kinds[0] if kinds else wrong_kind(config)):
        return ModelError(
            "{reference} does not write from left to right ({kind}): choose a causal model, such "
            "as hf:gpt2",
            reference=reference,
            kind=kind,
        )
    if method := _quantised(names, config):
        return ModelError(
            "{reference} is quantised ({method}), which is not read here: choose the model that it "
            "was made from",
            reference=reference,
            method=method,
        )
    if any(name in names or name + INDEX in names for name in SINGLE):
        if missing_tokenizer(names) and {*SENTENCEPIECE} & {*names}:
            return ModelError(
                "{reference} has its tokenizer as a file of SentencePiece alone, which is not read "
                "here: choose a model with tokenizer.json",
                reference=reference,
            )
        return None
    if ADAPTER in names:
        return ModelError(
            "{reference} is an adapter (LoRA or the like), which changes another model and cannot "
            "write alone: choose {base}",
            reference=reference,
            base=base or N_("the model that it was made for"),
        )
    for format, ending in FORMATS:
        if any(name.endswith(ending) for name in names):
            return ModelError(
                "{reference} has its weights as {format} alone, which is not read here: choose the "
                "model that it was made from, or one with model.safetensors",
                reference=reference,
                format=format,
            )
    return None


def folder_refusal(reference: str, path: Path) -> ModelError | None:
    """As `refusal`, of a folder; links of the hub's cache to files that are gone do not count."""
    base, names = "", _names(path)
    for folder in ("onnx", "openvino"):  # where converters put their copies
        names |= {f"{folder}/{name}" for name in _names(path / folder)}
    if ADAPTER in names:
        named = _document(path, ADAPTER).get("base_model_name_or_path")
        base = f"{HUB}{named}" if isinstance(named, str) and is_name(named) else ""
    return refusal(reference, names, configuration(path), base)


def _names(path: Path) -> set[str]:
    """The names of the files in a folder, without links to files that are gone."""
    return {child.name for child in _children(path) if os.path.isfile(child)}


def missing_tokenizer(names: Collection[str]) -> str | None:
    """The file that is missing for a tokenizer among these; None if none is."""
    if "tokenizer.json" in names:
        return None
    return next((name for name in ("vocab.json", "merges.txt") if name not in names), None)


def _quantised(names: Collection[str], config: Mapping[str, Any]) -> str:
    """The method by which a model was quantised; "" where it was not."""
    found = config.get("quantization_config") or config.get("quantization")
    if isinstance(found, Mapping):
        method = found.get("quant_method")
        if isinstance(method, str) and method:
            return "".join(c for c in method[:40] if c.isprintable())
        bits = next((n for n in ("4", "8") if found.get(f"load_in_{n}bit")), found.get("bits"))
        return f"{bits} bits" if isinstance(bits, str | int) else "?"
    return next((how for name, how in QUANTISED.items() if name in names), "")


# Its configuration


def configuration(path: Path) -> dict[str, Any]:
    """The configuration of a folder's language model, {} where there is none.

    Values of a wrong type are left out, see `check_configuration`; a missing `model_type` is
    added where the other fields tell it.
    """
    document = _document(path)
    if isinstance(text := document.get("text_config"), dict):  # of a model that also sees
        document = {**document, **text}
    config = sound(document)
    if "model_type" not in config and (kind := _type_by_fields(config)):
        config["model_type"] = kind
    return config


def sound(document: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration without the values of the wrong type."""
    return {name: value for name, value in document.items() if _sound(name, value)}


def check_configuration(reference: str, path: Path) -> None:
    """ModelError where `config.json` is damaged: not JSON, or with values of the wrong type."""
    document = _document(path)
    wrong = [name for name, value in document.items() if not _sound(name, value)]
    if not document or wrong:
        raise ModelError(
            "config.json of {reference} is damaged ({reason}): fetch the model again, or choose "
            "another",
            reference=reference,
            reason=wrong[0] if wrong else "JSON",
        )


def context_length(config: Mapping[str, Any]) -> int:
    """Tokens that a model was trained to read at once; 0 where its configuration does not say."""
    return size(config, "n_positions", "max_position_embeddings", "n_ctx", "max_seq_len")


def size(config: Mapping[str, Any], *names: str) -> int:
    """The first of these sizes that a configuration has; 0 where it has none."""
    return next((config[name] for name in names if isinstance(config.get(name), int)), 0)


def wrong_kind(config: Mapping[str, Any]) -> str | None:
    """The architecture of a model that is not causal; None of one that is, or may be."""
    names, kind = config.get("architectures") or [], str(config.get("model_type") or "?")
    if config.get("is_encoder_decoder"):
        return str(names[0]) if names else kind
    if names:
        return None if any("CausalLM" in n or "LMHead" in n for n in names) else str(names[0])
    return kind if kind in NOT_CAUSAL else None


def _document(path: Path, name: str = CONFIG) -> dict[str, Any]:
    try:
        document = json.loads(_text(path / name))
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _sound(name: str, value: object) -> bool:
    """Whether a value of `config.json` is of the type that it should be; null is no value."""
    if value is None:
        return True
    if name in _SIZES:
        return type(value) is int and 0 < value < 2**40
    if name in _SWITCHES:
        return isinstance(value, bool)
    if name == "layer_norm_epsilon":
        return isinstance(value, int | float) and math.isfinite(value)
    if name in ("model_type", "activation_function"):
        return isinstance(value, str)
    if name == "architectures":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return True


def _type_by_fields(config: Mapping[str, Any]) -> str:
    """The kind of a model whose configuration does not say: GPT-2's sizes have their own names."""
    if {"n_embd", "n_layer", "n_head"} <= set(config) and {"n_positions", "n_ctx"} & set(config):
        return "gpt2"
    return ""
