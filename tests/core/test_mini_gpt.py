"""The shipped files of mini-gpt fit together; no framework is needed to tell."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from safetensors import safe_open

from moliere_core.assets import ASSETS
from moliere_core.config import RunConfig
from moliere_core.text.tokenisation import load_tokenizer

pytestmark = pytest.mark.slow

FOLDER = ASSETS / "mini-gpt"
MEGABYTES = 15


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return found


def test_it_is_small() -> None:
    size = sum(path.stat().st_size for path in FOLDER.iterdir())
    assert size < MEGABYTES * 1_000_000


def test_the_configuration_is_gpt2s() -> None:
    config, card, tokenizer = read("config.json"), read("card.json"), read("tokenizer_config.json")
    assert config["model_type"] == "gpt2"
    assert config["architectures"] == ["GPT2LMHeadModel"]
    assert config["activation_function"] == "gelu_new"
    assert config["dtype"] == "float16"
    assert 2 <= config["n_layer"] <= 6
    assert config["vocab_size"] == card["vocab_size"] == load_tokenizer().vocab_size
    assert config["n_positions"] == card["context"] == tokenizer["model_max_length"]
    assert config["n_layer"] == card["layers"]
    assert config["bos_token_id"] == config["eos_token_id"] == 0


def test_the_weights_are_the_configurations() -> None:
    config, card = read("config.json"), read("card.json")
    with safe_open(FOLDER / "model.safetensors", "numpy") as file:
        shapes = {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118
        kinds = {file.get_slice(name).get_dtype() for name in shapes}
    assert kinds == {"F16"}
    width = config["n_embd"]
    assert shapes["transformer.wte.weight"] == [config["vocab_size"], width]
    assert shapes["transformer.wpe.weight"] == [config["n_positions"], width]
    assert shapes["transformer.h.0.attn.c_attn.weight"] == [width, 3 * width]
    blocks = {name.split(".")[2] for name in shapes if ".h." in name}
    assert len(blocks) == config["n_layer"]
    assert sum(math.prod(shape) for shape in shapes.values()) == card["parameters"]


def test_the_card_keeps_the_promise() -> None:
    card = read("card.json")
    assert card["upper_bound"] is True
    assert card["bits_per_char"] <= 1.75
    plays = card["bits_per_char_by_play"]
    assert set(plays) == set(RunConfig().validation)
    assert min(plays.values()) < card["bits_per_char"] < max(plays.values())
    history = [
        json.loads(line)
        for line in (FOLDER / "history.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [line["epoch"] for line in history] == list(range(1, card["passes"] + 1))
    # Measured along the training in bfloat16, at the end as it is stored.
    last = history[-1]["validation_bits_per_char"]
    assert last == pytest.approx(card["bits_per_char"], abs=0.01)
    said = (FOLDER / "card.md").read_text(encoding="utf-8")
    assert f"**{card['bits_per_char']:.3f}**" in said
    assert all(f"{bits:.3f}" in said for bits in plays.values())
    assert f"{card['parameters']:,} parameters" in said
