"""The Training page: setting one up, a job followed live, who may stop it, and the stored runs."""

from __future__ import annotations

import importlib.util
import io
import json
import math
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.shared import following, i18n, naming, plotting, stored_runs, trainings
from dashboard.shared.naming import PRESET_LABELS
from dashboard.training import controls, curves, wording
from dashboard.training.controls import bets, knobs
from dashboard.training.figures import Bets, compared_figure, curves_figure, forgetting_figure
from dashboard.training.views import summary
from moliere_core.config import (
    CELLS,
    PRESETS,
    Cell,
    ModelConfig,
    RunConfig,
    TrainingConfig,
    suited,
)
from moliere_core.corpus import load_corpus
from moliere_core.runs.run import Run, run_path
from moliere_core.training import jobs, yardsticks
from moliere_core.training.jobs import Job, JobSpec, State
from tests.app.helpers import REFERENCE, RUN, Open, address, figure, text
from tests.patience import FRAMEWORK, PATIENCE

PLAYS = os.environ.get("MOLIERE_CORPUS", "")
TITLE = "<b>Titre</b> **gras**"
TINY = {"epochs": 2, "seq": 40, "batch": 4, "units": 128, "embedding": 64}
LONG = TINY | {"epochs": 90}


@pytest.fixture(autouse=True)
def quiet(workers: None, serve_corpus: Callable[..., None]) -> None:
    """A corpus of a few hundred characters, and workers without a framework."""
    cues = ["Ah ! vous voilà, Monsieur.", "Je vous attendais.", "Que me voulez-vous donc ?"]
    serve_corpus(play_name="petite", title=TITLE, cue=cues * 6)


def begin(open_page: Open, **settings: Any) -> AppTest:
    at = open_page("training", **(TINY | settings))
    assert not at.exception
    return at.button(key="training.start").click().run()


def job_of(at: AppTest) -> Job:
    job = jobs.get(address(at)["job"])
    assert job is not None
    return job


def labels(at: AppTest) -> set[str]:
    return {button.label for button in at.button}


def running(job: Job) -> None:
    job.wait(PATIENCE, lambda status: status.state is State.RUNNING and status.epoch > 0)


# Setting one up


def test_a_worker_is_made_ready_where_a_training_may_be_asked_for(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected: list[None] = []
    monkeypatch.setattr(jobs, "expect", lambda: expected.append(None))
    open_page("training", **TINY)
    assert len(expected) == 1
    open_page("training", view="stored")
    assert len(expected) == 1


@pytest.mark.parametrize("name", PRESET_LABELS)
def test_knobs_show_a_preset_and_give_it_back(name: str) -> None:
    found = knobs.of(PRESETS[name])
    values = {name: knob.default for name, knob in found.items()}
    assert knobs.turned(PRESETS[name], values) == PRESETS[name]
    for knob in found.values():
        assert knob.accepts(knob.default)
        assert knob.parse(knob.show(knob.default)) == knob.default


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_the_parameters_are_those_of_the_model(
    cell: Any, layers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    model = ModelConfig(cell=cell, layers=layers, units=192, embedding_dim=96)
    rows = summary.composition(model, 74)
    assert sum(count for *_rest, count in rows) == model.parameter_count(74)
    for _name, formula, count in rows:
        assert eval(formula.replace("×", "*").replace("²", "**2")) == count


@pytest.mark.parametrize("name", PRESET_LABELS)
@pytest.mark.parametrize("kind", CELLS)
def test_every_preset_has_settings_for_every_kind_of_network(name: str, kind: Cell) -> None:
    found = suited(PRESETS[name], kind)
    assert found.model.cell == kind
    assert found == PRESETS[name] or found.model.cell != PRESETS[name].model.cell
    shown = knobs.of(found, PRESETS[name].model.cell)
    assert ({"heads", "context"} <= set(shown)) == (kind == "transformer")
    assert ({"embedding", "seq"} <= set(shown)) == (kind != "transformer")
    values = {name: knob.default for name, knob in shown.items()} | {"cell": kind}
    assert knobs.turned(found, values) == found


def test_a_transformer_has_its_own_knobs(open_page: Open) -> None:
    at = open_page("training", preset="demo")
    at = at.segmented_control(key="training.cell").set_value("transformer").run()
    assert not at.exception
    usual = PRESETS["transformer"]
    for name in ("units", "layers", "heads", "context"):
        assert at.number_input(key=f"training.{name}").value == getattr(usual.model, name)
    assert at.number_input(key="training.rate").value == usual.training.learning_rate
    keys = {widget.key for widget in at.number_input}
    assert not keys & {"training.embedding", "training.seq"}
    shown = address(at)
    assert shown["cell"] == "transformer"
    assert not set(shown) & {"units", "heads", "context", "rate"}
    sums = "".join(e.proto.body for e in at.get("html"))
    assert "12 × 92² + 13 × 92" in sums
    # back to one with a state: the heads go, and nothing of them stays in the address
    at = at.segmented_control(key="training.cell").set_value("rnn").run()
    assert at.number_input(key="training.units").value == PRESETS["demo"].model.units
    assert at.segmented_control(key="training.cell").value == "rnn"
    assert not {widget.key for widget in at.number_input} & {"training.heads", "training.context"}


def test_a_transformer_s_address_is_kept(open_page: Open) -> None:
    given = {"cell": "transformer", "units": 64, "heads": 2, "context": 32, "layers": 5}
    at = open_page("training", **given)
    for name in ("units", "heads", "context", "layers"):
        assert at.number_input(key=f"training.{name}").value == given[name]
        assert address(at)[name] == str(given[name])
    at = at.segmented_control(key="training.preset").set_value("cours").run()
    assert at.segmented_control(key="training.cell").value == "lstm"
    assert at.number_input(key="training.layers").value == 1


def test_heads_that_do_not_divide_the_width_are_told_the_way_out(open_page: Open) -> None:
    at = open_page("training", cell="transformer", units=92, heads=8)
    assert not at.exception
    [error] = at.error
    assert "88" in error.value
    assert "96" in error.value
    assert "training.start" not in {button.key for button in at.button}
    at = at.number_input(key="training.units").set_value(96).run()
    assert not at.error
    assert not at.button(key="training.start").disabled


def test_a_preset_turns_all_the_knobs(open_page: Open) -> None:
    at = open_page("training")
    for name in PRESET_LABELS:
        preset = PRESETS[name]
        at = at.segmented_control(key="training.preset").set_value(name).run()
        assert at.number_input(key="training.units").value == preset.model.units
        assert at.number_input(key="training.epochs").value == preset.training.epochs
        assert at.number_input(key="training.rate").value == preset.training.learning_rate
        assert not set(address(at)) & {"units", "epochs", "rate", "shift"}
    at = at.number_input(key="training.units").set_value(128).run()
    assert address(at)["units"] == "128"
    assert address(at)["preset"] == "meilleur"


def test_every_knob_has_its_sentence(open_page: Open) -> None:
    at = open_page("training")
    widgets = [*at.number_input, *at.slider, *at.selectbox, *at.multiselect]
    for widget in widgets:
        assert widget.proto.help, widget.label


def test_a_bet_is_typed_with_a_comma_or_a_point(open_page: Open) -> None:
    at = open_page("training", guess_bits="2.5")
    assert at.text_input(key="training.guess.bits").value == "2,5"
    at = at.text_input(key="training.guess.loss").set_value("4,2").run()
    assert "un nombre entre" not in text(at)
    assert address(at)["guess_loss"] == "2.911"  # an address holds it in nats
    at = at.text_input(key="training.guess.loss").set_value("quatre").run()
    assert "un nombre entre 0 et 20" in text(at)
    assert not at.button(key="training.start").disabled
    assert at.text_input(key="training.guess.loss").value == "quatre"


@pytest.mark.parametrize(
    ("typed", "value"), [("4,2", 4.2), ("4.2", 4.2), ("0", 0.0), ("", None), ("21", None)]
)
def test_only_a_number_is_a_bet(typed: str, value: float | None) -> None:
    assert bets.amount(typed) == value


def test_without_dropout_the_curves_are_not_named_after_it() -> None:
    figures = [
        curves_figure(curves.from_events([], [], 2, dropout), None, Bets(), dark=False)
        for dropout in (False, True)
    ]
    named = [" ".join(str(t.name) for t in figure.data) for figure in figures]
    assert "dropout" not in named[0]
    assert "sans dropout" in named[1]


def test_settings_come_from_the_address(open_page: Open) -> None:
    at = open_page("training", preset="cours", layers=2, cell="gru", shift=7, plays="petite,none")
    assert at.number_input(key="training.layers").value == 2
    assert at.selectbox(key="training.shift").value == 7
    assert at.multiselect(key="training.plays").value == ["petite"]
    assert "3 × 256 × (256 + 256 + 2)" in "".join(e.proto.body for e in at.get("html"))


def test_a_stored_model_sets_the_architecture(open_page: Open) -> None:
    at = open_page("training", **{"from": "petit"})
    assert not at.exception
    assert at.number_input(key="training.units").disabled
    assert at.number_input(key="training.units").value == 256
    at = at.selectbox(key="training.initial").set_value("").run()
    assert not at.number_input(key="training.units").disabled


def test_what_the_page_announces_is_what_is_asked_for(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced: list[JobSpec] = []
    estimated = jobs.estimated_seconds

    def noted(spec: JobSpec) -> float:
        announced.append(spec)
        return estimated(spec)

    monkeypatch.setattr(jobs, "estimated_seconds", noted)
    job = job_of(begin(open_page, **{"from": "petit"}))
    assert announced[0].run_id == job.id
    assert announced[0].initial_digest == job.spec.initial_digest != ""


def test_a_public_server_says_what_it_refuses(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    at = open_page("training", units=512)
    assert at.button(key="training.start").disabled
    assert "512" in at.error[0].value
    assert "Serveur public" in text(at)
    at = at.number_input(key="training.units").set_value(256).run()
    assert not at.button(key="training.start").disabled


def test_without_a_framework_the_page_says_so_and_stored_runs_open(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "available", lambda: False)
    at = open_page("training")
    assert at.button(key="training.start").disabled
    assert "TensorFlow" in text(at)
    at = at.segmented_control(key="training.view").set_value("stored").run()
    assert at.dataframe[0].value["Nom"].tolist() == ["LSTM 8"]


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.2, "1 s"), (75, "75 s"), (200, "3 min"), (9000, "2 h 30 min")]
)
def test_durations(seconds: float, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    assert i18n.duration(seconds) == told


# Going on from a model

CONTINUED = {"old_text": "pastiches", "old_bits_before": 1.75, "new_bits_before": 2.97}


def continued(kind: str = "pastiches") -> list[dict[str, Any]]:
    """Two epochs of a history: the new text falls, the old one rises."""
    base = CONTINUED | {"old_text": kind, "outside": 25}
    return [
        base | {"epoch": 1, "validation_bits_per_char": 2.3, "old_bits_per_char": 1.8},
        base | {"epoch": 2, "validation_bits_per_char": 1.9, "old_bits_per_char": 1.9},
    ]


def test_a_stored_model_goes_on_gently_on_an_example_text(open_page: Open) -> None:
    at = open_page("training", **{"from": "petit", "corpus": "messages"})
    assert not at.exception
    assert at.number_input(key="training.rate").value == 1e-3
    assert at.number_input(key="training.batch").value == 4
    assert at.number_input(key="training.epochs").value == 8
    assert "dans son alphabet" in text(at)
    at = at.selectbox(key="training.initial").set_value("").run()
    assert at.number_input(key="training.rate").value == PRESETS["demo"].training.learning_rate
    assert at.number_input(key="training.batch").value == PRESETS["demo"].training.batch_size
    assert "dans son alphabet" not in text(at)


def test_what_it_learns_and_what_it_forgets_are_on_one_chart(open_page: Open) -> None:
    Run.open(run_path(RUN)).save_history([record | {"updates": 40} for record in continued()[:1]])
    for settings in ({"view": "follow", "job": RUN}, {"view": "stored", "runs": REFERENCE}):
        at = open_page("training", **settings)
        assert not at.exception
        drawn = json.loads(at.get("plotly_chart")[-1].proto.spec)
        curves_ = {trace["name"]: list(trace["y"]) for trace in drawn["data"]}
        assert curves_ == {"texte nouveau": [2.97, 2.3], "texte d’avant": [1.75, 1.8]}
        levels = [shape["y0"] for shape in drawn["layout"]["shapes"]]
        assert levels == [2.97, 1.75]
        assert "nos pastiches" in text(at)
        assert "25 caractères" in text(at)


def test_without_an_old_text_the_screen_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    records = [{n: v for n, v in r.items() if not n.startswith("old")} for r in continued()]
    found = curves.forgetting(records)
    assert found is not None
    assert [t.name for t in forgetting_figure(found, dark=True).data] == ["texte nouveau"]
    assert "l’oubli n’est pas mesuré" in wording.forgotten_alt(found)
    assert curves.forgetting([{"epoch": 1, "updates": 1}]) is None


# A job


def test_the_button_trains_and_draws(open_page: Open) -> None:
    at = begin(open_page, guess_loss=3.1, guess_bits=2.5)
    job = job_of(at)
    assert job.wait(PATIENCE).state is State.FINISHED
    at = at.run()
    assert not at.exception
    assert not at.error
    assert "terminé" in text(at)
    assert "Exactitude" in text(at)
    assert "Époque 2" in "".join(e.proto.body for e in at.get("html"))
    drawn = figure(at)
    notes = " ".join(a["text"] for a in drawn["layout"]["annotations"])
    assert "pari 4,47" in notes  # 3.1 nats
    assert "pari 2,50" in notes
    for name in ("hasard", "3-gramme", "8-gramme"):
        assert name in notes
    margin = [a for a in drawn["layout"]["annotations"] if a.get("xshift")]
    assert {(a["x"], a["xanchor"]) for a in margin} == {(1, "left")}
    low, high = drawn["layout"]["yaxis"]["range"]
    assert "yaxis2" not in drawn["layout"]
    in_nats = at.segmented_control(key="training.measure").set_value("nats").run()
    assert address(in_nats)["measure"] == "nats"
    nats = figure(in_nats)["layout"]["yaxis"]["range"]
    assert nats == pytest.approx([low * math.log(2), high * math.log(2)])
    assert "ln(" in text(in_nats)
    accurate = in_nats.segmented_control(key="training.measure").set_value("accuracy").run()
    named = {trace["name"]: trace["y"] for trace in figure(accurate)["data"]}
    assert set(named) == {"validation", "texte lu"}
    assert "température 0,8" in text(accurate).lower()
    assert job.spec.owner is not None


def test_asked_for_twice_it_is_one_job(open_page: Open) -> None:
    at = open_page("training", **LONG)
    request = {name: value for name, value in address(at).items()}
    at.button(key="training.start").click()
    at = at.run()
    again = open_page("training", **request).button(key="training.start").click().run()
    assert address(at)["job"] == address(again)["job"]
    assert len(jobs.list_jobs()) == 1


@pytest.mark.slow
def test_who_asks_for_the_same_is_told_whose_it_is(open_page: Open) -> None:
    first = open_page("training", **TINY)
    first = first.text_input(key="trainings.name.typed").set_value("  Table  4 ").run()
    first = first.button(key="training.start").click().run()
    job = job_of(first)
    assert job.spec.asked_by == "Table 4"
    assert "training.another" not in {button.key for button in first.button}
    second = begin(open_page)
    assert job_of(second).id == job.id
    assert "par Table 4" in text(second)
    assert job.wait(PATIENCE).state is State.FINISHED
    assert Run.open(run_path(job.id)).asked_by == "Table 4"
    second = second.run().button(key="training.another").click().run()
    other = second.number_input(key="training.train_seed").value
    assert other != job.spec.config.training.seed
    assert f"Graine {other}" in second.toast[0].value
    own = second.button(key="training.start").click().run()
    assert job_of(own).id != job.id
    assert "par Table 4" not in text(own)
    assert job_of(own).wait(PATIENCE).state is State.FINISHED
    stored_runs.forget()
    names = [row.name for row in stored_runs.stored_runs()]
    assert any(name.endswith("· Table 4") for name in names)
    assert len(set(names)) == len(names) == 3


def test_the_name_stays_for_the_visit_and_is_left_out_of_what_is_downloaded(
    open_page: Open,
) -> None:
    at = open_page("training", **TINY)
    at = at.text_input(key="trainings.name.typed").set_value("Zoé").run()
    at = at.button(key="training.start").click().run()
    job = job_of(at)
    assert job.wait(PATIENCE).state is State.FINISHED
    run = Run.open(run_path(job.id))
    assert run.asked_by == "Zoé"
    with zipfile.ZipFile(io.BytesIO(run.zip_bytes())) as archive:
        assert not any("asked-by" in name for name in archive.namelist())
    at = at.switch_page("../pages/home.py").run().switch_page("../pages/training.py").run()
    at = at.segmented_control(key="training.view").set_value("new").run()
    assert at.text_input(key="trainings.name.typed").value == "Zoé"


@pytest.mark.parametrize("cell", ["rnn", "transformer"])
def test_every_kind_of_network_is_trained_by_the_same_button(open_page: Open, cell: str) -> None:
    sizes = {"heads": 2, "context": 16} if cell == "transformer" else {"seq": 40, "embedding": 64}
    at = open_page("training", cell=cell, units=128, layers=2, epochs=2, batch=4, **sizes)
    at = at.button(key="training.start").click().run()
    assert not at.exception
    job = job_of(at)
    assert job.wait(PATIENCE).state is State.FINISHED
    run = Run.open(run_path(job.id))
    assert (run.config.model.cell, run.config.model.units) == (cell, 128)
    at = open_page("training", view="stored", runs=f"run:{run.id}")
    assert not at.exception
    at = open_page("training", **{"from": f"run:{run.id}"})  # and goes on from there
    assert not at.exception
    assert at.segmented_control(key="training.cell").value == cell
    assert at.number_input(key="training.units").disabled


def test_without_a_job_the_last_one_is_offered(open_page: Open) -> None:
    at = open_page("training", view="follow")
    assert "LSTM 8" in at.button(key="training.last").label
    at = at.button(key="training.last").click().run()
    assert address(at)["job"] == RUN
    assert figure(at)


def test_trainings_of_one_name_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    same = [("aaaa11", "LSTM 8", 1), ("bbbb22", "LSTM 8", 2), ("cccc33", "GRU", 1)]
    apart = naming.trainings_apart([*same, ("dddd44", "LSTM 8", 2)])
    assert apart == {
        "aaaa11": "LSTM 8 (graine 1)",
        "bbbb22": "LSTM 8 (bbbb)",
        "cccc33": "GRU",
        "dddd44": "LSTM 8 (dddd)",
    }


def test_stop_then_resume(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_MODE", "hold")
    at = begin(open_page, **LONG)
    job = job_of(at)
    running(job)
    at = at.run()
    assert "époque" in text(at)
    at = at.button(key="training.stop").click().run()
    assert job.wait(PATIENCE).state is State.STOPPED
    at = at.run()
    assert "arrêté" in text(at)
    at = at.button(key="training.resume").click().run()
    assert job.status.active
    assert at.button(key="training.stop")
    jobs.stop(job.id, at.session_state["training.token"], wait=PATIENCE)


def test_a_link_shows_it_to_anyone_and_only_its_owner_stops_it(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_MODE", "hold")
    monkeypatch.setenv("MOLIERE_TEACHER_CODE", "la craie")
    owner = begin(open_page, **LONG)
    job = job_of(owner)
    running(job)
    visitor = open_page("training", job=job.id)
    assert not visitor.exception
    assert figure(visitor)
    assert visitor.button(key="training.stop").disabled
    typed = visitor.text_input(key="training.key").set_value("la craie").run()
    assert not typed.button(key="training.stop").disabled
    key = owner.session_state["training.token"]
    typed = visitor.text_input(key="training.key").set_value(key).run()
    typed = typed.button(key="training.stop").click().run()
    assert job.wait(PATIENCE).state is State.STOPPED


def test_the_badge_is_on_every_page_while_a_job_runs(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_MODE", "hold")
    assert not open_page("home").sidebar.get("progress")
    at = begin(open_page, **LONG)
    job = job_of(at)
    running(job)
    other = open_page("temperature")
    assert "époque" in other.sidebar.caption[0].value
    [link] = [e.proto for e in other.sidebar.get("page_link")]
    assert link.query_string == f"job={job.id}"
    jobs.stop(job.id, at.session_state["training.token"], wait=PATIENCE)
    assert not other.run().sidebar.get("progress")


def test_the_badge_reads_no_file_where_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not jobs.active()
    for name in ("open", "iterdir", "glob", "stat"):
        monkeypatch.setattr(Path, name, lambda *_, **__: pytest.fail("a file is looked at"))
    assert not trainings.in_progress()
    assert following.SELDOM >= 1


def test_a_queue(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_MODE", "hold")
    first = begin(open_page, **LONG)
    second = begin(open_page, **(LONG | {"train_seed": 5}))
    assert "dans la file, place 1" in text(second)
    assert "Aussi en cours" in text(second)
    for at in (second, first):
        jobs.stop(job_of(at).id, at.session_state["training.token"], wait=PATIENCE)


def test_a_killed_worker_is_one_french_sentence(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_MODE", "kill")
    at = begin(open_page)
    assert job_of(at).wait(PATIENCE).state is State.FAILED
    at = at.run()
    assert len(at.error) == 1
    assert at.error[0].value.startswith("Impossible de continuer")
    assert "Reprendre" in labels(at)
    assert "the training" not in at.error[0].value


@pytest.mark.parametrize("job", ["000000000000", "../../etc", "<b>"])
def test_a_link_to_nothing_is_one_sentence(open_page: Open, job: str) -> None:
    at = open_page("training", job=job)
    assert not at.exception
    assert "n’est plus là" in text(at)


def test_names_are_never_read_as_markdown_or_html(open_page: Open) -> None:
    at = open_page("training", **TINY)
    name = "<img src=x onerror=alert(1)> **gras** [lien](http://x)"
    at = at.text_input(key="training.label").set_value(name).run()
    at = at.button(key="training.start").click().run()
    assert job_of(at).wait(PATIENCE).state is State.FINISHED
    at = at.run()
    told = text(at)
    assert not re.search(r"(?<!\\)<img", told)
    assert "**gras**" not in told
    assert r"\[lien\]" in told
    html = "".join(e.proto.body for e in at.get("html"))
    assert "<b>Titre" not in html
    stored_runs.forget()  # looked up again every three seconds
    at = at.segmented_control(key="training.view").set_value("stored").run()
    assert name in at.dataframe[0].value["Nom"].tolist()


# Stored runs


def test_a_stored_run_is_renamed_opened_and_deleted_with_a_confirmation(open_page: Open) -> None:
    at = open_page("training", view="stored", runs=REFERENCE)
    assert {"Ses courbes", "Renommer", "Oui, supprimer"} <= labels(at)
    assert [e.proto.label for e in at.get("download_button")] == [
        "Emporter ce modèle (.html)",
        "Rapport (.html)",
        "Télécharger (.zip)",
    ]
    links = [e.proto.query_string for e in at.main.get("page_link")]
    assert set(links) == {f"model=run%3A{RUN}"}
    at = at.text_input(key=f"training.name.{RUN}").set_value("Table 4").run()
    at = at.button(key="training.rename").click().run()
    assert Run.open(run_path(RUN)).label == "Table 4"
    at = at.button(key="training.open").click().run()
    assert "Table 4" in text(at)
    assert "4,25\N{NO-BREAK SPACE}bits par caractère" in text(at)
    assert "plus ici" in text(at)  # its corpus is unknown: no n-grams
    at = at.segmented_control(key="training.view").set_value("stored").run()
    at = at.button(key="training.delete").click().run()
    assert not run_path(RUN).exists()
    assert "runs" not in address(at)


def test_someone_elses_run_is_neither_renamed_nor_deleted(open_page: Open) -> None:
    Run.open(run_path(RUN)).set_owner("quelqu’un")
    at = open_page("training", view="stored", runs=REFERENCE)
    at = at.button(key="training.delete").click().run()
    assert run_path(RUN).exists()
    assert len(at.error) == 1
    at = at.text_input(key="training.key").set_value("quelqu’un").run()
    at = at.button(key="training.delete").click().run()
    assert not run_path(RUN).exists()


def test_models_are_compared_on_one_text(open_page: Open) -> None:
    at = open_page("training", view="stored", runs=f"{REFERENCE},petit", common="typed")
    assert not at.exception
    assert "collez quelques répliques" in text(at)
    at = at.text_area(key="training.text").set_value("Ah ! vous voilà, Monsieur.").run()
    table = next(e.proto.body for e in at.get("html") if "facts-table" in e.proto.body)
    assert re.findall(r"(\d\. [^<]+)</th>", table) == ["1. petit", "2. LSTM 8"]
    first, second = (float(b.replace(",", ".")) for b in re.findall(r"<td>(\d,\d{3})</td>", table))
    assert first < second
    drawn = figure(at)
    assert [trace["name"] for trace in drawn["data"]] == ["petit", "LSTM 8"]
    assert [note["text"] for note in drawn["layout"]["annotations"]] == ["1", "2"]
    colours = re.findall(r"color:(#\w+)\">⬤", table)
    assert colours == [trace["line"]["color"] for trace in drawn["data"]]
    said = [e.proto.body for e in at.get("html") if 'class="sample"' in e.proto.body]
    assert len(said) == 2
    assert "1. petit" in said[0]
    at = open_page("training", view="stored", runs=f"{REFERENCE},petit", common="held:server")
    assert "1. petit" in "".join(e.proto.body for e in at.get("html"))


# What is drawn


def progress(update: int, loss: float) -> dict[str, Any]:
    return {"event": "progress", "update": update, "loss": loss}


def ended(epoch: int, bits: float, loss: float | None = 1.0) -> dict[str, Any]:
    record = {"epoch": epoch, "updates": 10 * epoch, "train_loss": loss, "loss": loss}
    return {"event": "epoch", "record": {**record, "validation_bits_per_char": bits}}


def started(resumed: int = 0) -> dict[str, Any]:
    return {"event": "started", "updates": 40, "epochs": 4, "resumed_from": resumed}


def test_a_resumed_training_is_drawn_once() -> None:
    events = [started(), progress(5, 4), progress(10, 3), ended(1, 3), progress(18, 2.5)]
    events += [started(1), progress(15, 2.6), ended(2, 2.5)]
    drawn = curves.from_events(events, [], 4)
    assert drawn.live == ((0.5, 4), (1.0, 3), (1.5, 2.6))
    assert [e.number for e in drawn.ended] == [1, 2]


def test_short_epochs_and_imported_runs_are_drawn_too() -> None:
    drawn = curves.from_events([started(), ended(1, 3, 2.0), ended(2, 2.5, 1.5)], [], 4)
    assert drawn.live == ((0.5, 2.0), (1.5, 1.5))
    imported = [{"epoch": 1, "validation_bits_per_char": 2.0, "loss": None, "train_loss": None}]
    drawn = curves.from_events([], imported, 1)
    assert drawn.live == ()
    assert curves_figure(drawn, None, Bets(), dark=True)


@pytest.mark.parametrize(("gone", "shown"), [(0, 1), (0.3, 1), (1.5, 2), (6, 10), (21, 30)])
def test_a_long_training_is_seen_from_its_first_updates(gone: float, shown: int) -> None:
    live = ((gone / 2, 4.0), (gone, 3.0)) if gone else ()
    drawn = curves_figure(curves.Curves(30, live, ()), None, Bets(bits=2.5), dark=False)
    assert drawn.layout.xaxis.range[1] == pytest.approx(1.03 * shown)
    [star] = [trace for trace in drawn.data if trace.marker.symbol == "star"]
    assert star.x == (shown,)


def test_a_long_training_is_thinned() -> None:
    events = [{**started(), "updates": 4000}, *(progress(u, 4 - u / 4000) for u in range(1, 4001))]
    drawn = curves.from_events(events, [], 4)
    assert len(drawn.live) <= curves.POINTS + 1
    assert list(drawn.live) == sorted(drawn.live)


def test_overfitting_is_a_validation_that_turns_up_while_training_goes_down() -> None:
    def epochs(*pairs: tuple[float, float]) -> tuple[curves.Epoch, ...]:
        events = [ended(n, bits, loss) for n, (bits, loss) in enumerate(pairs, 1)]
        return curves.from_events([started(), *events], [], 4).ended

    best = curves.overfitting(epochs((3, 2), (2, 1.5), (2.2, 1.2)))
    assert best is not None
    assert best.number == 2
    assert curves.overfitting(epochs((3, 2), (2, 1.5), (2.2, 1.6))) is None
    assert curves.overfitting(epochs((3, 2), (2, 1.5), (2.001, 1.4))) is None
    assert curves.overfitting(epochs((3, 2))) is None


def test_the_word_on_overfitting(open_page: Open) -> None:
    run = Run.open(run_path(RUN))
    run.save_history([ended(n, b, t)["record"] for n, b, t in ((1, 2, 2), (2, 3, 1))])
    at = open_page("training", job=RUN)
    assert "surapprentissage" in at.warning[0].value


def test_the_references_are_counted_on_what_the_run_reads(open_page: Open) -> None:
    at = begin(open_page)
    job = job_of(at)
    job.wait(PATIENCE)
    run = job.run
    assert run is not None
    measured = yardsticks.measure(run)
    assert measured.chance == pytest.approx(math.log(len(run.vocabulary)))
    assert not measured.shipped
    assert [order for order, _nats in measured.ngrams] == [3, 8]
    held = yardsticks.texts_of(run)
    assert held is not None
    assert measured.spaces == held.validation_text.count(" ") / len(held.validation_text)
    assert yardsticks.has_read(run, held.train_text)
    assert yardsticks.has_read(run, "Rien de cela n’y est écrit.") is False
    assert yardsticks.has_read(Run.open(run_path(RUN)), "Ah !") is None


@pytest.mark.skipif(
    Path(PLAYS).name != "moliere.csv",
    reason="MOLIERE_CORPUS does not name the CSV of the thirty plays",
)
def test_the_shipped_ngrams_where_their_two_plays_are_held_out(store: Path) -> None:
    corpus = load_corpus(PLAYS)
    run = Run.open(run_path(RUN))
    provenance = {"source": "x", "digest": corpus.digest, "chars": 1}
    path = store / "runs" / "ba9876543210"
    run = Run.create(path, path.name, run.config, run.vocabulary, provenance, "plays")
    measured = yardsticks.measure(run, [corpus])
    assert measured.shipped
    bits = [round(nats / math.log(2), 2) for _order, nats in measured.ngrams]
    assert bits == [2.62, 1.77]


@pytest.mark.parametrize(
    ("levels", "places"),
    [
        ([], []),
        ([1.0, 2.0], [1.0, 2.0]),
        ([1.0, 1.1, 1.2], [1.0, 1.5, 2.0]),
        ([5.0, 4.9], [5.0, 4.5]),
        ([0.0], [0.5]),
    ],
)
def test_names_stand_apart_near_what_they_name(levels: list[float], places: list[float]) -> None:
    assert plotting.spread(levels, 0.5, 0.5, 5.0) == pytest.approx(places)


@pytest.mark.parametrize("measure", ["bits", "nats", "accuracy"])
def test_runs_are_drawn_over_each_other(measure: str) -> None:
    runs = [("un", [(1, 3.0), (2, 2.0)]), ("<b>deux</b>", [(1, 2.5)]), ("sans mesure", [])]
    drawn = compared_figure(runs, dark=True, measure=measure)
    assert [trace.name for trace in drawn.data] == ["un", "<b>deux</b>"]
    assert list(drawn.data[0].y) == [3, 2]
    assert len({trace.line.color for trace in drawn.data}) == 2
    assert "<b>" not in " ".join(a.text for a in drawn.layout.annotations)
    assert compared_figure([("sans mesure", [])], dark=False)


# The cell of the course


@pytest.mark.slow
@pytest.mark.parametrize("plays", [(), ("petite",)])
def test_the_snippet_trains(plays: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    if not all(importlib.util.find_spec(name) for name in ("keras", "tensorflow")):
        pytest.skip("needs Keras and TensorFlow")
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    config = RunConfig(
        ModelConfig(units=8, embedding_dim=4),
        TrainingConfig(epochs=1, seq_length=10, batch_size=4),
        plays=plays,
    )
    spec = jobs.prepare(config, load_corpus())
    source = controls.code(spec)
    if plays:
        compile(source, "snippet", "exec")
        return
    done = subprocess.run(
        [sys.executable, "-c", source],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=FRAMEWORK,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Total params" in done.stdout
    assert run_path(spec.run_id).is_dir()


def test_ten_times_the_rate_is_that_of_the_chosen_preset(open_page: Open) -> None:
    done = open_page("training", preset="cours", rate=0.01).session_state["lesson.done"]
    assert "rate" in done["training"]
    done = open_page("training", preset="demo", rate=0.01).session_state["lesson.done"]
    assert "rate" not in done["training"]


@pytest.mark.parametrize(("language", "percent"), [("fr", "\N{NO-BREAK SPACE}%"), ("en", "%")])
def test_an_axis_of_shares_is_written_as_its_language_writes_them(
    monkeypatch: pytest.MonkeyPatch, language: str, percent: str
) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: language)
    whole, narrow = plotting.percents(), plotting.percents(0.473, 0.512)
    assert whole["ticktext"] == [f"{share}{percent}" for share in (0, 20, 40, 60, 80, 100)]
    assert narrow["ticktext"] == [f"{share}{percent}" for share in (48, 49, 50, 51)]
    assert narrow["tickvals"] == [0.48, 0.49, 0.5, 0.51]
