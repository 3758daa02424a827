"""A transformer over characters in Hugging Face's format, against transformers itself."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from moliere_core.config import ModelConfig, RunConfig, TrainingConfig
from moliere_core.errors import ModelError
from moliere_core.exchange.gpt2_export import gpt2_files, to_gpt2
from moliere_core.networks.loading import load_network
from moliere_core.networks.transformer import TransformerConfig
from moliere_core.networks.window import WindowedTransformer
from moliere_core.runs.run import Run
from tests.core.windowed import CONFIG, TEXT, weights
from tests.networks import LETTERS, make_run


@pytest.fixture(name="run")
def _run(tmp_path: Path) -> Run:
    config = RunConfig(CONFIG, TrainingConfig(epochs=1), validation=("b",))
    corpus = {"source": "test", "digest": "0" * 64, "chars": 1000}
    run = Run.create(tmp_path / "run", "0123456789ab", config, LETTERS, corpus, "plays")
    run.save_snapshot("epoch-001", weights())
    run.append_history({"epoch": 1, "updates": 40, "validation_bits_per_char": 4.2})
    return run


def test_its_tokens_are_the_characters(run: Run) -> None:
    tokenizer = Tokenizer.from_str(gpt2_files(run)["tokenizer.json"].decode())
    encoded = tokenizer.encode(f"{TEXT}\n&")
    assert encoded.ids == LETTERS.encode(f"{TEXT}\n&").tolist()
    assert tokenizer.decode(encoded.ids[:-1], skip_special_tokens=False) == f"{TEXT}\n"


def test_its_configuration_is_read_as_any_gpt2s(run: Run) -> None:
    document = json.loads(gpt2_files(run)["config.json"])
    assert TransformerConfig.of(document) == TransformerConfig(CONFIG.heads, layers=CONFIG.layers)


def test_transformers_computes_the_same(run: Run, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    folder = tmp_path / "gpt2"
    with zipfile.ZipFile(io.BytesIO(to_gpt2(run))) as archive:
        archive.extractall(folder)
    theirs = transformers.GPT2LMHeadModel.from_pretrained(folder, local_files_only=True).eval()
    ids = LETTERS.encode(TEXT)[None, : CONFIG.context]
    with torch.inference_mode():
        expected = theirs(torch.tensor(ids.astype(np.int64))).logits.numpy()
    network = load_network(run.snapshot().path, run.config.model)
    assert isinstance(network, WindowedTransformer)
    found, _ = network.run(ids, network.zero_state(1))
    np.testing.assert_allclose(found, expected, atol=1e-4)
    cut = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    assert cut(TEXT)["input_ids"] == LETTERS.encode(TEXT).tolist()


def test_a_recurrent_network_has_no_such_format(tmp_path: Path) -> None:
    assert not ModelConfig().is_transformer
    with pytest.raises(ModelError, match="is no transformer"):
        gpt2_files(make_run(tmp_path / "run"))
