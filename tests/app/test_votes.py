"""A room and its votes on the teacher's pages: opened, asked, revealed, withdrawn, and without."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.shared import rights, rooms
from moliere_core.classroom import Room
from moliere_core.system import storage
from tests.app.helpers import Open, address, components, shown, vote
from tests.patience import PATIENCE

CODE = "molieremoliere"


@pytest.fixture(autouse=True)
def _browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """One browser, whatever the session: AppTest has no cookies."""
    for name in ("MOLIERE_PUBLIC", "MOLIERE_TEACHER_CODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(rights, "browser", lambda: "a browser")


def refuse(*_args: object, **_more: object) -> None:
    raise OSError(28, "No space left on device")


def live(at: AppTest) -> dict[str, Any]:
    """What a page sends to the component of its votes."""
    [data] = [data for data in components(at) if "told" in data]
    return data


@pytest.fixture
def dialog(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> Open:
    """A page with its invitation over it, which stays: in AppTest every click runs the page."""
    monkeypatch.setattr(rooms, "shown", lambda: True)

    def dialog(page: str, **address: Any) -> AppTest:
        at = open_page(page, **address)
        return at.segmented_control(key="invite.way").set_value("room").run()

    return dialog


def test_a_room_is_opened_beside_the_address_of_the_view_and_closed(dialog: Open) -> None:
    at = dialog("course", view="quiz")
    assert at.button(key="join").label == "Rejoindre"
    at = at.button(key="rooms.open").click().run()
    room = rooms.mine()
    assert room is not None
    assert not at.exception
    assert at.button(key="join").label == f"Salle {room.code}"
    [invitation] = [data for data in components(at) if "picture" in data]
    assert (invitation["code"], invitation["phones"]) == (room.code, 0)
    assert invitation["address"].endswith("/s")
    assert invitation["results"] == f"./s/{room.code}/results"
    assert live(at)["told"]["open"]  # the page behind has asked its question
    at = at.button(key="rooms.close").click().run()
    assert not at.exception
    assert rooms.mine() is None
    assert at.button(key="join").label == "Rejoindre"


def test_the_quiz_asks_counts_and_reveals(open_page: Open, room: Room) -> None:
    at = open_page("course", view="quiz")
    asked = room.question(room.now)
    assert asked.text in {header.value for header in at.header}
    assert [number.key for number in at.number_input] == []  # no hands to type
    assert live(at)["hushed"]
    vote(room, 0, 1, 1)
    at = at.button(key="course.reveal").click().run()
    tally = room.tally(room.now)
    assert (tally.closed, tally.total) == (True, 3)
    assert tally.outcome is not None
    assert tally.outcome.said in shown(at)
    assert "bonne" in shown(at)
    first = room.now
    at = at.button(key="course.again").click().run()
    assert room.now == first
    assert live(at)["told"]["votes"] == 0
    assert [tally.total for tally in room.history()] == [3, 0]


def test_a_question_leaves_the_telephones_with_its_page(open_page: Open, room: Room) -> None:
    at = open_page("course", view="quiz")
    assert room.now
    at = at.segmented_control(key="course.view").set_value("about").run()
    assert room.now == ""
    at = at.segmented_control(key="course.view").set_value("quiz").run()
    asked = room.now
    assert asked
    open_page("course", view="about")  # another window, which has asked nothing
    assert room.now == asked


def test_another_window_that_ends_the_vote_ends_it_here(open_page: Open, room: Room) -> None:
    at = open_page("course", view="quiz")
    room.reveal(room.now)
    at = at.run()
    assert at.button(key="course.reveal").disabled
    assert at.button(key="course.again")


def test_a_disk_that_cannot_be_written_leaves_raised_hands(
    open_page: Open, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "write_through", refuse)
    at = open_page("course", view="quiz")
    assert not at.exception
    assert len(at.number_input) >= 2
    assert "plus de place sur le disque" in at.error[0].value


def test_an_answer_that_the_disk_does_not_take_is_said_and_the_vote_goes_on(
    open_page: Open, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = open_page("games", view="machine")
    vote(room, 0, 1)
    with monkeypatch.context() as full:
        full.setattr(storage, "write_through", refuse)
        at = at.button(key="games.reveal").click().run()
    assert not at.exception
    assert "plus de place sur le disque" in at.error[0].value
    assert not room.tally(room.now).closed
    at = at.run()
    assert not at.error


@pytest.mark.parametrize(
    ("page", "view", "button"),
    [
        ("games", "machine", "games.reveal"),
        ("games", "letter", "games.letter"),
        ("preferences", "vote", "preferences.learn"),
    ],
)
def test_a_room_that_is_gone_before_the_answer_leaves_raised_hands(
    open_page: Open, room: Room, page: str, view: str, button: str
) -> None:
    at = open_page(page, view=view)
    assert room.now
    shutil.rmtree(room.path)
    at = at.button(key=button).click().run()
    assert not at.exception


def test_a_room_that_cannot_be_closed_stays_open(
    dialog: Open, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = dialog("about")
    monkeypatch.setattr(Path, "touch", refuse)
    at = at.button(key="rooms.close").click().run()
    assert not at.exception
    assert "plus de place sur le disque" in at.error[0].value
    assert rooms.mine() == room


def test_without_a_room_hands_are_typed(open_page: Open) -> None:
    at = open_page("course", view="quiz")
    assert len(at.number_input) >= 2
    assert not [data for data in components(at) if "told" in data]


def test_a_server_with_a_teacher_s_code_opens_rooms_for_who_knows_it(
    dialog: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOLIERE_TEACHER_CODE", CODE)
    at = dialog("home")
    assert not [button for button in at.button if button.key == "rooms.open"]
    at = at.text_input(key="rooms.code").set_value("wrong").run()
    assert not [button for button in at.button if button.key == "rooms.open"]
    at = at.text_input(key="rooms.code").set_value(CODE).run()
    assert at.button(key="rooms.open")


def test_a_public_server_without_a_code_opens_none(
    dialog: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    at = dialog("home")
    assert not [button for button in at.button if button.key == "rooms.open"]
    assert any("aucune salle" in info.value for info in at.info)


def test_the_class_guesses_the_next_character(open_page: Open, room: Room) -> None:
    at = open_page("probabilities", view="guess", prompt="Ah, mon")
    assert not [box for box in at.text_input if box.key == "probabilities.guesses"]
    assert room.question(room.now).text.startswith("«\u00a0…Ah, mon\u00a0»")
    first = room.now
    vote(room, " ", " ", "s", "e")
    at = at.button(key="probabilities.reveal").click().run()
    assert not at.exception
    [bars] = [data for data in components(at) if data.get("voted")]
    assert {bar["char"]: bar["before"] for bar in bars["bars"]}[" "] == 0.5
    assert "Entropie des votes\u00a0: **1,50\u00a0bit**" in shown(at)
    tally = room.tally(first)
    assert tally.closed
    assert tally.outcome is not None
    assert "premier choix du modèle" in tally.outcome.said
    at = at.button(key="probabilities.step").click().run()
    assert room.now != first  # the next character is asked for


def test_an_experiment_keeps_the_votes_in_its_address(open_page: Open, room: Room) -> None:
    at = open_page("experiments", plan="overfitting")
    assert not [box for box in at.number_input if "votes" in str(box.key)]
    names = room.question(room.now).options
    vote(room, 1, 1, 0)
    first = room.now
    at = at.button(key="experiments.reveal").click().run()
    assert not at.exception
    assert (room.now, room.outcome(first) is not None) == (first, True)
    assert sorted(v for k, v in address(at).items() if k.startswith("votes_")) == ["1", "2"]
    assert f"**{names[1]}** (2 sur 3)".replace("-", "\\-") in shown(at).replace("\\,", ",")


def test_two_ends_are_voted_on_and_the_class_has_its_margin(open_page: Open, room: Room) -> None:
    at = open_page("bridge", view="talk", topic="pairs")
    asked = room.question(room.now)
    assert len(asked.options) == 2
    assert live(at)["names"] == list(asked.options)
    vote(room, 0, 0, 0)
    at = at.button(key="discussion.reveal").click().run()
    assert not at.exception
    outcome = room.outcome(asked.id)
    assert outcome is not None
    right = outcome.right
    [chart] = [json.loads(c.proto.spec) for c in at.get("plotly_chart")]
    [bars] = chart["data"]
    found = dict(zip(bars["y"], bars["x"], strict=True))
    assert found["la classe"] == pytest.approx(2 if right == 0 else -2)


def test_two_numbers_are_bet_and_their_medians_taken(open_page: Open, room: Room) -> None:
    at = open_page("training")
    assert "perte" in room.question(room.now).text
    first = room.now
    at = at.button(key="training.median").click().run()
    assert room.outcome(first) is None  # nobody has voted
    vote(room, 5, 6.25, 19)
    at = at.button(key="training.median").click().run()
    assert not at.exception
    assert at.text_input(key="training.guess.loss").value == "6,25"
    assert room.tally(first).closed
    assert "jamais lu" in room.question(room.now).text
    vote(room, 2.5)
    at = at.button(key="training.median").click().run()
    assert at.text_input(key="training.guess.bits").value == "2,50"
    assert address(at)["guess_bits"] == "2.50"
    at = at.button(key="training.again").click().run()
    assert room.tally(room.now).total == 0


def test_the_network_learns_from_the_votes_of_telephones(open_page: Open, room: Room) -> None:
    at = open_page("preferences", chars=20)
    first = room.now
    assert live(at)["names"] == ["A", "B"]
    assert len(room.question(first).options[0]) > 10  # both texts are read on the telephones
    at = at.button(key="preferences.learn").click().run()
    assert [toast.value for toast in at.toast] == ["Personne n’a encore voté."]
    vote(room, 0, 0, 1)
    at = at.button(key="preferences.learn").click().run()
    assert not at.exception
    [story] = at.session_state["preferences.stories"].values()
    assert [cast.share for cast in story.votes] == [pytest.approx(3 / 5)]
    assert room.now != first


def test_a_page_that_can_show_nothing_yet_ends_as_any_other(room: Room) -> None:
    """The question of the page before leaves the telephones, and the address keeps its settings."""

    def page() -> None:
        import streamlit as st

        from dashboard.shared import fields, frame, state, votes, widgets
        from moliere_core import classroom

        seed = fields.Field("test.seed", "seed", 1, int)
        share = fields.Field("test.share", "share", 0.5, float)

        class Page:
            url_path = ""

            def run(self) -> None:
                state.value(seed)
                if st.session_state.get("asks", True):
                    votes.ask(classroom.choice("q", "Qui parle ?", ("Tartuffe", "Orgon")))
                else:
                    widgets.ask_first("Écrivez un texte.")
                state.value(share)

        state.begin()
        state.enter(Page.url_path)
        frame.run(Page())  # type: ignore[arg-type]

    at = AppTest.from_function(page, default_timeout=PATIENCE)
    at.query_params.update({"seed": "1", "share": "0.7"})
    at = at.run()
    assert room.question(room.now).text == "Qui parle ?"
    assert address(at) == {"share": "0.7"}  # a default needs no place
    at.session_state["asks"] = False
    at = at.run()
    assert not at.exception
    assert [info.value for info in at.info] == ["Écrivez un texte."]
    assert not room.now
    assert address(at) == {"share": "0.7"}  # though the page did not come to it


def test_a_run_that_is_stopped_for_the_next_one_does_nothing_more(room: Room) -> None:
    """A second click, before the page has come to its question."""

    def page() -> None:
        import streamlit as st
        from streamlit.runtime.scriptrunner import get_script_run_ctx

        from dashboard.shared import frame, state, votes
        from moliere_core import classroom

        class Page:
            url_path = ""

            def run(self) -> None:
                if st.session_state.get("stops"):
                    context = get_script_run_ctx()
                    assert context is not None
                    assert context.script_requests is not None
                    context.script_requests.request_stop()
                    st.empty()
                votes.ask(classroom.choice("q", "Qui parle ?", ("Tartuffe", "Orgon")))

        state.begin()
        state.enter(Page.url_path)
        frame.run(Page())  # type: ignore[arg-type]
        st.session_state["ended"] = st.session_state.get("ended", 0) + 1

    at = AppTest.from_function(page, default_timeout=PATIENCE).run()
    at.session_state["stops"] = True
    at = at.run()
    assert not at.exception
    assert at.session_state["ended"] == 1
    assert room.question(room.now).text == "Qui parle ?"
