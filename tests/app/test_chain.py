"""The chain of models on the Bridge's ladder: one thing changes, and its price is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.bridge import chain, worth
from dashboard.bridge.chain import LINKS, Arrow
from dashboard.bridge.wording import chain as wording
from dashboard.bridge.wording.chain import Figures
from dashboard.bridge.worth import Worth
from moliere_core.judging import compromise
from moliere_core.measures import axis
from moliere_core.pretrained import recorded
from tests.app.helpers import Open, component, shown

EVERY = [link.references[0] for link in LINKS]


def test_each_link_is_compared_with_one_before_it() -> None:
    for place, link in enumerate(LINKS):
        assert (link.after is None) == (place == 0)
        assert link.after is None or link.after < place
        assert bool(link.change) == (place > 0)


def test_where_all_are_here_one_thing_changes_at_each_arrow() -> None:
    found = chain.arrows(EVERY)
    assert set(found) == set(EVERY[1:])
    assert all(len(arrow.changes) == 1 for arrow in found.values())
    assert [name for name, arrow in found.items() if not arrow.also] == ["petit-rnn"]
    assert all(len(arrow.also) <= 1 for arrow in found.values())
    assert found["petit"].before == "petit-rnn"
    assert found["petit-gpt"].before == found["grand"].before == "petit"
    assert found["mini-gpt"].before == "petit-gpt"
    assert chain.missing(EVERY) == []


def test_a_link_without_a_model_is_passed_over_and_its_change_is_told() -> None:
    here = ["kn-1", "kn-8", "petit", "grand", "mini-gpt"]
    found = chain.arrows(here)
    assert set(found) == {"petit", "grand", "mini-gpt"}
    learned, gated = LINKS[chain.RNN], LINKS[chain.LSTM]
    assert found["petit"] == Arrow("kn-8", (learned.change, gated.change), (gated.also,))
    assert found["mini-gpt"].before == "petit"
    assert found["mini-gpt"].changes == (
        LINKS[chain.ATTENTION].change,
        LINKS[chain.TOKENS].change,
    )
    assert LINKS[chain.RNN].name in chain.missing(here)
    assert chain.arrows(["petit"]) == {}


@pytest.fixture
def french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")


@pytest.mark.usefixtures("french")
def test_what_is_lost_is_told_as_well() -> None:
    arrow = Arrow("petit", (LINKS[chain.ATTENTION].change,))
    recipe = wording.told(replace(arrow, also=(LINKS[chain.ATTENTION].also,)), Figures(), Figures())
    assert "Change aussi\u00a0: la façon de corriger les poids" in recipe
    better = wording.told(arrow, Figures(1.8, 430_000, 60.0), Figures(1.7, 420_000, 120.0))
    assert "Il y gagne 0,10" in better
    assert "420\u202f000 paramètres au lieu de 430\u202f000" in better
    assert "2 min" in better
    worse = wording.told(arrow, Figures(1.7), Figures(1.8))
    assert "Il y perd 0,10" in worse
    assert "paramètres" not in worse
    unknown = wording.told(arrow, Figures(), Figures(1.8))
    assert unknown.endswith("l’attention, au lieu d’une mémoire.")


def test_the_ladder_tells_the_chain(open_page: Open) -> None:
    at = open_page("bridge", view="ladder")
    assert not at.exception
    told = {step["reference"]: step["arrow"] for step in component(at)["steps"]}
    assert not any(told[name] for name in ("kn-1", "kn-3", "kn-5", "kn-8"))
    assert "8-gramme" in told["petit-rnn"]
    assert "petit-rnn" in told["petit"]
    assert "portes" in told["petit"]
    assert "petit" in told["grand"]
    assert "au lieu de" in told["grand"]
    assert "SmolLM2" in told["hf:google/gemma-3-270m"]  # both recorded
    assert "il a lu du français" in told["hf:google/gemma-3-270m"]
    assert "Maillons sans modèle" not in shown(at)


def test_seconds_are_those_of_the_models_own_histories() -> None:
    for name in ("petit", "grand", "mini-gpt"):
        assert axis.training_seconds(name)
    assert axis.training_seconds("kn-8") is None
    assert axis.training_seconds("hf:gpt2") is None


# What their texts are worth


def test_each_model_of_the_chain_has_a_row_beside_real_plays(open_page: Open) -> None:
    at = open_page("bridge", view="ladder")
    bodies = [element.proto.body for element in at.get("html")]
    [table] = [body for body in bodies if "plus long passage lu" in body]
    assert table.count("<tr>") + table.count("<tr class=marked>") >= 1 + 1 + 6
    assert "vrai Molière, jamais lu" in table
    assert "inconnu" in table  # of what a recorded model of the Web has read
    assert "l’on ne peut pas dire ce qu’ils recopient" in shown(at)


def test_the_figures_are_those_of_the_nearest_setting() -> None:
    near = worth.of("petit", 0.83)
    measured = compromise.shipped()["petit"].nearest(0.8).spread
    assert near is not None
    assert (near.longest, near.new_12) == (measured["longest"].mean, measured["new_12"].mean)
    assert not near.unknown
    assert worth.of("kn-2", 0.8) is None  # nobody has measured it
    assert worth.of("hf:nobody/knows", 0.8) == Worth(unknown=True)
    assert worth.of("no-model", 0.8) is None


def test_a_recorded_model_has_words_and_no_sources() -> None:
    for voice in recorded.voices().values():
        found = worth.recorded(voice, 0.8)
        assert found.unknown
        assert (found.new_12, found.longest) == (None, None)
        assert found.long_words is not None
        assert 0.2 < found.long_words < 1
    assert worth.of_texts(["suite du début"]).alexandrines is None  # too few lines
