"""Which pretrained models are here, what they are, and why one cannot be used."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from moliere_core import pretrained
from moliere_core.config import SamplingConfig
from moliere_core.errors import ModelError
from moliere_core.pretrained import catalogue, client
from tests import hub


def refusal(reference: str) -> str:
    """Why a request to a model fails at once, before a process is started."""
    request: pretrained.Request[Any] = pretrained.generate(reference, "a", SamplingConfig())
    with pytest.raises(ModelError) as caught:
        request.result(0)
    assert client.shared().pid is None
    return str(caught.value)


@pytest.mark.parametrize(("free", "spare"), [(11, 0), (5, 6)])
def test_memory_that_can_be_freed_counts_as_free(
    monkeypatch: pytest.MonkeyPatch, free: int, spare: int
) -> None:
    monkeypatch.setattr(catalogue, "free_megabytes", lambda: free)
    assert catalogue.precision("mini-gpt", spare) == "float32"  # 10.7 MB
    monkeypatch.setattr(catalogue, "free_megabytes", lambda: 4)
    with pytest.raises(ModelError, match="needs at least 11 MB of memory and 4 MB are free"):
        catalogue.precision("mini-gpt")


@pytest.mark.parametrize("name", ["", "a b", "../x", "a/b/c", "a/..", "/a", ".."])
def test_a_name_that_is_none_is_refused(
    name: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "is not the name of a model" in refusal(f"hf:{name}")


def broken(cache: Path, kind: str) -> None:
    if kind == "half":
        hub.store(cache, "x", {"model.safetensors": None})
    elif kind == "unfinished":
        (cache / "models--x" / "blobs").mkdir(parents=True)
    elif kind == "shard":
        index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
        files = {"model.safetensors": None, "model.safetensors.index.json": index}
        hub.store(cache, "x", files | {"model-1.safetensors": hub.safetensors({"a": 1})})
    elif kind == "tokenizer":
        hub.store(cache, "x", {"tokenizer.json": None, "vocab.json": {"a": 0}})
    elif kind == "bert":
        hub.store(cache, "x", architectures=["BertForMaskedLM"], model_type="bert")
    elif kind == "t5":
        hub.store(cache, "x", architectures=["T5LMHeadModel"], is_encoder_decoder=True)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("absent", "hf:x is not on this machine: fetch it .* moliere models fetch x"),
        ("half", r"hf:x is incomplete \(model.safetensors is missing\): fetch it again"),
        ("unfinished", r"hf:x is incomplete \(config.json is missing\)"),
        ("shard", r"hf:x is incomplete \(model-2.safetensors is missing\)"),
        ("tokenizer", r"hf:x is incomplete \(merges.txt is missing\)"),
        ("bert", r"hf:x does not write from left to right \(BertForMaskedLM\)"),
        ("t5", r"hf:x does not write from left to right \(T5LMHeadModel\)"),
    ],
)
def test_what_is_wrong_with_a_model_is_said_at_once(
    kind: str, sentence: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(cache, kind)
    assert re.match(sentence, refusal("hf:x"))


def test_a_model_too_large_for_the_memory_is_refused(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.store(cache, "x", n_embd=4096, n_layer=40)
    monkeypatch.setenv("MOLIERE_WORKER_MEMORY_MB", "100")
    assert "MB of memory and 100 MB are free" in refusal("hf:x")


@pytest.mark.parametrize("said", [16, 1_000_000_000, None])
def test_a_model_reads_what_its_weights_have_places_for(said: int | None, cache: Path) -> None:
    places = {"wpe.weight": np.zeros((64, 4), np.float32)}
    for name, positions in (("plain", 64), ("false", said)):
        hub.store(cache, name, {"model.safetensors": save(places)}, n_positions=positions)
    plain, false = catalogue.card("hf:plain"), catalogue.card("hf:false")
    assert plain.context_length == false.context_length == false.context_used == 64
    assert plain.parameters == false.parameters
    assert plain.megabytes == false.megabytes


def test_half_precision_where_memory_allows_no_more(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.store(cache, "x", n_embd=256, n_layer=16, activation_function="mish")  # torch runs it
    hub.store(cache, "plain", n_embd=256, n_layer=16)
    needed = catalogue.card("hf:x").megabytes
    monkeypatch.setattr(catalogue, "free_megabytes", lambda: needed + 1)
    assert catalogue.precision("hf:x") == "float32"
    monkeypatch.setattr(catalogue, "free_megabytes", lambda: needed * 2 // 3)
    assert catalogue.precision("hf:x") == "bfloat16"
    with pytest.raises(ModelError, match="hf:plain needs at least"):  # NumPy has no bfloat16
        catalogue.precision("hf:plain")


def test_the_list_has_what_is_offered_and_what_is_here(cache: Path) -> None:
    hub.store(cache, "owner/mine")
    hub.store(cache, "half", {"tokenizer.json": None})
    hub.store(cache, "bert", architectures=["BertForMaskedLM"])
    entries = pretrained.entries()
    assert [e.name for e in entries] == ["mini-gpt", *pretrained.OFFERED, "hf:owner/mine"]
    assert {e.kind for e in entries} == {"gpt"}
    assert [e.available for e in entries[1:]] == [False, False, True]
    assert pretrained.presence("hf:half") is pretrained.Presence.PARTIAL


def test_what_is_worth_fetching_is_told_whole() -> None:
    listed = pretrained.suggestions()
    assert [found.reference for found in listed if found.offered] == list(pretrained.OFFERED)
    assert pretrained.OFFERED == ("hf:gpt2", "hf:asi/gpt-fr-cased-small")
    assert len({found.name for found in listed}) == len(listed)
    assert any("fr" in found.languages for found in listed)
    for found in listed:
        assert catalogue.hub_name(found.reference) == found.name
        assert found.parameters > 1e8
        assert found.licence
        assert set(found.shows) == {"fr", "en"}
        if found.gpt2:  # what is known before it is here agrees with what is listed
            assert pretrained.card(found.reference).parameters == found.parameters
        assert found.gpt2 or not found.offered


def test_a_card_says_what_a_model_is(cache: Path) -> None:
    known = pretrained.card("hf:gpt2")
    # The figure of the paper's code: 124 million, of which 38.6 are the embedding.
    assert (known.parameters, known.vocab_size, known.context_length) == (124_439_808, 50_257, 1024)
    assert known.presence is pretrained.Presence.ABSENT
    hub.store(cache, "tiny")
    assert pretrained.card("hf:tiny").parameters == 3 * 8 + 64 * 8 + 2 * (12 * 64 + 13 * 8) + 16
    assert pretrained.card("hf:tiny").context_used == 64
    hub.store(cache, "other", model_type="gpt_neox")
    assert pretrained.card("hf:other").parameters == 24  # buffers left out
    assert pretrained.card("hf:nothing").parameters == 0


def test_a_missing_framework_is_said_at_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "FRAMEWORKS", ("no_such_framework",))
    hub.store(cache, "x", model_type="llama", architectures=["LlamaForCausalLM"])
    assert "(llama) that torch and transformers run" in refusal("hf:x")
    assert "pip" not in refusal("hf:x")
    [entry] = [e for e in catalogue.entries() if e.name == "hf:x"]
    assert not entry.available


def test_a_gpt2_needs_no_framework(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "FRAMEWORKS", ("no_such_framework",))
    hub.store(cache, "x")
    assert catalogue.check("hf:x").is_dir()
    assert {e.name for e in catalogue.entries() if e.available} == {"mini-gpt", "hf:x"}
