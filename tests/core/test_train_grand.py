"""The tool that trains `grand`: what its teachers say and write, and what a student makes of it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file

torch = pytest.importorskip("torch")

from moliere_core.assets import ASSETS  # noqa: E402
from moliere_core.config import RunConfig  # noqa: E402
from moliere_core.corpus import Corpus  # noqa: E402
from moliere_core.models.networks import NetworkModel  # noqa: E402
from moliere_core.models.references import snapshot_model  # noqa: E402
from moliere_core.networks.loading import network_of  # noqa: E402
from moliere_core.runs.run import Run  # noqa: E402
from moliere_core.text.vocabulary import UNKNOWN  # noqa: E402
from tools import train_grand as tool  # noqa: E402

TINY = replace(tool.MODEL, units=8, embedding_dim=6)


@pytest.fixture
def plays(monkeypatch: pytest.MonkeyPatch) -> tool.Plays:
    """Two plays to read and the two that are held out, and everything in single precision."""
    for name, value in (("HALF", torch.float32), ("STREAMS", 4), ("DEVICE", torch.device("cpu"))):
        monkeypatch.setattr(tool, name, value)
    monkeypatch.setattr(
        tool, "TRAINING", replace(tool.TRAINING, batch_size=4, seq_length=20, min_char_freq=1)
    )
    words = np.random.default_rng(0).choice(["la", "le", "ma", "me"], (240, 5))
    frame = pd.DataFrame({"cue": [" ".join(row) for row in words]})
    frame["play_name"] = np.repeat(["a", "b", *RunConfig().validation], 60)
    columns = ["play_name", "title", "act", "scene", "speaker", "form", "cue"]
    return tool.Plays(Corpus(frame.reindex(columns=columns, fill_value=""), "test"))


def trained(folder: Path, plays: tool.Plays, seed: int, passes: int = 2) -> tool.GrandTrainer:
    recipe = tool.Recipe(passes, 1, seed, TINY, learning_rate=2e-2)
    trainer = tool.GrandTrainer(folder / f"{seed}", plays, recipe)
    trainer.train()
    return trainer


def test_what_torch_scores_is_what_the_shipped_run_scores(
    tmp_path: Path, plays: tool.Plays
) -> None:
    trainer = trained(tmp_path, plays, 1)
    trainer.averages["dense.bias"][UNKNOWN] = -30  # the product shares its part among the others
    run = trainer.write_run()
    weights = {n: w.astype(np.float32) for n, w in load_file(run.snapshot().path).items()}
    model = NetworkModel.of("tiny", network_of(weights, TINY), plays.vocabulary)
    text = plays.vocabulary.decode(plays.validation[1:].numpy())
    bits = float(model.surprisal(text).mean())
    assert run.history[-1]["validation_bits_per_char"] == pytest.approx(bits, abs=1e-5)
    assert bits < math.log2(len(plays.vocabulary))


def test_what_teachers_say_of_a_text_is_their_mean(tmp_path: Path, plays: tool.Plays) -> None:
    one, other = (trained(tmp_path, plays, seed).teacher for seed in (1, 2))
    ids = plays.ids[:64]  # one character a stream: each is read from a zero state
    both = tool.means_of([one, other], ids)
    apart = (tool.means_of([one], ids) + tool.means_of([other], ids)) / 2
    torch.testing.assert_close(both, apart)
    torch.testing.assert_close(both.sum(1), torch.ones(len(ids)))
    assert not torch.equal(tool.means_of([one], ids), tool.means_of([other], ids))


def test_teachers_write_what_they_say_is_likely(tmp_path: Path, plays: tool.Plays) -> None:
    teacher = trained(tmp_path, plays, 1, passes=6).teacher
    written = tool.write([teacher], 4 * 200, seed=1)
    assert written.ids.shape == (800,)
    assert written.means.shape == (800, len(plays.vocabulary))
    starts = written.ids.view(4, 200)[:, 0]
    assert set(starts.tolist()) == {plays.vocabulary.index["\n"]}
    assert 0 not in written.ids  # the symbol of unknown characters
    said = written.means[:-1].gather(1, written.ids[1:, None])
    assert float(said.log().mean()) > -math.log(len(plays.vocabulary))
    again = tool.write([teacher], 4 * 200, seed=1)
    assert torch.equal(written.ids, again.ids)


def test_a_stored_run_teaches_what_its_model_says(tmp_path: Path, plays: tool.Plays) -> None:
    trainer = trained(tmp_path, plays, 1)
    trainer.averages["dense.bias"][UNKNOWN] = -30  # the product shares its part among the others
    run = trainer.write_run()
    ids = plays.validation[:40]
    said = tool.means_of([tool.Teacher.stored(run)] * 2, ids.repeat(64))  # as many as it reads
    picked = said[:39].gather(1, ids[1:, None])[:, 0]
    bits = snapshot_model(run, run.snapshot()).surprisal(plays.vocabulary.decode(ids[1:].numpy()))
    np.testing.assert_allclose(-picked.log2().numpy(), bits, atol=1e-5)


def test_a_student_learns_from_what_it_is_told_and_goes_on(
    tmp_path: Path, plays: tool.Plays
) -> None:
    trainers = [trained(tmp_path, plays, seed, passes=6) for seed in (1, 2)]
    teachers = [trainer.teacher for trainer in trainers]
    path = tmp_path / "material.pt"
    read, written = tool.material(path, teachers, plays.ids, 4 * 2000)
    kept = tool.load_material(path)
    assert torch.equal(kept[0].means, read.means)
    assert torch.equal(kept[1].ids, written.ids)
    recipe = tool.Recipe(4, 2, 4, TINY, learning_rate=2e-2)
    start = teachers[-1].weights
    student = tool.GrandTrainer(tmp_path / "student", plays, recipe, read, written, start)
    before = student.validation_bits()
    assert before == pytest.approx(trainers[-1].validation_bits())
    student.train()
    assert student.validation_bits() < before
    again = tool.GrandTrainer(tmp_path / "student", plays, recipe, read, written)
    again.train()  # from the checkpoint of the last pass: nothing is left to do
    assert again.history == student.history
    for name, w in student.averages.items():
        assert torch.equal(w, again.averages[name])


def test_the_shipped_network_is_the_student_of_the_recipe() -> None:
    run = Run(ASSETS / "grand")
    training = run.config.training
    recipe = tool.STUDENT
    assert (training.epochs, training.seed) == (recipe.passes, recipe.seed)
    assert (training.learning_rate, training.warm_up) == (recipe.learning_rate, recipe.warm_up)
    lines = (run.path / "history.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    updates = records[0]["updates"]
    rates = [
        recipe.schedule.rate(done, (updates - 1) / updates, (done + 1) * updates - 1)
        for done in range(recipe.passes)
    ]
    assert [record["learning_rate"] for record in records] == pytest.approx(rates)


def test_stored_weights_keep_few_digits_and_their_size() -> None:
    weights = torch.from_numpy(np.random.default_rng(0).normal(size=500).astype(np.float32))
    stored = tool.rounded(weights)
    assert float((stored / weights - 1).abs().max()) <= 2.0 ** -(tool.MANTISSA + 1) + 2.0**-10
    mantissas = (torch.frexp(stored)[0] * 2 ** (tool.MANTISSA + 1)).frac()
    assert not mantissas.any()
    assert torch.equal(tool.rounded(stored), stored)
