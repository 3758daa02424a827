from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from moliere_core.assets import ASSETS
from moliere_core.errors import ModelError
from moliere_core.pretrained import Request, client, cutting
from moliere_core.pretrained.tokenizer import Cut
from tests import hub
from tests.patience import PATIENCE
from tests.tokenizers_made import KINDS

TEXT = "Ah ! voilà mon frère"


@pytest.fixture(name="cache")
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path / "home"))
    return tmp_path / "hub"


def store(cache: Path, name: str, kind: str) -> None:
    document = json.loads(KINDS[kind]().to_str())
    hub.store(cache, name, {"tokenizer.json": document, "model.safetensors": None})


def test_every_tokenizer_here_with_weights_or_without(cache: Path) -> None:
    assert cutting.tokenizers() == ["mini-gpt"]
    store(cache, "owner/gemma-like", "as Gemma")
    store(cache, "a-very-long-name/of-a-model-whose-words-are-cut-by-unigrams", "unigram")
    shutil.copytree(ASSETS / "mini-gpt", hub.store(cache, "gpt2"), dirs_exist_ok=True)
    (cache / "models--half").mkdir()
    long = "hf:a-very-long-name/of-a-model-whose-words-are-cut-by-unigrams"
    assert cutting.tokenizers() == ["mini-gpt", "hf:gpt2", long, "hf:owner/gemma-like"]
    for reference in cutting.tokenizers():
        found = cutting.cut(reference, TEXT)
        assert isinstance(found, Cut)
        assert b"".join(piece.data for piece in found.pieces).decode() == TEXT
        assert cutting.count(reference, [TEXT, TEXT]) == 2 * len(found.pieces)
        assert found.size > len(found.pieces)


def test_one_that_is_not_here(cache: Path) -> None:
    for name in ("hf:gpt2", "hf:a b", "petit"):
        with pytest.raises(ModelError, match="is not on this machine: fetch the model first"):
            cutting.cut(name, TEXT)


def test_a_large_one_is_read_by_the_worker(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store(cache, "large", "as Gemma")
    small = cutting.cut("hf:large", TEXT)
    monkeypatch.setattr(cutting, "SMALL", 10)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    assert cutting.count("hf:large", [TEXT]) is None
    request = cutting.cut("hf:large", TEXT)
    assert isinstance(request, Request)
    try:
        assert request.result(PATIENCE) == small
    finally:
        client.close()
