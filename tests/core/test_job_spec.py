"""What a job is asked to do: its identity, where it may start from, and limits."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from moliere_core.config import PRESETS
from moliere_core.errors import ConfigError
from moliere_core.runs.run import run_path
from moliere_core.training import jobs
from moliere_core.training.jobs.spec import PUBLIC, Limits, parse
from tests.core.trainings import CONFIG, CORPUS, request
from tests.networks import make_run

pytestmark = pytest.mark.usefixtures("jobs_end")


def test_a_spec_survives_json_and_names_its_run() -> None:
    spec = request(label="  Deux   couches ")
    assert spec.label == "Deux couches"
    assert spec.chars == len(CORPUS.select(["a"]).text())
    assert spec.validation_chars == len(CORPUS.select(["b"]).text())
    assert parse(json.dumps(spec.to_json())) == spec
    assert spec.run_id == request().run_id  # the name is no part of the request
    assert spec.run_id != request(seed=1).run_id
    with pytest.raises(ConfigError, match="not written by this version"):
        parse('{"config": {}}')
    with pytest.raises(ConfigError, match="damaged"):
        parse("{")


def test_a_job_starts_from_a_stored_model_only(tmp_path: Path) -> None:
    make_run(tmp_path / "run")
    with pytest.raises(ConfigError, match="petit, grand or run:ID"):
        jobs.prepare(replace(CONFIG, initial=str(tmp_path / "run")), CORPUS)
    run = make_run(run_path("0123456789ab"))
    spec = jobs.prepare(replace(CONFIG, initial=f"run:{run.id}"), CORPUS)
    assert spec.initial_digest
    sizes = spec.chars, spec.validation_chars
    assert jobs.describe(spec.config, CORPUS, sizes=sizes) == spec
    assert spec.run_id != request().run_id


def test_limits_say_what_to_do() -> None:
    spec = request()
    Limits().check(spec, own=1_000, queued=1_000)
    PUBLIC.check(spec)
    small = Limits(1, 4, 0, 0, 2, 10, 30, 10)
    for name, choice in (
        ("epochs", "choose fewer"),
        ("units", "choose fewer"),
        ("layers", "choose fewer"),
        ("embedding", "choose a smaller"),
        ("chars", "choose fewer plays"),
        ("update_chars", "choose a smaller batch or shorter windows"),
        ("predictions", "choose fewer epochs, fewer plays or a larger shift"),
    ):
        limit = getattr(small, name)
        with pytest.raises(ConfigError, match=f"at most {limit} on this public server: {choice}"):
            replace(Limits(), **{name: limit}).check(spec)
    transformer = replace(spec, config=PRESETS["transformer"])
    replace(PUBLIC, predictions=None).check(transformer)  # four blocks are no four layers
    with pytest.raises(ConfigError, match="4 layers, and at most 3"):
        Limits(layers=9, blocks=3).check(transformer)
    with pytest.raises(ConfigError, match="you have 1 unfinished"):
        PUBLIC.check(spec, own=1)
    with pytest.raises(ConfigError, match="6 trainings are waiting"):
        PUBLIC.check(spec, queued=6)
