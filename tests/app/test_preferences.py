"""The Preferences page: a vote is learned, costs something, and can be kept or forgotten."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.preferences import controls
from dashboard.preferences.results import Story
from moliere_core.models.references import load_recurrent
from moliere_core.runs.index import stored_runs
from moliere_core.training.preferences import Vote
from tests.app.helpers import Open, run_snippet, shown, ticked


def voted(at: AppTest, a: int, b: int) -> AppTest:
    for letter, hands in (("A", a), ("B", b)):
        at.number_input(key=controls.HANDS + letter).set_value(hands)
    at = at.run()
    return at.button(key="preferences.learn").click().run()


def written(at: AppTest) -> list[str]:
    return [e.proto.body for e in at.get("html") if 'class="preference"' in e.proto.body]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_vote_is_learned_and_its_cost_is_told(open_page: Open, language: str) -> None:
    at = open_page("preferences", lang=language, model="petit", chars="20")
    assert not at.exception
    assert at.button(key="preferences.learn").disabled  # nobody has voted
    before = written(at)
    assert len(before) == 2
    at = voted(at, 3, 1)
    assert not at.exception
    assert at.number_input(key=controls.HANDS + "A").value == 0
    assert written(at) != before  # the next pair
    at = at.segmented_control(key="preferences.view").set_value("cost").run()
    assert not at.exception
    assert len(at.get("plotly_chart")) == 1
    story = at.session_state["preferences.stories"]["petit"]
    assert [vote.share for vote in story.votes] == [4 / 6]
    [(_about, preferred)] = at.session_state["hour.voted-on"]  # for Reading
    assert preferred == story.votes[0].prompt + story.votes[0].first
    original, after = story.stages
    assert original.distance == 0 < after.distance
    assert original.model is not after.model
    assert [name for name, true in ticked(at, "preferences").items() if true] == ["vote"]


@pytest.mark.usefixtures("store")
def test_a_kept_model_is_a_run_and_a_forgotten_one_is_the_original(open_page: Open) -> None:
    at = voted(open_page("preferences", model="petit", chars="20"), 1, 0)
    at = at.segmented_control(key="preferences.view").set_value("cost").run()
    at = at.button(key="preferences.keep").click().run()
    assert not at.exception
    run, _other = stored_runs()  # the newest first
    assert run.name in at.success[0].value
    assert load_recurrent(f"run:{run.name}").parameters == load_recurrent("petit").parameters
    at = at.segmented_control(key="preferences.view").set_value("vote").run()
    at = at.button(key="preferences.reset").click().run()
    assert not at.session_state["preferences.stories"]["petit"].votes


def test_nothing_is_kept_where_strangers_come(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    at = voted(open_page("preferences", model="petit", chars="20"), 1, 0)
    at = at.segmented_control(key="preferences.view").set_value("cost").run()
    assert not at.exception
    assert "preferences.keep" not in {button.key for button in at.button}


def test_before_a_vote_there_is_no_curve(open_page: Open) -> None:
    at = open_page("preferences", model="petit", view="cost")
    assert not at.exception
    assert len(at.info) == 1
    assert not at.get("plotly_chart")


def test_a_pair_can_be_passed_over(open_page: Open) -> None:
    at = open_page("preferences", model="petit", chars="20")
    before = written(at)
    at = at.button(key="preferences.skip").click().run()
    assert written(at) != before
    assert "Molière" not in shown(at).split("Lisez")[0]


def test_the_cell_nudges_with_the_votes_of_the_page() -> None:
    now = controls.Settings("petit", "Ah ! ", 1, 1.0, 20, 0.1)
    story = Story("petit", [Vote("Ah ! ", "oui", "non", 0.75), Vote("Ah ! ", "ça", "là", 0.25)])
    output = run_snippet(controls.code(now, story))
    one, two, *_texts = output.splitlines()
    assert (one.split()[0], two.split()[0]) == ("1", "2")  # the votes, one after another
    assert output.count("---") == 2
