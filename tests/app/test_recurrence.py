"""The Recurrence page: who remembers a name, and what looking back costs."""

from __future__ import annotations

import json

import pytest

from dashboard.recurrence import controls, results, views, wording
from moliere_core.measures import context_cost, name_recall
from moliere_core.measures.context_cost import ContextCost
from moliere_core.measures.name_recall import DISTANCES, NameRecall
from moliere_core.system.work import Work
from tests.app.helpers import REFERENCE, Open, address, figure, run_snippet, shown, ticked

COSTS = [
    ContextCost(16, 2e-5, 2e-4, 5e-4, 4e-4, 512, 11_520),
    ContextCost(1024, 2e-5, 9e-4, 0.2, 0.035, 512, 737_280),
]


@pytest.fixture(autouse=True)
def _measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is timed in a test, and no name is planted for a whole minute."""
    monkeypatch.setattr(context_cost, "context_cost", lambda *_given, **_more: COSTS)
    results.costs.clear()
    results.recall.clear()


def point(distance: int, own: float, error: float) -> NameRecall:
    return NameRecall(distance, distance, 40 - own, 40, 40, own, error, own, error)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_curves_are_what_was_recorded(open_page: Open, language: str) -> None:
    at = open_page("recurrence", lang=language)
    assert not at.exception
    drawn = {trace["name"]: trace for trace in figure(at)["data"]}
    recorded = name_recall.recorded()
    assert len(drawn) == len(views.RECORDED) == len(recorded)
    for model in ("petit", "grand", "petit-gpt", "mini-gpt"):
        assert drawn[model]["x"] == [str(distance) for distance in DISTANCES]
        assert drawn[model]["y"] == [p.own for p in recorded[model]]
        assert drawn[model]["error_y"]["array"] == pytest.approx(
            [2 * p.own_error for p in recorded[model]]
        )
    assert "Hurcastel" in shown(at)


def test_a_model_of_the_class_is_measured_as_well(
    monkeypatch: pytest.MonkeyPatch, open_page: Open
) -> None:
    found = [point(distance, 1.0, 0.1) for distance in DISTANCES]
    monkeypatch.setattr(name_recall, "name_recall", lambda _bits, progress: found)
    results.recall(REFERENCE).result()
    at = open_page("recurrence", model=REFERENCE, distance=100)
    assert not at.exception
    assert any(trace["y"] == [1.0] * 3 for trace in figure(at)["data"])
    done = ticked(at, "recurrence")
    assert (done["distance"], done["own"], done["seconds"]) == (True, True, False)


def test_only_what_stands_above_chance_is_called_a_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    assert wording.remembers(point(20, 0.5, 0.1))
    assert not wording.remembers(point(20, 0.5, 0.3))
    assert not wording.remembers(point(20, 0.01, 0.0))
    said = wording.remembered({"un": [point(20, 0.5, 0.1)], "deux": [point(20, 0.5, 0.4)]})
    assert said.replace("\N{NO-BREAK SPACE}", " ") == (
        "**un** en gagne 0,5 après 20 (bits, sur les 40 que coûte le nom). "
        "Rien de sûr, à aucune distance, chez **deux**."
    )


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_seconds_are_those_of_this_machine(open_page: Open, language: str) -> None:
    results.costs().result()
    at = open_page("recurrence", view="seconds", lang=language)
    assert not at.exception
    assert address(at)["view"] == "seconds"
    steps, reading = (json.loads(chart.proto.spec)["data"] for chart in at.get("plotly_chart"))
    assert [trace["y"] for trace in steps] == [[0.02, 0.02], [0.2, 0.9], [0.5, 200.0]]
    assert [trace["x"] for trace in reading] == [[16, 1024]] * 2
    assert reading[0]["y"] == pytest.approx([16 / 4e-4, 1024 / 0.035], rel=0.01)
    assert "0,90" in shown(at) or "0.90" in shown(at)
    at = at.button(key="recurrence.again").click().run()
    assert not at.exception


def test_while_it_is_measured_the_page_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, open_page: Open
) -> None:
    waiting: Work[list[ContextCost]] = Work()
    monkeypatch.setattr(results, "costs", lambda: waiting)
    at = open_page("recurrence", view="seconds")
    assert not at.exception
    assert not at.get("plotly_chart")
    assert "0" in at.get("progress")[0].proto.text


@pytest.mark.parametrize("view", views.VIEWS)
def test_the_cell_runs(monkeypatch: pytest.MonkeyPatch, view: str) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    lines = run_snippet(controls.code(view, REFERENCE)).splitlines()
    assert len(lines) == 2
