"""Repositories as they are on the hub, and folders of one's own: found, told apart, refused."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from moliere_core import pretrained
from moliere_core.cli import main
from moliere_core.errors import ModelError
from moliere_core.pretrained import catalogue, folders
from moliere_core.pretrained.catalogue import Presence
from moliere_core.pretrained.operations import opened
from tests import hub, torch_file
from tests.gpts import random_gpt2, write_gpt2

NONE = {"model.safetensors": None}


@pytest.fixture(name="cache", autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path / "home"))
    return tmp_path / "hub"


def refusal(reference: str = "hf:x") -> str:
    with pytest.raises(ModelError) as caught:
        catalogue.check(reference)
    return str(caught.value)


# Where a model is


def test_the_cache_is_where_the_hub_s_tools_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUGGINGFACE_HUB_CACHE", "/b")
    monkeypatch.setenv("HF_HOME", "~nobody-of-this-name/c")
    monkeypatch.setenv("HF_HUB_CACHE", "$HOME/a")
    assert folders.hub_cache() == Path(os.environ["HOME"], "a")
    monkeypatch.delenv("HF_HUB_CACHE")
    assert folders.hub_cache() == Path("/b")
    monkeypatch.delenv("HUGGINGFACE_HUB_CACHE")
    assert folders.hub_cache() == Path("~nobody-of-this-name/c/hub")
    monkeypatch.delenv("HF_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", "/d")
    assert folders.hub_cache() == Path("/d/huggingface/hub")


@pytest.mark.parametrize(
    "main", [None, "", "gone", "../../../../etc", "\0", "9" * 5000], ids=lambda name: str(name)[:8]
)
def test_another_revision_than_main(main: str | None, cache: Path) -> None:
    folder = hub.store(cache, "x")
    branch = folder.parents[1] / "refs" / "main"
    branch.unlink()
    if main is not None:
        branch.write_text(main)
    assert catalogue.check("hf:x") == folder


def test_the_snapshot_of_main_if_it_is_whole_or_the_newest_that_is(cache: Path) -> None:
    first = hub.store(cache, "x")
    for name, time in (("old", 1), ("new", 2), ("half", 3)):
        shutil.copytree(first, first.with_name(name))
        os.utime(first.with_name(name), (time, time))
    (first.with_name("half") / "config.json").unlink()
    os.utime(first, (0, 0))
    assert catalogue.folder("hf:x") == first
    (first / "tokenizer.json").unlink()  # an interrupted download of a newer main
    assert catalogue.folder("hf:x") == first.with_name("new")
    assert pretrained.presence("hf:x") is Presence.READY


@pytest.mark.parametrize(
    ("stored", "reference"),
    [("openai-community/gpt2", "hf:gpt2"), ("gpt2", "hf:openai-community/gpt2")],
)
def test_a_model_that_was_renamed_is_found_under_either_name(
    stored: str, reference: str, cache: Path
) -> None:
    folder = hub.store(cache, stored)
    assert catalogue.check(reference) == folder
    assert [e.name for e in pretrained.entries()] == ["mini-gpt", *pretrained.OFFERED]
    assert {e.name for e in pretrained.entries() if e.available} == {"mini-gpt", "hf:gpt2"}


def test_a_whole_copy_comes_before_half_of_one_under_the_other_name(cache: Path) -> None:
    hub.store(cache, "gpt2", NONE)
    whole = hub.store(cache, "openai-community/gpt2")
    assert catalogue.check("hf:gpt2") == whole


def test_a_link_that_leads_nowhere_is_a_missing_file(cache: Path) -> None:
    folder = hub.store(cache, "x", NONE)
    (folder / "model.safetensors").symlink_to(folder / "../../blobs/1")
    assert "hf:x is incomplete (model.safetensors is missing)" in refusal()


# What it is


GGUF = {**NONE, "model-q4_k_m.gguf": b"GGUF"}
ADAPTER = {
    **NONE,
    "config.json": None,
    "adapter_config.json": {"base_model_name_or_path": "owner/base"},
    "adapter_model.safetensors": b"",
}


@pytest.mark.parametrize(
    ("files", "config", "sentence"),
    [
        (GGUF, {}, "has its weights as GGUF alone, which is not read here"),
        ({**GGUF, "config.json": None}, {}, "has its weights as GGUF alone"),
        ({**NONE, "tf_model.h5": b"", "rust_model.ot": b""}, {}, "as TensorFlow alone"),
        ({**NONE, "model.fp16.safetensors": b""}, {}, "as copies in half precision (fp16) alone"),
        (ADAPTER, {}, "is an adapter (LoRA or the like), .* choose hf:owner/base"),
        (
            {**ADAPTER, "adapter_config.json": {"base_model_name_or_path": "/home/me/secret x"}},
            {},
            "is an adapter .* choose the model that it was made for",
        ),
        ({"config_sentence_transformers.json": {}}, {}, "left to right (sentence-transformers)"),
        ({"model_index.json": {}, "config.json": None}, {}, "from left to right (diffusers)"),
        ({}, {"architectures": None, "model_type": "bert"}, "from left to right (bert)"),
        ({}, {"architectures": [], "is_encoder_decoder": True}, "from left to right (gpt2)"),
        ({}, {"quantization_config": {"quant_method": "gptq"}}, "is quantised (gptq), which"),
        ({}, {"quantization_config": {"load_in_4bit": True}}, "is quantised (4 bits), which"),
        ({}, {"quantization_config": {"quant_method": 3}}, "is quantised (?), which"),
        ({}, {"quantization": {"bits": 4, "group_size": 64}}, "is quantised (4 bits), which"),
        ({"quantize_config.json": {"bits": 4}}, {}, "is quantised (GPTQ), which"),
        ({"config.json": b"{"}, {}, "config.json of hf:x is damaged (JSON)"),
        ({"config.json": b"[" * 100_000}, {}, "config.json of hf:x is damaged (JSON)"),
        ({"config.json": b"\xff\xfe{\0}\0"}, {}, "config.json of hf:x is damaged (JSON)"),
        ({}, {"architectures": 1.5}, "config.json of hf:x is damaged (architectures)"),
        ({}, {"architectures": [1.5]}, "config.json of hf:x is damaged (architectures)"),
        ({}, {"n_head": "12"}, "config.json of hf:x is damaged (n_head)"),
        ({}, {"n_layer": 10**30}, "config.json of hf:x is damaged (n_layer)"),
        ({}, {"vocab_size": -3}, "config.json of hf:x is damaged (vocab_size)"),
        ({}, {"activation_function": []}, "config.json of hf:x is damaged (activation_function)"),
        ({}, {"layer_norm_epsilon": float("nan")}, "is damaged (layer_norm_epsilon)"),
        ({"model.safetensors": b"\0" * 9}, {}, "model.safetensors of hf:x cannot be read (it is"),
        ({"model.safetensors": b""}, {}, "model.safetensors of hf:x cannot be read (it is empty"),
    ],
)
def test_what_is_not_read_here_is_told(
    files: dict[str, Any], config: dict[str, Any], sentence: str, cache: Path
) -> None:
    hub.store(cache, "x", files, **config)
    assert re.search(".*".join(map(re.escape, sentence.split(".*"))), refusal())
    again = "again" in refusal()  # where that helps, the page has a button
    assert pretrained.card("hf:x").presence is (Presence.PARTIAL if again else Presence.UNUSABLE)
    assert "hf:x" not in [e.name for e in pretrained.entries() if e.available]


def test_a_wrong_value_is_left_out_of_what_is_read(cache: Path) -> None:
    folder = hub.store(cache, "x", architectures=1.5, n_head=[], n_positions=None, n_ctx=32)
    config = folders.configuration(folder)
    assert "architectures" not in config
    assert "n_head" not in config
    assert pretrained.card("hf:x").context_length == 32


def test_other_formats_beside_do_not_count(cache: Path) -> None:
    weights = hub.safetensors({"wte": 24})
    beside = {
        "pytorch_model.bin": bytes(5_000_000),
        "model.fp16.safetensors": bytes(5_000_000),
        "pytorch_model.fp16.bin": bytes(5_000_000),
        "tf_model.h5": b"",
        "model.gguf": b"",
        "adapter_config.json": {},
        "model.safetensors.index.json": {"weight_map": {"wte": "model-9.safetensors"}},
    }
    folder = hub.store(cache, "x", {**beside, "model.safetensors": weights}, model_type="gpt_neo")
    card = pretrained.card("hf:x")
    assert (card.presence, card.parameters, card.stored_megabytes) == (Presence.READY, 24, 0)
    assert (catalogue.folder("hf:x"), folders.missing_file(folder)) == (folder, None)


def test_a_configuration_that_does_not_say_its_architecture(cache: Path) -> None:
    """As that of gpt-fr: its sizes say that it is a GPT-2."""
    bare = {k: v for k, v in hub.CONFIG.items() if k not in ("architectures", "model_type")}
    bare["n_ctx"] = bare.pop("n_positions")
    hub.store(cache, "x", {"config.json": bare})
    assert not catalogue.needs_torch(catalogue.check("hf:x"))
    assert pretrained.card("hf:x").architecture == "gpt2"


def test_a_gpt2_that_is_a_file_of_torch_alone(tmp_path: Path) -> None:
    folder = write_gpt2(tmp_path / "gpt")
    expected = opened("hf:x", folder)
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(torch_file.archive(weights))
    logits, _ = opened("hf:x", folder).forward([[1, 2, 3]], ())
    np.testing.assert_array_equal(logits, expected.forward([[1, 2, 3]], ())[0])


@pytest.mark.parametrize(
    "name", ["models--a--b--c", "models--", "models--a b", "models--x", "models--..", "models--é"]
)
def test_a_damaged_cache_is_listed_without_what_is_damaged(name: str, cache: Path) -> None:
    hub.store(cache, "sound")
    (cache / name).mkdir(exist_ok=True)
    (cache / "models--file").write_text("")
    (cache / "models--loop").symlink_to("models--loop")
    assert [e.name for e in pretrained.entries()][-1] == "hf:sound"


# The command line


def told(capsys: pytest.CaptureFixture[str], *args: str) -> Any:
    assert main([*args, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_long_names_are_listed_whole(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "an-owner-of-a-long-name/a-model-of-a-name-that-is-longer-than-a-column-is-wide"
    hub.store(cache, name)
    assert main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    [line] = [line for line in lines if name in line]
    assert line.split()[:2] == [f"hf:{name}", "gpt"]
    assert len({line.index(" gpt ") for line in lines if " gpt " in line}) == 1
    assert f"hf:{name}" in [m["name"] for m in told(capsys, "models")["models"]]


@pytest.fixture(name="own")
def _own(tmp_path: Path) -> Path:
    """A folder as `save_pretrained` leaves it."""
    return write_gpt2(tmp_path / "my, own.model")


def test_a_folder_of_one_s_own_is_opened(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "next", "--model", str(own), "--prompt", "Mon fr", "--top", "3")
    assert (found["model"], len(found["next"])) == (str(own), 3)
    [text] = told(capsys, "sample", "--model", str(own), "--chars", "9")["texts"]
    assert len(text) == 9
    pretrained.close()


def test_a_folder_is_opened_by_the_command_line_alone(own: Path) -> None:
    assert not pretrained.is_pretrained(str(own))
    with pytest.raises(ModelError, match="is not the name of a model"):
        catalogue.folder(str(own))


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"adapter_config.json": b"{}"}, "is an adapter"),
        ({"a.gguf": b""}, "has its weights as GGUF alone"),
        ({"config.json": b'{"model_type": "llama"}'}, "is incomplete (model.safetensors is missi"),
        ({"tokenizer.json": b"{}"}, "is incomplete (config.json is missing)"),
        ({"config.json": b"{}", "model.safetensors": b"x"}, "(tokenizer.json is missing): save"),
        ({"config.json": b"{}", "tokenizer.json": b"", "onnx/model.onnx": b""}, "as ONNX alone"),
        ({"model_index.json": b"{}", "unet/config.json": b"{}"}, "(diffusers): choose a causal"),
        ({"checkpoint-500/model.safetensors": b"x"}, "holds some: choose one of them, such as"),
    ],
)
def test_a_folder_of_some_of_a_model(
    files: dict[str, bytes], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert main(["sample", "--model", str(tmp_path)]) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_the_place_of_a_file_keeps_nobody_waiting(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own / "config.json").unlink()
    os.mkfifo(own / "config.json")
    assert main(["sample", "--model", str(own)]) == 2
    assert "is incomplete (config.json is missing)" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["model.safetensors", "modèle.Q4.gguf"])
def test_a_file_of_a_model_is_in_a_folder(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(b"GGUF")
    assert main(["sample", "--model", str(tmp_path / name)]) == 2
    assert "choose the folder that it is in" in capsys.readouterr().err


def test_a_model_of_tokens_is_not_called_a_damaged_run(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--from", str(own)]) == 2
    assert "writes tokens, and a model of characters is wanted here" in capsys.readouterr().err


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_end_a_command(
    value: float, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights = random_gpt2(len(load_file(own / "model.safetensors")["wte.weight"]))
    weights["h.1.mlp.c_fc.weight"][3, 3] = value
    save_file(weights, own / "model.safetensors")
    assert main(["sample", "--model", str(own), "--chars", "5"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "hold numbers that are none (infinite, or NaN)" in captured.err
    pretrained.close()
