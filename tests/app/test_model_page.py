"""The Model page: shapes, sums, the loss at the start, the table of embeddings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from dashboard.model import controls, results
from dashboard.model.controls import Settings, address
from dashboard.model.views import VIEWS, counts, drawing, embedding, loss
from dashboard.shared import naming
from moliere_core.config import PRESETS, ModelConfig, RunConfig
from moliere_core.corpus import EMBEDDED
from moliere_core.models.references import load_recurrent
from moliere_core.networks.architecture import layer_plans
from tests.app.helpers import Open, component, run_snippet, shown
from tests.app.helpers import address as page_address

pytestmark = pytest.mark.usefixtures("embedded", "french")

SETTINGS = Settings(EMBEDDED, "cours", PRESETS["cours"].model, PRESETS["cours"].training)
RNN = Settings(EMBEDDED, "demo", ModelConfig("rnn", 64, 128, 1, 0.2), PRESETS["demo"].training)
TRANSFORMER = Settings(
    EMBEDDED,
    "demo",
    ModelConfig("transformer", units=64, layers=2, heads=2, context=64),
    RunConfig(ModelConfig("transformer", context=64), PRESETS["transformer"].training).training,
)
GRU = Settings(EMBEDDED, "demo", ModelConfig("gru", 64, 128, 2, 0.0), PRESETS["demo"].training)


@pytest.mark.parametrize("settings", [SETTINGS, GRU, RNN, TRANSFORMER])
def test_the_drawing_has_each_layer_with_its_shape_and_count(settings: Settings) -> None:
    data = drawing.payload(settings)
    plans = layer_plans(settings.model, settings.symbols)
    rows = [row for row in data["rows"] if row["sum"]]
    assert [row["sum"] for row in rows] == [naming.product(plan) for plan in plans]
    batch, length = settings.training.batch_size, settings.training.seq_length
    assert data["rows"][0]["shape"] == f"({batch}, {length})"
    assert [row["shape"] for row in rows] == [
        f"({batch}, {length}, {plan.outputs})" for plan in plans
    ]
    assert sum(row["share"] for row in rows) == pytest.approx(1)
    assert ("dropout" in [row["kind"] for row in data["rows"]]) == (settings.model.dropout > 0)
    assert all(max(np.abs(row["values"])) == 1 for row in rows)


def test_softmax_of_the_untrained_network_is_nearly_flat() -> None:
    bars = drawing.payload(SETTINGS)["rows"][-1]["bars"]
    assert len(bars) == SETTINGS.symbols
    assert min(bars) > 0.8


@pytest.mark.parametrize("settings", [SETTINGS, GRU, RNN, TRANSFORMER])
def test_a_sum_gives_the_count_beside_it(settings: Settings) -> None:
    _heads, rows = counts.sums(settings)
    for _name, written, count, _share in rows[:-1]:
        written = written.replace("×", "*").replace("²", "**2")
        value = eval(written)  # our own arithmetic, as it is shown
        assert count.replace("\N{NARROW NO-BREAK SPACE}", "") == str(value)
    total = rows[-1][2].replace("\N{NARROW NO-BREAK SPACE}", "")
    assert total == str(settings.model.parameter_count(settings.symbols))


def test_the_comparison_counts_shipped_models_and_the_course() -> None:
    found = dict(counts.comparison(SETTINGS))
    assert found["petit"] == 430_815
    assert found["grand"] == load_recurrent("grand").parameters
    assert found["ces réglages"] == found["préréglage cours"]
    assert "300\N{NARROW NO-BREAK SPACE}000" in counts.course_sentence(SETTINGS) or (
        "300 000" in counts.course_sentence(SETTINGS)
    )


@pytest.mark.parametrize("settings", [SETTINGS, GRU, RNN, TRANSFORMER])
def test_the_loss_at_the_start_is_near_ln_v(settings: Settings) -> None:
    measured = results.start_loss(settings.model, EMBEDDED)
    assert measured == pytest.approx(math.log(settings.symbols), abs=0.03)
    assert results.loss_of("petit@0", EMBEDDED) == pytest.approx(math.log(95), abs=0.03)
    assert results.loss_of("petit", EMBEDDED) < 2.2
    written = "\n".join(" ".join(row) for row in loss.rows(settings))
    assert f"{math.log(settings.symbols):.3f}".replace(".", ",") in written
    assert f"{math.log(95):.3f}".replace(".", ",") in written


def test_one_hot_targets_are_weighed() -> None:
    said = loss.sparse(SETTINGS)
    assert f"**{loss.size(64 * 60 * 4)}**" in said
    assert f"**{loss.size(64 * 60 * 4 * SETTINGS.symbols)}**" in said
    assert loss.size(1_500) == "1,5\N{NO-BREAK SPACE}ko"
    assert loss.size(2_500_000_000) == "2,5\N{NO-BREAK SPACE}Go"


@pytest.mark.parametrize("char", ["e", "é", " ", "k"])
def test_a_row_looked_up_is_the_product(char: str) -> None:
    found = embedding.look_up(char)
    petit = load_recurrent("petit")
    assert found.index == petit.vocabulary.encode(char)[0]
    assert found.difference == 0
    assert (found.row == petit.network.embedding[found.index]).all()


def test_training_brings_a_letter_near_its_capital() -> None:
    assert embedding.nearest("petit", "e")[0][0] == "E"
    before, after = (embedding.nearest(name, "e")[0][1] for name in ("petit@0", "petit"))
    assert after > before + 0.2


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_screen_in_both_languages(open_page: Open, view: str, language: str) -> None:
    at = open_page("model", view=view, lang=language)
    assert not at.exception
    assert not at.error
    assert at.title[0].value == ("Le modèle" if language == "fr" else "The model")


def test_a_preset_turns_the_others_at_once(open_page: Open) -> None:
    at = open_page("model")
    at = at.segmented_control(key="model.units").set_value("512").run()
    assert page_address(at)["units"] == "512"
    at = at.segmented_control(key="model.preset").set_value("cours-rapide").run()
    assert at.segmented_control(key="model.units").value == "128"
    assert at.segmented_control(key="model.embedding").value == "64"
    assert component(at)["rows"][0]["shape"] == "(64, 40)"


def test_a_transformer_is_drawn_with_its_blocks(open_page: Open) -> None:
    at = open_page("model", cell="transformer", layers=2)
    assert not at.exception
    rows = component(at)["rows"]
    assert [row["title"] for row in rows] == [
        "Entrée",
        "Plongement",
        "Positions",
        "Bloc 1",
        "Bloc 2",
        "Normalisation",
        "Sortie",
        "Softmax",
    ]
    at = at.segmented_control(key="model.heads").set_value("2").run()
    assert page_address(at)["heads"] == "2"
    at = at.segmented_control(key="model.cell").set_value("rnn").run()
    assert [row["title"] for row in component(at)["rows"]][2:4] == ["RNN", "Dropout"]
    assert not {"heads", "context"} & set(page_address(at))


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("cell", ["rnn", "transformer"])
def test_every_view_opens_on_every_kind_of_network(open_page: Open, view: str, cell: str) -> None:
    at = open_page("model", view=view, cell=cell)
    assert not at.exception
    assert not at.error


@pytest.mark.parametrize("settings", [RNN, TRANSFORMER])
def test_the_outputs_are_those_of_the_network_itself(settings: Settings) -> None:
    network = results.untrained(settings.model, settings.symbols)
    ids = settings.material.ids[: drawing.READ]
    found, logits = results.outputs(network, ids)
    assert len(found) == len(layer_plans(settings.model, settings.symbols))
    state: Any = network.zero_state(1)
    np.testing.assert_allclose(logits, network.run(ids[None], state)[0][0, -1], atol=1e-5)


def test_the_address_wins_over_the_preset(open_page: Open) -> None:
    at = open_page("model", preset="demo", cell="gru", units=128, layers=3, embedding=256)
    rows = [row["title"] for row in component(at)["rows"]]
    assert rows == ["Entrée", "Plongement", "GRU 1", "GRU 2", "GRU 3", "Sortie", "Softmax"]


@pytest.mark.slow
@pytest.mark.parametrize("char", ["", "ab", "<b>", "k", "\N{NO-BREAK SPACE}", "🎭"])
def test_any_character_can_be_looked_up(open_page: Open, char: str) -> None:
    at = open_page("model", view="embedding", char=char)
    assert not at.exception
    assert not at.error
    assert bool(at.info) == (char in ("k", "🎭", "<b>"))


def test_the_training_page_opens_with_these_settings(open_page: Open) -> None:
    model = ModelConfig("gru", 256, 128, 2, 0.2)
    settings: dict[str, Any] = dict(address("cours", model))
    at = open_page("training", **settings)
    assert not at.exception
    assert at.segmented_control(key="training.preset").value == "cours"
    assert at.segmented_control(key="training.cell").value == "gru"
    for name, value in (("layers", 2), ("units", 128), ("embedding", 256), ("seq", 60)):
        assert at.number_input(key=f"training.{name}").value == value
    [link] = [
        e.proto for e in open_page("model", **settings).get("page_link") if "units" in str(e.proto)
    ]
    assert "units=128" in str(link)


def test_a_preset_chosen_here_is_the_training_page_s(open_page: Open) -> None:
    at = open_page("model")
    at = at.segmented_control(key="model.preset").set_value("meilleur").run()
    at.query_params.clear()
    for name, value in address("meilleur", PRESETS["meilleur"].model).items():
        at.query_params[name] = value
    at = at.switch_page("../pages/training.py").run()
    assert at.segmented_control(key="training.preset").value == "meilleur"
    assert at.number_input(key="training.layers").value == 2
    assert at.number_input(key="training.epochs").value == PRESETS["meilleur"].training.epochs


def test_the_snippet_runs() -> None:
    written = run_snippet(controls.code(GRU))
    assert f"\n{GRU.model.parameter_count(GRU.symbols)}\n" in written
    assert "gru 128" in written
    assert f"{math.log(GRU.symbols):.3f}"[:4] in written


def test_what_was_tried_ticks_itself(open_page: Open) -> None:
    at = open_page("model", view="embedding", char="é")
    at = at.pills(key="model.drawer").set_value("try").run()
    assert at.checkbox(key="model.try.char").value
    assert not at.checkbox(key="model.try.gru").value
    assert "sparse" not in shown(at)


def test_a_size_that_an_interrupted_run_left_empty_gets_its_value_again(open_page: Open) -> None:
    app = open_page("model", view="counts", units="128")
    app.session_state["model.units"] = None
    app.run()
    assert not app.exception
    assert app.session_state["model.units"] == "128"
