"""The Experiments page: the bet, the results of each plan, the texts, and one run trained live."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.experiments import controls, trained, views, wording
from moliere_core.corpus import load_corpus
from moliere_core.models.references import load_recurrent
from moliere_core.models.samples import sample
from moliere_core.runs.run import request_id
from moliere_core.training import experiments, jobs
from moliere_core.training.experiments import PLANS, Plan, results
from tests.app.helpers import Open, address, figure, run_snippet, text, ticked
from tests.patience import PATIENCE

TRAINED = {name: plan for name, plan in PLANS.items() if results(plan)}
EVERY = pytest.mark.parametrize("plan", TRAINED.values(), ids=list(TRAINED))
VIEWS = [(plan, view) for plan in TRAINED.values() for view in (*views.CHARTS[plan.name], "texts")]


@pytest.fixture(autouse=True)
def quiet(workers: None, serve_corpus: Callable[..., None]) -> None:
    """A small corpus that has a Tartuffe, and workers without a framework."""
    cues = [f"Ah ! vous voilà, Monsieur, pour la {n}e fois." for n in range(60)]
    serve_corpus(play_name="tartuffe", cue=cues)


def revealed(open_page: Open, plan: str, **settings: Any) -> AppTest:
    at = open_page("experiments", plan=plan, revealed=",".join(PLANS), **settings)
    assert not at.exception
    assert not at.error
    return at


def french(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace(".", ",")


# The bet


@pytest.mark.slow
@EVERY
def test_nothing_is_shown_before_the_class_has_bet(open_page: Open, plan: Plan) -> None:
    at = open_page("experiments", plan=plan.name)
    assert not at.exception
    assert not at.get("plotly_chart")
    assert "<table" not in text(at)
    assert len(at.number_input) == len(plan.variants)
    for variant in plan:
        key = f"experiments.votes.{plan.name}.{variant.name}"
        at.number_input(key=key).set_value(3)
    at = at.run().button(key="experiments.reveal").click().run()
    assert not at.exception
    assert at.get("plotly_chart")
    assert address(at)["revealed"] == plan.name
    table = next(e.proto.body for e in at.get("html") if "<table" in e.proto.body)
    assert table.count("<tr") == 1 + len(plan.variants)
    assert table.count("<td>3</td>") == len(plan.variants)
    assert table.count('class="best"') == 1


def test_the_vote_is_told_beside_what_was_measured(open_page: Open) -> None:
    at = revealed(open_page, "plays", votes_tartuffe=5, votes_avare=2, reason="<b>le</b> **vers**")
    told = next(m.value for m in at.markdown if "La classe" in m.value)
    assert "**Tartuffe** (5 sur 7)" in told
    assert "mesuré\u00a0: **L’Avare**" in told
    assert r"\<b\>le\</b\>" in told
    assert "**vers**" not in told


def test_other_plans_keep_their_secret(open_page: Open) -> None:
    at = open_page("experiments", plan="length", revealed="length")
    at = at.segmented_control(key="experiments.plan").set_value("architecture").run()
    assert not at.get("plotly_chart")
    at = at.segmented_control(key="experiments.plan").set_value("length").run()
    assert at.get("plotly_chart")


@pytest.mark.parametrize("view", [*views.CHARTS["transformer"], "texts", "live"])
def test_a_plan_whose_runs_are_missing_says_so(
    open_page: Open, view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.experiments.results.shipped", lambda _plan: [])
    at = revealed(open_page, "transformer", view=view)
    if view not in ("live", "texts"):
        assert "manquent dans cette copie" in text(at)


# The results


@pytest.mark.slow
@pytest.mark.parametrize(("plan", "view"), VIEWS, ids=[f"{p.name}-{v}" for p, v in VIEWS])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_view_opens_in_both_languages(
    open_page: Open, plan: Plan, view: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = revealed(open_page, plan.name, view=view, lang=lang)
    monkeypatch.setattr("dashboard.shared.state.language", lambda: lang)
    told = text(at)
    for variant in plan:
        assert wording.variant_name(plan, variant).split()[0] in told
    if view != "texts":
        [chart] = at.get("plotly_chart")
        assert len(chart.proto.alt) > 30


def test_the_table_has_the_stored_figures(open_page: Open) -> None:
    told = text(revealed(open_page, "architecture"))
    for result in results(PLANS["architecture"]):
        scores = result.measures.scores
        assert french(scores[experiments.COMMON_TEXT].bits, 3) in told
        assert f"{result.parameters:,}".replace(",", "\u202f") in told
    assert "102\u202f192" in told


def test_the_chart_of_visible_characters_is_what_was_measured(open_page: Open) -> None:
    drawn = figure(revealed(open_page, "length"))
    for result in results(PLANS["length"]):
        length, context = result.run.config.training.seq_length, result.measures.context
        assert context is not None
        named = [
            trace
            for trace in drawn["data"]
            if trace.get("legendgroup") == f"{length} caractères" and trace["mode"] == "lines"
        ]
        by_place = {x: y for trace in named for x, y in zip(trace["x"], trace["y"], strict=True)}
        assert sorted(by_place) == list(range(1, 151))
        for k in (1, 10, length, 150):
            assert by_place[k] == pytest.approx(context.at(k))
        solid = next(trace for trace in named if trace["line"]["dash"] == "solid")
        assert max(solid["x"]) == length


def test_each_text_has_its_best_reader(open_page: Open) -> None:
    drawn = figure(revealed(open_page, "plays"))
    cells = [a["text"] for a in drawn["layout"]["annotations"]]
    assert len(cells) == 15
    assert sum("★" in cell for cell in cells) == 5


def test_the_curves_of_overfitting_turn_up(open_page: Open) -> None:
    drawn = figure(revealed(open_page, "overfitting"))
    lines = [t for t in drawn["data"] if t["mode"] == "lines"]
    assert len(lines) == 4
    for read, held in zip(lines[::2], lines[1::2], strict=True):
        best = held["y"].index(min(held["y"]))
        assert held["y"][-1] > held["y"][best]
        assert read["y"][-1] < read["y"][best]


# The texts


def test_they_write_with_the_same_draws(open_page: Open) -> None:
    at = revealed(open_page, "architecture", view="texts", prompt="Ah ! <i>", seed=4)
    html = [e.proto.body for e in at.get("html") if 'class="said"' in e.proto.body]
    found = results(PLANS["architecture"])
    assert len(html) == len(found)
    for body, result in zip(html, found, strict=True):
        said = re.sub("<[^>]*>", "", body).replace("&lt;", "<").replace("&gt;", ">")
        said = said.replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&")
        if result.has_weights:
            model = load_recurrent(result.reference)
            written = sample(model, "Ah ! <i>", seed=4, chars=experiments.SAMPLE_CHARS)
            assert said.endswith("…")
            assert written.strip().startswith(said.removesuffix("…"))
            assert "<i>" not in body
        else:
            assert result.measures.sample.strip().startswith(said.removesuffix("…"))
            assert "ne sont pas livrés" in text(at)


# Live


@pytest.mark.slow
def test_one_run_is_trained_and_lands_beside_the_others(open_page: Open) -> None:
    plan = PLANS["plays"]
    at = revealed(open_page, "plays", view="live", variant="tartuffe", corpus="server")
    assert "Rien n’a encore été entraîné" in text(at)
    at = at.button(key="experiments.start").click().run()
    corpus = load_corpus()
    config = experiments.on_corpus(plan, plan.variant("tartuffe"), corpus)
    job = jobs.get(request_id(config, corpus.digest))
    assert job is not None
    assert job.wait(PATIENCE).state is jobs.State.FINISHED
    at = at.run()
    assert not at.exception
    told = text(at)
    assert job.run is not None
    assert french(job.run.history[-1]["validation_bits_per_char"], 3) in told
    assert "enregistré (il a lu Molière)" in told
    [link] = [e.proto for e in at.get("page_link") if e.proto.query_string == f"job={job.id}"]
    assert link.label == "Ses courbes"
    at = at.segmented_control(key="experiments.view.plays").set_value("matrix").run()
    assert not at.exception
    assert ticked(at, "experiments")["live"]


@pytest.mark.slow
def test_a_run_on_the_same_text_is_a_line_of_the_table(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trained.Live, "same_text", True)
    at = revealed(open_page, "overfitting", view="live", variant="dropout-50", corpus="server")
    at = at.button(key="experiments.start").click().run()
    [job] = jobs.list_jobs()
    assert job.wait(PATIENCE).state is jobs.State.FINISHED
    for view in views.CHARTS["overfitting"]:
        at = revealed(open_page, "overfitting", view=view)
        table = next(e.proto.body for e in at.get("html") if "<table" in e.proto.body)
        assert "dropout 50\u00a0%, ici" in table
        assert any("ici" in (t.get("name") or "") for t in figure(at)["data"])


def test_a_public_server_says_what_it_refuses(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    at = open_page(
        "experiments", plan="architecture", revealed="architecture", view="live", variant="lstm-512"
    )
    assert at.button(key="experiments.start").disabled
    assert "512" in at.error[0].value


def test_without_a_framework_the_results_are_still_there(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "available", lambda: False)
    at = revealed(open_page, "plays", view="live")
    assert at.button(key="experiments.start").disabled
    assert "TensorFlow" in text(at)
    assert revealed(open_page, "plays").get("plotly_chart")


def test_a_corpus_with_too_few_plays_is_one_sentence(open_page: Open) -> None:
    at = revealed(open_page, "plays", view="live", variant="fourberies", corpus="server")
    assert "pas assez de pièces" in text(at)
    assert not [b for b in at.button if b.key == "experiments.start"]


# The rest


def test_they_do_not_flood_the_choice_of_models(open_page: Open) -> None:
    at = open_page("probabilities")
    [choice] = [box for box in at.selectbox if box.key == "model"]
    assert not [name for name in choice.options if name.startswith("exp-")]
    at = open_page("probabilities", model="exp-plays-avare")
    assert not at.exception
    assert not at.error


def test_they_read_a_text_of_the_class_on_the_training_page(open_page: Open) -> None:
    at = revealed(open_page, "plays", view="live")
    [link] = [e.proto for e in at.get("page_link") if "exp-plays" in e.proto.query_string]
    asked = dict(pair.split("=") for pair in link.query_string.split("&"))
    runs = asked["runs"].replace("%2C", ",")
    at = open_page("training", view=asked["view"], common=asked["common"], runs=runs + ",exp-a-b")
    at = at.text_area[0].set_value("Mon père, je suis votre serviteur.").run()
    assert not at.exception
    [table] = [e.proto.body for e in at.get("html") if "Bits par caractère" in e.proto.body]
    assert sorted(re.findall(r"\d\. ([\w-]+)", table)) == sorted(runs.split(","))
    bits = re.findall(r"\b\d,\d{3}\b", table)
    assert len(bits) == len(runs.split(","))
    assert bits == sorted(bits)
    at = open_page("training", view="stored", runs="exp-plays-avare")
    assert not at.exception
    assert "exp" in text(at)


def test_a_copy_without_the_runs_says_so(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(experiments.Result.__init__, "__defaults__", (tmp_path,))
    monkeypatch.setattr(experiments.results, "__defaults__", (tmp_path,))
    at = open_page("experiments", plan="plays", revealed="plays")
    assert not at.exception
    assert "manquent" in text(at)


@EVERY
def test_the_snippet_runs(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    written = run_snippet(controls.code(plan, plan.variants[-1].name))
    for result in results(plan):
        assert result.reference in written


def test_items_tick_themselves(open_page: Open) -> None:
    at = open_page("experiments", plan="length", votes_40=1)
    at = at.button(key="experiments.reveal").click().run()
    done = ticked(at, "experiments")
    assert done["bet"]
    assert done["past"]
    assert not done["texts"]
