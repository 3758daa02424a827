"""The Inside page: a unit that colours a text, its gates, what mattered, one step in numbers."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.inside import controls, results, wording
from dashboard.inside.figures.embedding import legible
from dashboard.inside.text import Looked
from dashboard.inside.views import VIEWS, unit
from moliere_core.corpus import EMBEDDED
from moliere_core.inspection.features import NAMES
from moliere_core.inspection.influence import influence
from moliere_core.inspection.trace import read, trace
from moliere_core.models.references import load_recurrent
from tests.app.helpers import REFERENCE, Open, address, components, run_snippet, shown, ticked
from tests.patience import PATIENCE

HTML = "<b>Ah</b> **non** $x$ & <img src=x>"


@pytest.fixture(autouse=True)
def _embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOLIERE_CORPUS", raising=False)


def finish() -> None:
    """Wait for what the page computes in the background."""
    results.tracking(REFERENCE, EMBEDDED).result(PATIENCE)
    results.index(REFERENCE, EMBEDDED).result(PATIENCE)


def opened(open_page: Open, **settings: Any) -> AppTest:
    """The page with all that it computes, and nothing wrong on it."""
    finish()
    at = open_page("inside", **settings)
    assert not at.exception
    assert not at.error
    return at


def cells(at: AppTest) -> dict[str, Any]:
    """What the page sends to the coloured text."""
    sent: list[dict[str, Any]] = components(at)
    return next(data for data in sent if "values" in data)


def passages(at: AppTest) -> list[tuple[str, str]]:
    """The text of each passage that is shown, and where it is."""
    [shown] = [e.proto.body for e in at.get("html") if 'class="passages"' in e.proto.body]
    found = re.findall(r"<mark>(.*?)</mark>.*?class=\"from\"><span>(.*?)</span>", shown)
    return [(html.unescape(text).replace(" ↵ ", "\n"), source) for text, source in found]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_in_both_languages(open_page: Open, view: str, language: str) -> None:
    at = opened(open_page, lang=language, view=view)
    assert address(at).get("view", "unit") == view
    charts = at.get("plotly_chart")
    assert len(charts) == {"unit": 0, "gates": 2, "step": 0, "why": 2}.get(view, 1)
    for chart in charts:
        layout = json.loads(chart.proto.spec)["layout"]
        assert layout["title"]["text"]
        assert chart.proto.alt or "alt" in str(chart.proto)


def test_it_says_how_far_it_is_until_units_are_known(open_page: Open) -> None:
    at = open_page("inside")
    assert not at.exception
    assert cells(at)["values"]


def test_petit_opens_on_a_named_unit(open_page: Open) -> None:
    at = open_page("inside", model="petit", view="gates")
    assert not at.exception
    options = at.selectbox(key=controls.TRACKED.key).options
    assert options[0].startswith("suit le nombre de lettres du mot")
    assert not any("parenthèse" in option for option in options)
    data = cells(at)
    context, seen = read(load_recurrent("petit"), controls.DEFAULT_TEXT)
    table = results.tracking("petit", EMBEDDED).result()
    first = table.units[0]
    assert data["text"] == context
    assert data["values"] == pytest.approx(
        seen.layers[first.layer].memory[:, first.unit].tolist(), abs=6e-4
    )


def test_another_snapshot_has_other_units(open_page: Open) -> None:
    shipped = results.tracking("petit", EMBEDDED).result()
    work = results.tracking("petit@0", EMBEDDED)
    assert not work.done() or work.result().weights != shipped.weights
    work.result(PATIENCE)


def test_the_same_cells_elsewhere(open_page: Open) -> None:
    finish()
    at = open_page("inside", **{"text": "Mon coeur, Monsieur", "from": 10, "to": 12})
    assert not at.exception
    assert cells(at)["span"] == [10, 12]
    index = results.index(REFERENCE, EMBEDDED).result()
    _, seen = read(load_recurrent(REFERENCE), "Mon coeur, Monsieur")
    active = index.active_cells(seen, 10, 12)
    expected = index.passages(active, 2, 8)
    assert active
    assert "pastiches" in shown(at)
    assert [text for text, _source in passages(at)] == [p.text for p in expected]
    source = html.unescape(passages(at)[0][1])
    assert expected[0].play in source
    assert expected[0].speaker in source


@pytest.mark.parametrize(
    ("mean", "told"),
    [
        (8.0, "8 cellules sur 8"),
        (1.0, "1 cellule sur 8"),
        (7.98, "7,9 cellules sur 8 en moyenne"),  # not all of them
    ],
)
def test_a_count_of_cells_is_no_decimal(
    monkeypatch: pytest.MonkeyPatch, mean: float, told: str
) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    assert unit.how_many(mean, 8) == told


def test_the_numbers_behind_the_colours_are_to_take_away(open_page: Open) -> None:
    finish()
    at = open_page("inside", text="Mon coeur, Monsieur")
    assert [button.proto.label for button in at.get("download_button")] == ["Données (CSV)"]
    _, seen = read(load_recurrent(REFERENCE), "Mon coeur")
    looked = Looked(REFERENCE, "\nMon cœur", seen, 0, 3, 1, 4)
    data = unit.colours_table(looked)
    assert "".join(data["caractère"]) == "\nMon cœur"
    assert data["mémoire"].tolist() == seen.layers[0].memory[:, 3].tolist()


def test_a_passage_without_a_cell_of_its_own_says_what_to_do(open_page: Open) -> None:
    finish()
    at = open_page("inside", **{"text": "Mon coeur, Monsieur", "from": 1, "to": 17})
    assert "plus court" in at.info[0].value


def test_what_mattered_is_the_core_s(open_page: Open) -> None:
    finish()
    at = open_page("inside", **{"view": "mattered", "text": "Ah ! la peste", "from": 8, "to": 9})
    data = cells(at)
    model = load_recurrent(REFERENCE)
    context, seen = read(model, "Ah ! la peste")
    assert data["target"] == 8
    found = influence(model.network, trace(model.network, seen.ids[:8]), int(seen.ids[8]))
    assert data["values"][:8] == pytest.approx(found.gradient_input.tolist(), abs=1e-4)
    assert data["values"][8:] == [None] * (len(context) - 8)
    assert f"{100 * np.exp(found.log_prob):.1f}".replace(".", ",") in shown(at)
    at = open_page("inside", **{"view": "mattered", "from": 0, "to": 1})
    assert "après au moins un autre" in at.info[0].value


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
def test_pasted_markup_shows_as_itself(open_page: Open, view: str) -> None:
    finish()
    at = open_page("inside", **{"view": view, "text": HTML, "from": 1, "to": 4})
    assert not at.exception
    if view != "embedding":
        assert cells(at)["text"] == "\n" + HTML
    for chart in at.get("plotly_chart"):
        assert "<img" not in chart.proto.spec
        assert "<b>A" not in chart.proto.spec
    said = shown(at)
    for escaped in ("\\<b\\>", "\\<b", "\\>"):
        said = said.replace(escaped, "")
    assert "<b>" not in said.replace("<b><", "")
    assert "<img" not in said


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "\n", "\U0001f600", "a"])
@pytest.mark.parametrize("view", VIEWS)
def test_short_and_strange_texts(open_page: Open, view: str, text: str) -> None:
    opened(open_page, view=view, text=text)


def test_bad_addresses_do_no_harm(open_page: Open) -> None:
    finish()
    at = open_page("inside", **{"view": "step", "from": 900, "to": 2, "layer": 3, "unit": 999})
    assert not at.exception
    at = open_page("inside", tracks="nothing", gate="nothing", view="gates")
    assert not at.exception
    assert not at.error


def test_a_step_opens_where_its_unit_shows_most(open_page: Open) -> None:
    finish()
    at = open_page("inside", view="step", tracks="other", unit=5, text="Mon coeur")
    _, seen = read(load_recurrent(REFERENCE), "Mon coeur")
    most = int(np.abs(seen.layers[0].series["hidden"][:, 5]).argmax())
    assert cells(at)["span"] == [most, most + 1]


@pytest.mark.parametrize("view", ["forgets", "unit"])
def test_another_text_has_no_passage_chosen(open_page: Open, view: str) -> None:
    finish()
    at = open_page("inside", **{"view": view, "from": 2, "to": 4})
    at = at.text_area(key=controls.TEXT.key).set_value("Madame a bien raison de rire").run()
    assert cells(at)["span"] == [15, 21]  # a word in its middle, with something after it
    assert (view == "unit") or not at.info
    assert "from" not in address(at)


def test_any_unit_by_its_number(open_page: Open) -> None:
    finish()
    at = open_page("inside", view="step", tracks="other", unit=5)
    assert not at.exception
    assert "unité 5" in shown(at)
    assert address(at)["unit"] == "5"


def test_items_tick_themselves(open_page: Open) -> None:
    finish()
    at = open_page("inside", view="step", text="Bonjour à tous")
    done = ticked(at, "inside")
    assert done["step"]
    assert done["own"]
    assert not done["forgets"]


def test_every_feature_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    assert set(wording.features()) == set(NAMES)


@pytest.mark.parametrize("text", ["Ah ! ", "", 'l\'"œil"\n{0} \\ \'\'\' """ %s'])
def test_the_cell_runs(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    lines = run_snippet(controls.code(REFERENCE, text, 0, 3)).splitlines()
    context, seen = read(load_recurrent(REFERENCE), text)
    assert len(lines) >= len(context)
    last = float(lines[len(context) - 1].split()[-1])
    assert last == pytest.approx(seen.layers[0].memory[-1, 3], abs=6e-4)


def test_symbols_are_written_only_where_none_covers_another() -> None:
    points = np.array([[0, 0], [0.01, 0.01], [1, 0], [0, 1]], np.float32)
    assert legible(["a", "b", "c", "d"], points, 0, 640, 470) == {0, 2, 3}
    assert legible(["a", "b", "c", "d"], points, 1, 640, 470) == {1, 2, 3}  # the chosen one first
    assert legible(["mon"] * 2, points[[0, 2]], 0, 30, 470) == {0}
    assert legible(["a"], points[:1], 0, 640, 470) == {0}
