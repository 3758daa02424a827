"""Small GPT-2s that nobody trained, as folders in Hugging Face's own format; no framework."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

TEXT = "Mon frère, s'il vous plaît, ne discourons point tant ; le cœur a ses raisons.\n"
END = "<|endoftext|>"
CONFIG: dict[str, Any] = {
    "model_type": "gpt2",
    "architectures": ["GPT2LMHeadModel"],
    "activation_function": "gelu_new",
    "layer_norm_epsilon": 1e-5,
    "n_embd": 16,
    "n_head": 2,
    "n_layer": 2,
    "n_positions": 64,
    "bos_token_id": 0,
    "eos_token_id": 0,
    "tie_word_embeddings": True,
}


def byte_level(text: str = TEXT * 2, size: int = 320) -> Tokenizer:
    """A byte-level tokenizer, as GPT-2's, of at most `size` tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=[END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([text], trainer)
    return tokenizer


def random_gpt2(rows: int, seed: int = 0, **settings: Any) -> dict[str, NDArray[np.float32]]:
    """Weights under Hugging Face's names, without the prefix, as on the hub."""
    config = CONFIG | settings
    rng = np.random.default_rng(seed)
    width, inner = config["n_embd"], config.get("n_inner") or 4 * config["n_embd"]

    def normal(*shape: int) -> NDArray[np.float32]:
        return (0.5 * rng.standard_normal(shape)).astype(np.float32)

    weights = {
        "wte.weight": normal(rows, width),
        "wpe.weight": normal(config["n_positions"], width),
    }
    for number in range(config["n_layer"]):
        block = f"h.{number}"
        for name, inputs, outputs in (
            ("attn.c_attn", width, 3 * width),
            ("attn.c_proj", width, width),
            ("mlp.c_fc", width, inner),
            ("mlp.c_proj", inner, width),
        ):
            weights[f"{block}.{name}.weight"] = normal(inputs, outputs)
            weights[f"{block}.{name}.bias"] = normal(outputs)
    for name in ["ln_f", *(f"h.{i}.ln_{j}" for i in range(config["n_layer"]) for j in (1, 2))]:
        weights[f"{name}.weight"], weights[f"{name}.bias"] = 1 + normal(width), normal(width)
    if not config["tie_word_embeddings"]:
        weights["lm_head.weight"] = normal(rows, width)
    return weights


# Of the one block of `looking_back`.
BUILT: dict[str, Any] = {"n_embd": 48, "n_layer": 1, "n_positions": 24}


def looking_back(rows: int) -> dict[str, NDArray[np.float32]]:
    """Weights of two heads that look just before and at the very first, whatever is read.

    Positions alone decide: query p is the key of p - 1, or of 0.
    """
    positions, width = BUILT["n_positions"], BUILT["n_embd"]
    weights = random_gpt2(rows, **BUILT)
    weights["wte.weight"][:] = 0
    weights["wpe.weight"][:] = np.eye(positions, width)
    joined = np.zeros((width, 3 * width), np.float32)
    # Two heads of 24: queries, then keys; values do not matter.
    joined[:24, 0:24] = 40 * np.eye(24, k=-1)  # head 0: place p asks for p - 1
    joined[:24, width : width + 24] = np.eye(24)
    joined[:24, 24] = 40  # head 1: everyone asks for the first
    joined[0, width + 24] = 1
    weights["h.0.attn.c_attn.weight"] = joined
    weights["h.0.attn.c_attn.bias"][:] = 0
    weights["h.0.ln_1.weight"][:] = 1
    weights["h.0.ln_1.bias"][:] = 0
    return weights


def write_looking_back(folder: Path) -> Path:
    """A folder with those weights, and a tokenizer."""
    write_gpt2(folder, **BUILT)
    rows = json.loads((folder / "config.json").read_text("utf-8"))["vocab_size"]
    save_file(looking_back(rows), folder / "model.safetensors")
    return folder


def write_gpt2(folder: Path, missing: int = 0, **settings: Any) -> Path:
    """A folder with configuration, tokenizer and weights.

    Args:
        folder: made here.
        missing: tokens for which there are no rows.
        settings: of the configuration.
    """
    folder.mkdir(parents=True)
    tokenizer = byte_level()
    tokenizer.save(str(folder / "tokenizer.json"))
    rows = tokenizer.get_vocab_size() - missing
    config = CONFIG | settings | {"vocab_size": rows}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    names = {"tokenizer_class": "GPT2Tokenizer", "bos_token": END, "eos_token": END}
    (folder / "tokenizer_config.json").write_text(json.dumps(names), encoding="utf-8")
    save_file(random_gpt2(rows, **settings), folder / "model.safetensors")
    return folder


def activated(x: float, name: str) -> float:
    """What the activation of that name makes of a number, by its definition."""
    if name == "relu":
        return max(x, 0.0)
    if name == "silu":
        return x / (1 + math.exp(-x))
    if name == "quick_gelu":
        return x / (1 + math.exp(-1.702 * x))
    if name == "gelu":
        return x * (1 + math.erf(x / math.sqrt(2))) / 2
    return x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) / 2
