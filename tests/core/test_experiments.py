"""The plans, and what ships of them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from moliere_core.corpus import Corpus, load_corpus
from moliere_core.corpus.corpus import COLUMNS
from moliere_core.errors import CorpusError, MoliereError, RunError
from moliere_core.models.evaluation import score
from moliere_core.models.references import EXPERIMENTS, RecurrentModel, list_models, load_recurrent
from moliere_core.models.samples import sample
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.training import experiments
from moliere_core.training.experiments import (
    COMMON,
    COMMON_TEXT,
    PLANS,
    SAMPLE_CHARS,
    SAMPLE_SEED,
    Measures,
    Result,
    results,
)
from tests.networks import LETTERS, make_run, random_weights

MOST_MEGABYTES = 16
CORPUS = os.environ.get("MOLIERE_CORPUS", "")
# Those whose runs ship: once a plan has a folder, all of it has to be there.
TRAINED = {name: plan for name, plan in PLANS.items() if (EXPERIMENTS / name).is_dir()}
ALL = [(plan, variant) for plan in TRAINED.values() for variant in plan]
NAMES = [f"{plan.name}-{variant.name}" for plan, variant in ALL]


def corpus_of(*plays: str) -> Corpus:
    rows = [
        {column: "" for column in COLUMNS} | {"play_name": play, "cue": f"la piece de {play} " * 9}
        for play in plays
    ]
    return Corpus(pd.DataFrame(rows), "test")


def flat(settings: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in settings.items():
        path = prefix + name
        found |= flat(value, f"{path}.") if isinstance(value, dict) else {path: value}
    return found


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_the_runs_of_a_plan_differ_in_what_it_varies_alone(plan: experiments.Plan) -> None:
    settings = [flat(variant.config.to_json()) for variant in plan]
    differing = {name for name in settings[0] if len({str(s[name]) for s in settings}) > 1}
    assert differing == set(plan.varied)
    assert len({variant.name for variant in plan}) == len(plan.variants) >= 2


def test_a_plan_of_equal_parameters_is_one() -> None:
    for symbols in (74, 95):
        sizes = [v.config.model.parameter_count(symbols) for v in PLANS["transformer"]]
        assert max(sizes) <= 1.02 * min(sizes)
    assert {v.config.model.context for v in PLANS["transformer"]} == {0, experiments.VISIBLE}


@pytest.mark.parametrize("plan", TRAINED.values(), ids=list(TRAINED))
def test_every_run_ships_as_it_was_asked_for(plan: experiments.Plan) -> None:
    found = results(plan)
    assert [r.variant for r in found] == list(plan)
    for result in found:
        run, measures = result.run, result.measures
        assert run.config == result.variant.config
        assert len(run.history) == run.config.training.epochs == len(measures.seconds)
        assert list(measures.seconds) == sorted(measures.seconds)
        assert len(measures.sample) == experiments.SAMPLE_CHARS
        one_play = len(run.config.plays) == 1
        assert set(measures.scores) >= {COMMON_TEXT, *(COMMON if one_play else ())}
        assert (measures.context is not None) == (plan.visible > 0)
        assert "/" not in run.corpus["source"]
        if result.has_weights:
            assert run.complete
            assert run.snapshot().digest == measures.weights
    if plan.equal == "updates":
        assert len({result.updates for result in found}) == 1
    elif plan.equal == "passes":
        assert len({result.run.config.training.epochs for result in found}) == 1


def test_a_model_trained_longer_looks_further_back(tmp_path: Path) -> None:
    longer = experiments.trained_longer()
    assert longer is not None  # else `petit` has other weights: measure it again
    contexts = [result.measures.context for result in results(PLANS["length"])]
    assert longer.reach() > max(context.reach() for context in contexts if context)
    assert experiments.trained_longer(tmp_path) is None


def test_the_held_out_text_is_scored_alike_in_history_and_measures() -> None:
    for result in results(PLANS["architecture"]) + results(PLANS["length"]):
        last = result.run.history[-1]["validation_bits_per_char"]
        assert result.measures.scores[COMMON_TEXT].bits == pytest.approx(last, abs=1e-6)


def test_they_are_small_enough_to_ship() -> None:
    files = [path for path in EXPERIMENTS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MOST_MEGABYTES * 1e6
    kinds = {path.suffix for path in files}
    assert kinds == {".json", ".jsonl", ".safetensors"}


def test_a_network_that_is_not_stopped_learns_by_heart_dropout_or_not() -> None:
    rises = []
    for result in results(PLANS["overfitting"]):
        bits = [record["validation_bits_per_char"] for record in result.run.history]
        train = [record["train_loss"] for record in result.run.history]
        assert train[-1] < train[bits.index(min(bits))]
        rises.append(bits[-1] - min(bits))
    without, with_dropout = rises
    assert without > with_dropout
    assert without > 0.05


@pytest.mark.parametrize(("plan", "variant"), ALL, ids=NAMES)
def test_each_has_a_name_as_a_model(plan: experiments.Plan, variant: experiments.Variant) -> None:
    result = Result(plan, variant)
    if not result.has_weights:
        with pytest.raises(MoliereError, match="no weights"):
            load_recurrent(result.reference)
        return
    model = load_recurrent(result.reference)
    assert model.parameters == result.parameters
    assert sample(model, seed=SAMPLE_SEED, chars=SAMPLE_CHARS) == result.measures.sample


def test_the_list_of_models_keeps_them_apart() -> None:
    entries = list_models()
    apart = {entry.name for entry in entries if entry.experiment}
    assert apart == {experiments.reference(plan, variant) for plan, variant in ALL}
    assert entries[0].name == "petit"
    places = [place for place, entry in enumerate(entries) if entry.experiment]
    assert places == list(range(places[0], places[0] + len(apart)))


@pytest.mark.parametrize("name", ["exp-", "exp-length", "exp-length-41", "exp-..-petit", "exp-a-/"])
def test_a_name_that_stands_for_none_of_them_says_so(name: str) -> None:
    with pytest.raises(MoliereError, match="no model"):
        load_recurrent(name)


def test_another_corpus_lends_its_own_plays() -> None:
    other = corpus_of("un", "deux", "trois")
    plan = PLANS["plays"]
    asked = [experiments.on_corpus(plan, variant, other) for variant in plan]
    assert [config.plays for config in asked] == [("un",), ("deux",), ("trois",)]
    by_heart = PLANS["overfitting"]
    assert experiments.on_corpus(by_heart, by_heart.variants[1], other).plays == ("un",)
    length = PLANS["length"].variants[0]
    assert experiments.on_corpus(PLANS["length"], length, other) == length.config
    with pytest.raises(CorpusError, match="2 plays"):
        experiments.on_corpus(plan, plan.variants[2], corpus_of("un", "deux"))
    same = corpus_of("tartuffe", "un")
    assert experiments.on_corpus(plan, plan.variants[0], same) == plan.variants[0].config


def test_texts_are_named_after_what_they_are() -> None:
    plays = ("un", "deux", "trois", *COMMON)
    found = experiments.texts(PLANS["plays"], corpus_of(*plays))
    assert set(found) == {COMMON_TEXT, *COMMON, "tenth:un", "tenth:deux", "tenth:trois"}
    assert found[COMMON_TEXT] == "\n".join(found[play] for play in COMMON)
    assert set(experiments.texts(PLANS["length"], corpus_of("un", "deux"))) == {COMMON_TEXT}


def test_measures_come_back_from_their_file(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    model = RecurrentModel("test", RecurrentNetwork(random_weights(LETTERS)), LETTERS)
    text = "le bourgeois " * 40
    found = experiments.measure(model, run.snapshot(), {"un": text}, text, [1.5, 3.0])
    again = Measures.from_json(json.loads(json.dumps(found.to_json())))
    assert again.scores == found.scores
    assert again.scores["un"].bits == score(model, text).bits_per_char
    assert (again.sample, again.seconds, again.weights) == (found.sample, (1.5, 3.0), found.weights)
    assert again.context is not None
    assert found.context is not None
    np.testing.assert_allclose(again.context.bits, found.context.bits, atol=1e-4)
    assert Measures.from_json(found.to_json() | {"context": None}).context is None


def test_a_run_without_its_measures_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = PLANS["length"]
    monkeypatch.setattr(experiments, "EXPERIMENTS", tmp_path)
    run = make_run(tmp_path / "source")
    model = RecurrentModel("test", RecurrentNetwork(random_weights(LETTERS)), LETTERS)
    measures = experiments.measure(model, run.snapshot(), {})
    folder = experiments.ship(run, plan, plan.variants[0], measures, most_bytes=10)
    shipped = results(plan, tmp_path)[0]
    assert not shipped.has_weights
    assert shipped.measures.sample == measures.sample
    (folder / experiments.MEASURES).write_text("{")
    with pytest.raises(RunError, match="damaged"):
        _ = results(plan, tmp_path)[0].measures
    experiments.ship(run, plan, plan.variants[0], measures, most_bytes=10**6)
    assert results(plan, tmp_path)[0].has_weights
    assert results(plan, tmp_path / "nowhere") == []


@pytest.mark.slow
@pytest.mark.skipif(
    Path(CORPUS).name != "moliere.csv",
    reason="MOLIERE_CORPUS does not name the CSV of the thirty plays that they were measured on",
)
def test_a_shipped_measure_is_measured_again() -> None:
    result = results(PLANS["plays"])[0]
    play = load_corpus(CORPUS).select([COMMON[1]]).text()
    bits = score(load_recurrent(result.reference), play).bits_per_char
    assert result.measures.scores[COMMON[1]].bits == pytest.approx(bits, abs=1e-4)
