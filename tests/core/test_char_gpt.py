"""The tool that trains transformers over characters: torch computes what is opened afterwards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

torch = pytest.importorskip("torch")

from moliere_core.config import ModelConfig  # noqa: E402
from moliere_core.corpus import Corpus  # noqa: E402
from moliere_core.models.references import load_model  # noqa: E402
from moliere_core.networks.initial import initial_weights  # noqa: E402
from moliere_core.networks.loading import network_of  # noqa: E402
from moliere_core.text.vocabulary import Vocabulary  # noqa: E402
from tools import train_char_gpt as tool  # noqa: E402
from tools import train_grand  # noqa: E402

TINY = ModelConfig("transformer", units=8, layers=2, dropout=0.0, heads=2, context=16)


def corpus() -> Corpus:
    """Two plays to read and the two that are held out."""
    words = np.random.default_rng(0).choice(["la", "le", "ma", "me"], (240, 5))
    plays = ["a", "b", *tool.PETIT.validation]
    frame = pd.DataFrame({"cue": [" ".join(row) for row in words]})
    frame["play_name"] = np.repeat(plays, 60)
    columns = ["play_name", "title", "act", "scene", "speaker", "form", "cue"]
    return Corpus(frame.reindex(columns=columns, fill_value=""), "test")


def test_it_is_as_large_as_petit() -> None:
    assert tool.PETIT.model.parameter_count(95) <= 1.02 * load_model("petit").parameters


def test_the_other_is_as_large_as_grand() -> None:
    assert 0.98 <= tool.GRAND.model.parameter_count(95) / load_model("grand").parameters <= 1.0


def test_torch_computes_what_the_engine_in_numpy_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "HALF", torch.float32)
    rng = np.random.default_rng(1)
    weights = {n: w + rng.normal(0, 0.3, w.shape) for n, w in initial_weights(TINY, 20).items()}
    weights = {name: w.astype(np.float32) for name, w in weights.items()}
    ids = rng.integers(0, 20, (3, 16))
    theirs = tool.forward(
        {n: torch.from_numpy(w) for n, w in weights.items()}, torch.tensor(ids), TINY
    )
    network: Any = network_of(weights, TINY)
    ours, _ = network.run(ids, network.zero_state(3))
    np.testing.assert_allclose(ours.reshape(-1, 20), theirs.numpy(), atol=1e-4)


@pytest.mark.slow
def test_a_training_goes_on_and_makes_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = replace(tool.PETIT.training, batch_size=4, min_char_freq=1)
    monkeypatch.setitem(
        tool.SHIPPED, "petit-gpt", replace(tool.PETIT, model=TINY, training=training)
    )
    monkeypatch.setattr(tool, "STEPS", (5,))
    tool.CharGPTTrainer(tmp_path, corpus(), "petit-gpt", 1).train()
    trainer = tool.CharGPTTrainer(tmp_path, corpus(), "petit-gpt", 2)
    trainer.train()
    run = trainer.write_run()
    assert run.complete
    assert [s.name for s in run.snapshots] == ["epoch-000", "step-000005", "epoch-001", "epoch-002"]
    first, last = run.history
    assert last["updates"] == 2 * first["updates"]
    assert last["validation_bits_per_char"] < first["validation_bits_per_char"]
    assert last["sample"]


@pytest.mark.slow
def test_a_student_reads_and_imitates_its_teacher(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("HALF", torch.float32), ("STREAMS", 4), ("DEVICE", torch.device("cpu"))):
        monkeypatch.setattr(train_grand, name, value)
    monkeypatch.setattr(tool, "HALF", torch.float32)
    monkeypatch.setattr(tool, "WRITTEN", 4 * 1000)
    training = replace(tool.GRAND.training, batch_size=4, min_char_freq=1)
    config = replace(tool.GRAND, model=TINY, training=training)
    monkeypatch.setitem(tool.SHIPPED, "grand-gpt", config)
    shape = replace(train_grand.MODEL, units=8, embedding_dim=6)
    vocabulary = tool.CharGPTTrainer(tmp_path, corpus(), "grand-gpt", 1).vocabulary
    torch.manual_seed(0)
    parameters = train_grand.initial_parameters(shape, len(vocabulary))
    weights = {name: w.detach() for name, w in parameters.items()}
    weights["dense.bias"][1] = 3.0  # it prefers one symbol, as the plays do not
    teacher = train_grand.Teacher(shape, weights, vocabulary)

    def trained(folder: str, teacher: train_grand.Teacher | None) -> tool.CharGPTTrainer:
        trainer = tool.CharGPTTrainer(tmp_path / folder, corpus(), "grand-gpt", 2, teacher)
        trainer.train()
        return trainer

    student, alone = trained("student", teacher), trained("alone", None)
    assert student.batch_predictions == 2 * alone.batch_predictions
    assert len(student.taught[1].ids) == 4 * 1000

    def preference(trainer: tool.CharGPTTrainer) -> float:
        with torch.no_grad():
            logits = tool.forward(trainer.averages, trainer.ids[None, :16], TINY)
        return float(logits.softmax(1)[:, 1].mean())

    assert preference(student) > preference(alone) + 0.1
    assert [s.name for s in student.write_run().snapshots] == ["epoch-002"]
    stranger = replace(teacher, vocabulary=Vocabulary(("a", "b")))
    with pytest.raises(ValueError, match="another alphabet"):
        trained("other", stranger)
