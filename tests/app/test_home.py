from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.home import controls, results
from dashboard.home.results import BARS, PIECES, Performance
from dashboard.home.views import AT_ONCE
from dashboard.shared import cached, state
from dashboard.shared.fields import DEFAULT_PROMPT
from dashboard.shared.widgets import COURSE_START
from moliere_core.config import SamplingConfig
from moliere_core.models.references import load_model
from moliere_core.models.sampling import Writer, generate
from tests.app.helpers import REFERENCE, ROOT, Open, address, component
from tests.patience import PATIENCE


def test_it_writes_by_itself_with_the_bars_of_each_choice(open_page: Open) -> None:
    data = component(open_page())
    assert "".join(text for text, _ in data["prompt"]) == DEFAULT_PROMPT
    assert len(data["text"]) == PIECES[0] < data["piece"] == AT_ONCE
    assert len(data["candidates"]) == len(data["chances"]) == PIECES[0] * BARS
    assert not data["paused"]
    assert data["speed"] == 20
    first = data["chances"][:BARS]
    assert first == sorted(first, reverse=True)
    assert sum(first) <= 10_000
    assert all(
        data["candidates"][i * BARS : (i + 1) * BARS].count(char) <= 1
        for i, char in enumerate(data["text"])
    )


def test_the_chance_of_the_character_drawn_is_that_of_its_bar(open_page: Open) -> None:
    data = component(open_page())
    for i, char in enumerate(data["text"]):
        bars = data["candidates"][i * BARS : (i + 1) * BARS]
        if char in bars:
            assert data["drawn"][i] == data["chances"][i * BARS + bars.index(char)]


def test_pause_and_speed_do_not_start_again(open_page: Open) -> None:
    at = open_page()
    before = component(at)
    at = at.button(key="home.pause").click().run()
    assert component(at)["paused"]
    assert at.button(key="home.pause").label == "Reprendre"
    at = at.segmented_control(key="home.speed").set_value("slow").run()
    assert component(at)["speed"] == 8
    assert address(at)["speed"] == "slow"
    assert component(at)["id"] == before["id"]
    assert component(at)["text"] == before["text"]


def test_writing_on_and_another_prompt_start_again(open_page: Open) -> None:
    at = open_page()
    before = component(at)
    at = at.button(key="home.pause").click().run()
    [write_on] = [b for b in at.button if b.label == "Écrire la suite"]
    at = write_on.click().run()
    again = component(at)
    assert again["id"] != before["id"]
    assert again["text"] == before["text"]  # same seed, same text
    assert not again["paused"]
    other = component(at.text_input(key="prompt").set_value("Ah ! ").run())
    assert other["id"] != again["id"]


def test_the_card_gives_size_and_measure(open_page: Open) -> None:
    at = open_page(lang="en")
    [card] = [c.value for c in at.caption]
    assert "one layer of 8 units" in card
    assert "4.25 bits per character" in card


def test_an_address_that_lags_behind_a_quick_click_is_not_obeyed(open_page: Open) -> None:
    at = open_page(speed="slow")
    assert component(at)["speed"] == 8
    at = at.segmented_control(key="home.speed").set_value("instant").run()
    at.query_params["speed"] = "slow"  # what the browser still shows
    at = at.button(key="home.pause").click().run()
    assert component(at)["speed"] == 0
    assert address(at)["speed"] == "instant"


def test_it_lags_while_a_busy_server_answers(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = open_page()
    times = iter([0.0, 0.0, 1.0, 61.0, 62.0, 62.0])  # when three runs begin and end
    monkeypatch.setattr(state, "time", SimpleNamespace(monotonic=lambda: next(times)))
    at = at.segmented_control(key="home.speed").set_value("slow").run()
    del at.query_params["speed"]  # the second click is made before the first is answered
    at = at.segmented_control(key="home.speed").set_value("instant").run()
    at.query_params["speed"] = "slow"  # and the third before the second is
    at = at.button(key="home.pause").click().run()
    assert component(at)["speed"] == 0


def test_an_address_that_somebody_edits_is_obeyed(open_page: Open) -> None:
    at = open_page(speed="slow")
    at.query_params["speed"] = "instant"
    at = at.run()
    assert component(at)["speed"] == 0


@pytest.mark.parametrize("config", [SamplingConfig(0.8), SamplingConfig(0), SamplingConfig(1, 5)])
def test_in_pieces_it_is_the_text_that_is_written_at_once(config: SamplingConfig) -> None:
    model = cached.model("petit")
    for pieces in (1, 2, 4):
        chars = sum(PIECES[:pieces])
        found = results.playback(Performance("petit", DEFAULT_PROMPT, config, 7), pieces)
        assert found == results.record(Writer(model, [DEFAULT_PROMPT], [config], [7]), chars)
        assert [found.text] == generate(model, [DEFAULT_PROMPT], [config], [7], chars)


def test_each_character_is_written_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    model, written = cached.model("petit"), list[int]()
    step = model.step
    monkeypatch.setattr(model, "step", lambda *args: (written.append(1), step(*args))[1])
    performance = Performance("petit", "Chacun son tour", SamplingConfig(0.8), 3)
    for pieces in (1, 2, 2, 1, 3):
        results.playback(performance, pieces)
    with ThreadPoolExecutor(4) as pupils:
        texts = {p.text for p in pupils.map(lambda _: results.playback(performance, 4), range(4))}
    assert len(texts) == 1
    assert len(written) == sum(PIECES[:4])


def test_a_piece_that_was_forgotten_is_written_again_the_same() -> None:
    performance = Performance("petit", "Encore", SamplingConfig(0.8), 3)
    before = results.playback(performance, 3)
    st.cache_resource.clear()
    assert results.playback(performance, 3) == before


def test_a_class_writes_one_text_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    writing: list[int] = []
    together: list[int] = []

    def record(*_: object) -> results.Playback:
        writing.append(1)
        time.sleep(0.01)
        together.append(len(writing))
        writing.pop()
        return results.Playback("", "", (), ())

    monkeypatch.setattr(results, "record", record)
    with ThreadPoolExecutor(4) as pupils:
        for seed in range(4):
            pupils.submit(results.playback, Performance(REFERENCE, "", SamplingConfig(), seed), 1)
    assert together == [1, 1, 1, 1]


def fresh(**asked: str) -> AppTest:
    """Home, as somebody opens it who has never been here."""
    at = AppTest.from_file(str(ROOT / "dashboard" / "Home.py"), default_timeout=PATIENCE)
    for name, value in {"lang": "fr", **asked}.items():
        at.query_params[name] = value
    return at.run()


def test_it_opens_with_the_best_network_and_the_text_that_was_chosen(store: Path) -> None:
    at = fresh(speed="slow")
    assert at.segmented_control(key="model").value == "grand"
    assert (address(at)["model"], address(at)["seed"]) == ("grand", "73")
    chosen = Performance("grand", DEFAULT_PROMPT, SamplingConfig(0.8), 73)
    text = results.playback(chosen, 2).text
    assert text.startswith(component(at)["text"])
    first, second, third, fourth = text.split("\n")[1:5]  # the rhymes that the lesson speaks of
    assert first.endswith(" peur")
    assert second.endswith(" Cœur")
    assert third.endswith(" plaire,")
    assert fourth.endswith(" vulgaires :")


def test_the_others_are_a_click_away(store: Path) -> None:
    at = fresh()
    for reference in ("petit", controls.SMALLER):
        at = at.segmented_control(key="model").set_value(reference).run()
        assert not at.exception
        assert address(at)["seed"] == "73"
    assert address(at)["model"] == controls.SMALLER
    at = at.selectbox(key="home.other").set_value(REFERENCE).run()
    assert address(at)["model"] == REFERENCE
    assert at.segmented_control(key="model").value == REFERENCE


@pytest.mark.parametrize("asked", [{"prompt": "Ah"}, {"temperature": "1"}, {"seed": "2"}])
def test_an_address_without_a_model_means_what_it_meant(store: Path, asked: dict[str, str]) -> None:
    at = fresh(**asked)
    assert at.segmented_control(key="model").value == "petit"
    assert address(at) == asked


def test_what_home_opens_with_stays_on_home(store: Path) -> None:
    at = go(fresh(), "temperature")
    assert at.selectbox(key="model").value == "petit"
    at = go(at, "home")
    assert at.segmented_control(key="model").value == "grand"
    at = at.segmented_control(key="model").set_value("petit").run()
    at = go(go(at, "temperature"), "home")
    assert at.segmented_control(key="model").value == "petit"  # which was chosen


def go(at: AppTest, page: str) -> AppTest:
    """To another page, by the sidebar, whose links have no settings."""
    at.query_params.clear()
    return at.switch_page(f"../pages/{page}.py").run()


def test_what_is_hidden_is_paused_until_it_is_shown(open_page: Open) -> None:
    at = open_page(hidden=1)
    before = component(at)
    assert before["hidden"]
    assert before["paused"]
    assert at.button(key="home.pause").disabled
    at = at.text_input(key="prompt").set_value("Ah ! ").run()  # to be guessed as well
    assert component(at)["hidden"]
    assert address(at)["hidden"] == "1"
    at = at.button(key="home.hide").click().run()
    assert not component(at)["hidden"]
    assert not component(at)["paused"]
    assert "hidden" not in address(at)
    at = at.button(key="home.hide").click().run()
    assert component(at)["paused"]


def test_as_in_the_notebook_is_a_click_and_an_address(open_page: Open) -> None:
    at = open_page().button(key="home.notebook").click().run()
    course = {"prompt": COURSE_START, "top_k": "50", "chars": "150", "seed": "42"}
    found = address(at)  # the temperature is at its default, 0.8
    assert {name: found[name] for name in course} == course
    assert component(at)["text"] == component(open_page(**course))["text"]
    [expected] = generate(
        load_model(REFERENCE), [COURSE_START], [SamplingConfig(0.8, top_k=50)], [42], 150
    )
    performance = Performance(REFERENCE, COURSE_START, SamplingConfig(0.8, top_k=50), 42, 150)
    played = results.playback(performance, 2)
    assert played.text == expected
    assert len(played.drawn) == 150
    assert len(played.candidates) == len(played.chances) == 150 * BARS
    assert [performance.ends_within(pieces) for pieces in (1, 2)] == [False, True]


def test_the_prompt_of_the_course_is_a_click_away(open_page: Open) -> None:
    at = open_page().button(key="home.course_start").click().run()
    assert address(at)["prompt"] == COURSE_START
    assert component(at)["prompt"][0][0].startswith("Quand")
