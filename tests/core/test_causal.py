"""Networks of torch and transformers, where they are installed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from moliere_core.errors import ModelError
from moliere_core.pretrained import catalogue
from moliere_core.pretrained.language import LanguageModel
from moliere_core.pretrained.operations import attention, opened
from moliere_core.pretrained.results import Attention
from tests.gpts import END, TEXT, byte_level, write_gpt2

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def make(folder: Path, missing: int = 0) -> Path:
    """A byte-level tokenizer of some 300 tokens and a Llama that nobody trained."""
    folder.mkdir(parents=True)
    tokenizer = byte_level()
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": END, "eos_token": END}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=tokenizer.get_vocab_size() - missing,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=64,
        bos_token_id=0,
        eos_token_id=0,
        initializer_range=0.5,
    )
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("models") / "llama")


@pytest.fixture(name="model", scope="module")
def _model(folder: Path) -> LanguageModel:
    return opened("hf:llama", folder)


@pytest.fixture(name="plain", scope="module")
def _plain(folder: Path) -> Any:
    return transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


def test_a_llama_needs_torch_and_a_gpt2_does_not(folder: Path, tmp_path: Path) -> None:
    assert catalogue.needs_torch(folder)
    assert not catalogue.needs_torch(write_gpt2(tmp_path / "gpt2"))


def test_contexts_read_together_are_the_networks_own(model: LanguageModel, plain: Any) -> None:
    ids = tuple([*model.begin, *model.encode(TEXT)])
    contexts = [(*ids[:6], token) for token in range(40, 52)] + [ids[:5], ids[:9], ids[:12]]
    for last in (1, 3):
        found = model.probs(contexts, last)
        for context, rows in zip(contexts, found, strict=True):
            with torch.inference_mode():
                logits = plain(input_ids=torch.tensor([context])).logits[0, -last:]
            np.testing.assert_allclose(rows, torch.softmax(logits, -1).numpy(), atol=1e-6)


def test_bits_are_the_networks_own(model: LanguageModel, plain: Any) -> None:
    ids = model.encode(TEXT)
    with torch.inference_mode():
        logits = plain(input_ids=torch.tensor([[*model.begin, *ids[:-1]]])).logits[0]
    losses = torch.nn.functional.cross_entropy(logits, torch.tensor(ids), reduction="none")
    found = np.concatenate([bits for _, bits in model.bits(ids)])
    np.testing.assert_allclose(found, losses.numpy() / np.log(2), atol=1e-4)


def test_characters_add_up(model: LanguageModel) -> None:
    found = model.beam.characters("Mon")
    assert sum(found.probs.values()) + found.end + found.unresolved == pytest.approx(1)


def test_half_precision_comes_close(folder: Path, model: LanguageModel) -> None:
    half = opened("hf:llama", folder, "bfloat16")
    context = (*model.begin, *model.encode("Mon"))
    np.testing.assert_allclose(half.probs([context]), model.probs([context]), atol=0.02)


def test_attention_looks_back_and_the_usual_one_is_back(model: LanguageModel) -> None:
    [*_, done] = attention(model, {"text": TEXT[:40]})
    weights = Attention.of(done).heads
    tokens = len(model.read(TEXT[:40]))
    assert weights.shape == (2, 2, tokens, tokens)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-3)
    assert np.triu(weights, 1).max() == 0
    [before] = model.probs([tuple(model.read("Mon"))])
    assert np.isfinite(before).all()


def failure(folder: Path) -> str:
    with pytest.raises(ModelError) as caught:
        opened("hf:x", folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_files_that_do_not_belong_together(tmp_path: Path) -> None:
    assert "do not belong together" in failure(make(tmp_path / "a", missing=9))
    damaged = make(tmp_path / "b") / "model.safetensors"
    damaged.write_bytes(damaged.read_bytes()[:2000])
    assert "cannot be read" in failure(damaged.parent)


def test_an_architecture_that_is_not_causal(tmp_path: Path) -> None:
    folder = make(tmp_path / "a")
    config = json.loads((folder / "config.json").read_text())
    config |= {"architectures": ["ViTModel"], "model_type": "vit"}
    (folder / "config.json").write_text(json.dumps(config))
    assert "does not write from left to right" in failure(folder)


def test_weights_that_lack_a_matrix(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = make(tmp_path / "a")
    weights = load_file(folder / "model.safetensors")
    weights = {name: w for name, w in weights.items() if "layers.1.mlp" not in name}
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    assert "are not whole" in failure(folder)


def test_code_that_a_model_brings_is_not_run(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "brought")
    names = {"AutoConfig": "own.Config", "AutoModelForCausalLM": "own.Model"}
    config = json.loads((copy / "config.json").read_text()) | {"auto_map": names}
    (copy / "config.json").write_text(json.dumps(config | {"model_type": "own"}))
    (copy / "own.py").write_text("raise SystemExit('it was run')")
    with pytest.raises(ModelError, match="comes with code of its own, which is not run here"):
        opened("hf:own", copy)
    del names["AutoConfig"]
    (copy / "config.json").write_text(json.dumps(config | {"model_type": "own", "auto_map": names}))
    with pytest.raises(ModelError, match="comes with code of its own, which is not run here"):
        opened("hf:own", copy)
    del config["auto_map"]
    (copy / "config.json").write_text(json.dumps(config | {"model_type": "own"}))
    with pytest.raises(ModelError, match=r"of an architecture \(own\) that the transformers"):
        opened("hf:own", copy)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers(value: float, folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "damaged")
    weights = load_file(copy / "model.safetensors")
    weights["model.norm.weight"][3] = value
    save_file(weights, copy / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelError, match="answers with values that are not numbers"):
        opened("hf:damaged", copy).forward([[1, 2]], ())
