"""A room and its votes on the teacher's pages: opened, asked, revealed, withdrawn, and without."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.shared import rights, rooms
from moliere_core import classroom
from moliere_core.classroom import Room
from tests.app.helpers import Open, components, shown

CODE = "molieremoliere"


@pytest.fixture(autouse=True)
def _browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """One browser, whatever the session: AppTest has no cookies."""
    for name in ("MOLIERE_PUBLIC", "MOLIERE_TEACHER_CODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(rights, "browser", lambda: "a browser")


@pytest.fixture
def room() -> Room:
    return classroom.open_room(rooms.key())


def vote(room: Room, *values: object) -> None:
    """Each value by a telephone of its own, on what is before the class."""
    for number, value in enumerate(values):
        room.vote(room.now, room.admit(f"telephone-{number:06d}"), value)


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
