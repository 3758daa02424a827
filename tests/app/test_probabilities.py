from __future__ import annotations

import math
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.probabilities.controls import HESITATES
from dashboard.probabilities.results import choice, chosen_perplexity
from dashboard.shared.fields import DEFAULT_PROMPT
from moliere_core.config import SamplingConfig
from moliere_core.models.references import load_model
from moliere_core.models.sampling import generate
from tests.app.helpers import (
    ALPHABET,
    REFERENCE,
    ROOT,
    Open,
    address,
    asked_in_vain,
    component,
    components,
    shown,
)
from tests.patience import PATIENCE


def chain(at: AppTest) -> str:
    return "".join(char for char, _ in component(at)["chain"])


def test_bars_before_and_after(open_page: Open) -> None:
    at = open_page("probabilities", temperature=0.5)
    data = component(at)
    before = [bar["before"] for bar in data["bars"]]
    after = [bar["after"] for bar in data["bars"]]
    assert before == sorted(before, reverse=True)
    assert after == sorted(after, reverse=True)  # temperature does not change the order
    assert after[0] > before[0]
    assert math.isclose(sum(before) + data["others"]["before"], 1, abs_tol=1e-5)
    assert math.isclose(sum(after) + data["others"]["after"], 1, abs_tol=1e-5)


def test_top_k_leaves_k_characters(open_page: Open) -> None:
    at = open_page("probabilities", top_k=3, bars=60)
    assert sum(bar["after"] > 0 for bar in component(at)["bars"]) == 3
    assert len(component(at)["bars"]) == len(ALPHABET.chars)


def test_entropy_and_hesitation_agree(open_page: Open) -> None:
    at = open_page("probabilities", lang="en", bars=60)
    probs = [bar["after"] for bar in component(at)["bars"]]
    bits = -sum(p * math.log2(p) for p in probs if p > 0)
    assert at.metric[0].value == f"{bits:.2f} bits"
    assert f"**{2**bits:.1f} characters**" in "".join(m.value for m in at.markdown)


def test_steps_write_what_the_seed_writes(open_page: Open) -> None:
    at = open_page("probabilities", prompt="Ah ! ", seed=5)
    for _ in range(4):
        at = at.button(key="probabilities.step").click().run()
    expected = generate(load_model(REFERENCE), ["Ah ! "], [SamplingConfig()], [5], 4)
    assert chain(at) == expected[0]
    at = at.button(key="probabilities.undo").click().run()
    assert chain(at) == expected[0][:3]


def test_typing_a_character(open_page: Open) -> None:
    at = open_page("probabilities")
    at = at.text_input(key="probabilities.typed").set_value("q").run()
    assert chain(at) == "q"
    assert address(at)["chosen"] == "q"
    assert at.text_input(key="probabilities.typed").value == ""
    at = at.text_input(key="probabilities.typed").set_value(" ").run()
    assert chain(at) == "q "
    at = at.text_input(key="probabilities.typed").set_value("k").run()
    assert chain(at) == "q "
    assert "k" in at.warning[0].value


def test_the_chain_is_in_the_address(open_page: Open) -> None:
    at = open_page("probabilities", prompt="Ah", chosen=" ! Quoi")
    assert chain(at) == " ! Quoi"
    chances = [chance for _, chance in component(at)["chain"]]
    assert all(0 < chance < 1 for chance in chances)


def test_another_prompt_starts_again(open_page: Open) -> None:
    at = open_page("probabilities", chosen="abc")
    assert chain(at) == "abc"
    at = at.text_input(key="prompt").set_value("Oh").run()
    assert chain(at) == ""


@pytest.mark.parametrize("times", [1, 2])
def test_play_and_pause(open_page: Open, times: int) -> None:
    at = open_page("probabilities")
    for _ in range(times):
        at = at.button(key="probabilities.play").click().run()
    assert (component(at)["play"] > 0) == (times == 1)


def test_greedy_has_one_bar(open_page: Open) -> None:
    data = component(open_page("probabilities", temperature=0))
    assert [bar["after"] for bar in data["bars"]][:2] == [1, 0]
    assert data["drawn"] == data["bars"][0]["char"]


def test_the_chain_has_ranks_and_a_perplexity(open_page: Open) -> None:
    at = open_page("probabilities", prompt="Ah ! ", chosen="ab", model="petit")
    found = choice(load_model("petit"), "Ah ! ", "ab", SamplingConfig(), 1, 8)
    (_, first, _), (_, second, rank) = found.chain
    assert f"rang {rank}" in shown(at)
    perplexity = (first * second) ** -0.5
    assert chosen_perplexity(found.chain) == pytest.approx(perplexity, rel=1e-4)
    assert f"{perplexity:.1f}".replace(".", ",") in shown(at)


def test_the_stages_of_a_draw(open_page: Open) -> None:
    at = open_page("probabilities", view="stages", temperature=0.5, top_k=4, top_p=0.9, bars=8)
    assert not at.exception
    bars = component(at)["bars"]
    top = bars[0]["score"]
    for bar in bars:
        assert bar["scaled"] == pytest.approx((bar["score"] - top) / 0.5, abs=1e-4)
        assert bool(bar["dropped"]) == (bar["after"] == 0)
    assert [bar["dropped"] == "top_k" for bar in bars] == [False] * 4 + [True] * 4
    at = open_page("probabilities", view="stages", temperature=0)
    assert [bar["dropped"] for bar in component(at)["bars"]] == ["", *["greedy"] * 7]


def test_bars_are_hidden_until_the_class_has_voted(open_page: Open) -> None:
    at = open_page("probabilities", view="guess")
    assert component(at)["bars"] == []
    assert not at.metric
    at.text_input(key="probabilities.guesses").set_value("ee a<")
    at = at.button(key="probabilities.reveal").click().run()
    bars = component(at)["bars"]
    assert "**e** 2 voix (rang " in shown(at)
    assert "**\\<** 1 voix (jamais lu par ce modèle)" in shown(at)
    at.text_input(key="probabilities.guesses").set_value(bars[2]["char"])
    assert f"(rang 3, {100 * bars[2]['after']:.1f}".replace(".", ",") in shown(at.run())
    at = at.button(key="probabilities.step").click().run()
    assert component(at)["bars"] == []  # the next character is to be guessed again


@pytest.mark.parametrize("view", ["stages", "guess"])
def test_only_the_bars_play(open_page: Open, view: str) -> None:
    at = open_page("probabilities")
    at = at.button(key="probabilities.play").click().run()
    assert component(at)["play"] > 0
    at = at.segmented_control(key="probabilities.view").set_value(view).run()
    assert all(b.disabled for b in at.button if b.key == "probabilities.play")
    at = at.segmented_control(key="probabilities.view").set_value("bars").run()
    assert component(at)["play"] == 0


def test_the_class_stands_beside_the_model_and_has_one_button(open_page: Open) -> None:
    def buttons(at: AppTest) -> set[str]:
        names = {"step", "play", "undo", "reveal"}
        keys = [str(b.key).split(".") for b in at.button]
        return {key[1] for key in keys if key[-1] in names}

    at = open_page("probabilities", view="guess", chosen="a")
    assert buttons(at) == {"reveal"}
    hidden = component(open_page("probabilities", chosen="a", bars=60))["bars"]
    last = hidden[-1]["char"]  # far below the eight bars
    at.text_input(key="probabilities.guesses").set_value(hidden[0]["char"] + 3 * last)
    at = at.button(key="probabilities.reveal").click().run()
    assert buttons(at) == {"step"}
    data = component(at)
    shown = {bar["char"]: (bar["before"], bar["after"]) for bar in data["bars"]}
    assert data["voted"]
    assert shown[hidden[0]["char"]] == (0.25, pytest.approx(hidden[0]["after"]))
    assert shown[last] == (0.75, pytest.approx(hidden[-1]["after"]))
    assert buttons(at.button(key="probabilities.step").click().run()) == {"reveal"}


def test_it_opens_where_the_model_hesitates(store: Path) -> None:
    def opened(**asked: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "dashboard" / "Home.py"), default_timeout=PATIENCE).run()
        at.query_params.clear()
        for name, value in asked.items():
            at.query_params[name] = value
        return at.switch_page("../pages/probabilities.py").run()

    at = opened()
    assert at.text_input(key="prompt").value == HESITATES
    assert at.selectbox(key="model").value == "petit"
    found = choice(load_model("petit"), HESITATES, "", SamplingConfig(), 1, 8)
    assert found.entropy_bits > 4
    assert found.bars[0].before > 0.2
    at = at.button(key="probabilities.example.1").click().run()
    assert address(at)["prompt"].endswith("offre un choi")
    assert opened(chosen=" Q").text_input(key="prompt").value == DEFAULT_PROMPT


def test_another_question_is_hidden_and_its_votes_are_new(open_page: Open) -> None:
    at = open_page("probabilities", view="guess", prompt="Ah")
    at.text_input(key="probabilities.guesses").set_value("ee")
    at = at.button(key="probabilities.reveal").click().run()
    assert component(at)["bars"]
    at = at.text_input(key="prompt").set_value("Quoi").run()
    assert component(at)["bars"] == []
    assert at.text_input(key="probabilities.guesses").value == ""


def test_the_others_are_never_lost_to_rounding(open_page: Open) -> None:
    model = load_model("petit")
    found = choice(model, DEFAULT_PROMPT, "", SamplingConfig(), 1, 8)
    assert 0 < found.before < 1e-6  # 1 less the eight first is 0 in single precision
    every = choice(model, DEFAULT_PROMPT, "", SamplingConfig(), 1, 500)
    assert every.others == 0
    assert every.before == 0
    assert len({bar.char for bar in every.bars}) == len(model.vocabulary.chars)


def test_two_models_follow_the_same_choice(open_page: Open) -> None:
    at = open_page("probabilities", model="petit", beside="petit@0", chosen="qu")
    assert not at.exception
    left, right = components(at)
    assert [c for c, _ in left["chain"]] == [c for c, _ in right["chain"]] == ["q", "u"]
    assert left["bars"] != right["bars"]
    assert "Plus grand écart" in shown(at)
    assert address(at)["beside"] == "petit@0"
    at = open_page("probabilities", beside="nowhere")
    assert not at.exception
    [told] = asked_in_vain(at)
    assert "nowhere" in told
