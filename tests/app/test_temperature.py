from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from dashboard.shared.widgets import COURSE_START
from dashboard.temperature.results import (
    compare,
    find_loop,
    first_difference,
    mean_hesitation,
)
from moliere_core.config import SamplingConfig
from moliere_core.judging import compromise
from moliere_core.models.references import load_model
from moliere_core.models.sampling import generate
from tests.app.helpers import REFERENCE, Open, address, component


def test_five_temperatures_with_the_same_draws(open_page: Open) -> None:
    at = open_page("temperature", prompt="Ah ! ", seed=3)
    columns = component(at)["columns"]
    assert [c["heading"] for c in columns] == ["T = 0,2", "T = 0,5", "T = 0,8", "T = 1", "T = 1,3"]
    configs = [SamplingConfig(t) for t in (0.2, 0.5, 0.8, 1.0, 1.3)]
    texts = generate(load_model(REFERENCE), ["Ah ! "] * 5, configs, [3] * 5, 200)
    assert [c["text"] for c in columns] == texts
    assert columns[0]["differs_at"] is None
    for left, right in pairwise(columns):
        at_char = right["differs_at"]
        assert left["text"][:at_char] == right["text"][:at_char]
        assert left["text"][at_char] != right["text"][at_char]


def test_everything_is_in_the_address(open_page: Open) -> None:
    wanted = {"t": "0,0.7,2", "chars": "60", "seed": "9", "top_k": "4", "top_p": "0.9"}
    at = open_page("temperature", **wanted)
    assert {name: address(at)[name] for name in wanted} == {
        name: value for name, value in wanted.items()
    }
    columns = component(at)["columns"]
    assert [c["heading"] for c in columns] == ["T = 0", "T = 0,7", "T = 2"]
    assert {len(c["text"]) for c in columns} == {60}
    again = open_page("temperature", **address(at))
    assert component(again) == component(at)


def test_several_prompts_at_one_temperature(open_page: Open) -> None:
    at = open_page("temperature", compare="prompts", prompts="Ah ! \nQuoi ? ", temperature=0.5)
    columns = component(at)["columns"]
    assert [c["heading"] for c in columns] == ["« Ah ! »", "« Quoi ? »"]
    assert at.slider(key="temperature.one").value == 0.5
    at = open_page("temperature", lang="en", compare="prompts", prompts="Ah !")
    assert [c["heading"] for c in component(at)["columns"]] == ["“Ah !”"]


def test_a_typed_temperature_with_a_comma(open_page: Open) -> None:
    at = open_page("temperature")
    at = at.multiselect(key="temperature.t").set_value(["0,35"]).run()
    assert [c["heading"] for c in component(at)["columns"]] == ["T = 0,35"]
    assert address(at)["t"] == "0.35"


@pytest.mark.parametrize("typed", [["chaud"], ["12"], ["nan"], []])
def test_bad_temperatures_are_one_sentence(open_page: Open, typed: list[str]) -> None:
    at = open_page("temperature")
    at = at.multiselect(key="temperature.t").set_value(typed).run()
    assert not at.exception
    assert len(at.error) == 1
    at = at.multiselect(key="temperature.t").set_value([0.5]).run()
    assert not at.error


def test_a_greedy_loop_is_flagged(open_page: Open) -> None:
    at = open_page("temperature", t="0", chars=500)
    [column] = component(at)["columns"]
    assert column["loop"] == "tourne en rond"
    start, stop = column["cycle"]
    assert stop - start >= 30


def test_five_columns_are_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model, streams = load_model("petit"), list[int]()
    step = model.step

    def count(ids: np.ndarray, state: object) -> object:
        streams.append(len(ids))
        return step(ids, state)

    monkeypatch.setattr(model, "step", count)
    configs = [SamplingConfig(t) for t in (0.2, 0.5, 0.8, 1.0, 1.3)]
    compare(model, ["Mon frère, "] * 5, configs, 1, 200)
    assert set(streams) == {5}
    assert len(streams) <= 200


# What is said of a column


def test_first_difference() -> None:
    assert first_difference("abcd", "abxd") == 2
    assert first_difference("abcd", "abcd") is None
    assert first_difference("", "a") is None


@pytest.mark.parametrize("cycle", ["a", "ab", "je vous dis que "])
def test_a_cycle_is_found_whole(cycle: str) -> None:
    rounds = cycle * (60 // len(cycle))
    found = find_loop("Il parle, et puis : " + rounds + "!?")
    assert found is not None
    start, stop = found
    assert start <= 20
    assert stop >= 20 + len(rounds)
    assert stop <= 20 + len(rounds) + 1


def test_no_loop_in_plain_text() -> None:
    assert find_loop("Mon frère, s'il vous plaît, ne discourons point tant, et que chacun") is None
    assert find_loop("ha ha ha ha ha") is None  # too short to be a loop
    assert find_loop("") is None


def test_twice_is_not_a_loop() -> None:
    assert find_loop("voilà un vers entier qui revient, " * 2) is None


def test_hesitation_of_uniform_and_certain() -> None:
    probs = np.array([[0.25, 0.25, 0.25, 0.25], [0.25, 0.25, 0.25, 0.25]], np.float32)
    assert mean_hesitation(probs) == pytest.approx(4)
    assert mean_hesitation(np.eye(4, dtype=np.float32)) == pytest.approx(1)


def test_as_in_the_notebook_is_a_click_and_an_address(open_page: Open) -> None:
    at = open_page("temperature", compare="prompts", t="0.3", top_p="0.9")
    at = at.button(key="temperature.notebook").click().run()
    course = {"prompt": COURSE_START, "top_k": "50", "chars": "150", "seed": "42"}
    assert {k: v for k, v in address(at).items() if k not in ("lang", "model")} == course
    columns = component(at)["columns"]
    assert [c["heading"] for c in columns] == ["T = 0,2", "T = 0,5", "T = 0,8", "T = 1", "T = 1,3"]
    configs = [SamplingConfig(t, top_k=50) for t in (0.2, 0.5, 0.8, 1.0, 1.3)]
    texts = generate(load_model(REFERENCE), [COURSE_START] * 5, configs, [42] * 5, 150)
    assert [c["text"] for c in columns] == texts


def test_each_column_says_what_it_is_worth(open_page: Open) -> None:
    at = open_page("temperature", t="0.5,1", model="petit")
    for column in component(at)["columns"]:
        assert any("existent" in line for line in column["worth"])
        assert any("12 syllabes" in line for line in column["worth"])
    assert any("vrai Molière" in caption.value for caption in at.caption)


def test_the_compromise_stands_beside_real_plays(open_page: Open) -> None:
    at = open_page("temperature", t="0.6,1", model="petit")
    [said] = [text.value for text in at.markdown if "Le plus près du vrai Molière" in text.value]
    assert "De vos températures" in said
    assert "bit" in said


def test_the_class_weighs_what_it_looks_for(open_page: Open) -> None:
    at = open_page("temperature", model="petit", weighed="alexandrines,bits")
    assert at.multiselect(key="temperature.weighed").value == ["alexandrines", "bits"]
    [said] = [text.value for text in at.markdown if "Le plus près du vrai Molière" in text.value]
    assert "12 syllabes" in said
    assert "coûte" in said
    assert "longs mots" not in said
    assert {"temperature.compromise", "temperature.distance"} <= {
        chart.key for chart in at.get("plotly_chart")
    }
    at.multiselect(key="temperature.weighed").set_value([]).run()
    assert "Choisissez ce qui compte" in at.info[0].value
    assert not at.get("plotly_chart")


def test_bits_that_nobody_measured_do_not_count(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = replace(compromise.shipped()["petit"], passages={})
    monkeypatch.setattr(compromise, "find", lambda reference: found)
    at = open_page("temperature", model="petit", weighed="new_12,bits")
    assert any("ils ne comptent pas" in caption.value for caption in at.caption)
    [said] = [text.value for text in at.markdown if "Le plus près du vrai Molière" in text.value]
    assert "coûte" not in said
