"""What telephones are given: their page, the question, votes within bounds, nothing before time."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.server import phones
from dashboard.server.phones import Phones
from dashboard.server.rates import MOST, Rate
from moliere_core import classroom
from moliere_core.classroom import Outcome, Room, rooms

KEY = "the teacher's secret"
QUIZ = classroom.choice("quiz.1", "Qui parle ?", ("Tartuffe", "<b>Orgon</b>"))


class Clock:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path))


@pytest.fixture
def room() -> Room:
    return classroom.open_room(KEY)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> TestClient:
    return served(clock)


def served(clock: Clock, base: str = "") -> TestClient:
    return TestClient(Starlette(routes=Phones(clock).routes(base)))


def named(number: int = 0) -> dict[str, str]:
    return {"X-Telephone": f"telephone-{number:06d}"}


def vote(
    client: TestClient, room: Room, value: object, number: int = 0, site: str = "same-origin"
) -> Any:
    body = {"question": room.now, "answer": value}
    headers = named(number) | {"Sec-Fetch-Site": site}
    return client.post(f"/s/{room.code}/vote", json=body, headers=headers)


def asked(client: TestClient, room: Room, number: int = 0, known: str = "") -> Any:
    headers = named(number) | {"If-None-Match": known}
    return client.get(f"/s/{room.code}/question", headers=headers)


def test_a_telephone_votes_changes_its_mind_and_sees_what_comes_out(
    client: TestClient, room: Room
) -> None:
    assert asked(client, room).json() == {"question": None, "open": False, "mine": None}
    room.ask(QUIZ)
    seen = asked(client, room).json()
    assert seen["question"]["text"] == "Qui parle ?"
    assert seen["question"]["options"] == ["Tartuffe", "<b>Orgon</b>"]
    assert (seen["open"], seen["mine"]) == (True, None)
    assert vote(client, room, 0).json() == {"counted": 0}
    assert vote(client, room, 1).json() == {"counted": 1}
    assert asked(client, room).json()["mine"] == 1
    assert asked(client, room, number=1).json()["mine"] is None
    room.reveal(QUIZ.id, Outcome(1, "Orgon, à la scène 5."))
    assert vote(client, room, 0).status_code == 409
    seen = asked(client, room).json()
    assert (seen["open"], seen["mine"], seen["right"]) == (False, 1, 1)
    assert (seen["counts"], seen["said"]) == ([0, 1], "Orgon, à la scène 5.")


def test_nothing_before_the_reveal_tells_the_answer_or_what_others_say(
    client: TestClient, room: Room
) -> None:
    room.ask(classroom.letter("after Tartuf comes f", "Quelle lettre ?"))
    vote(client, room, "f", number=1)
    said = asked(client, room)
    assert set(said.json()) == {"question", "open", "mine"}
    assert set(said.json()["question"]) == {
        *("id", "text", "kind", "options", "low", "high", "longest")
    }
    assert "Tartuf" not in said.text  # the key of a question is the teacher's
    assert client.get(f"/s/{room.code}/results", headers=named(1)).status_code == 404


def test_what_has_not_changed_is_not_sent_again(client: TestClient, room: Room) -> None:
    room.ask(QUIZ)
    first = asked(client, room)
    tag = first.headers["etag"]
    again = asked(client, room, known=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert asked(client, room, known=f"W/{tag}").status_code == 304  # by a proxy
    vote(client, room, 1)
    assert asked(client, room, known=tag).status_code == 200
    assert first.headers["cache-control"] == "no-store"


def test_the_teacher_sees_votes_with_the_key_alone(client: TestClient, room: Room) -> None:
    room.ask(QUIZ)
    for number, value in enumerate((1, 1, 0)):
        vote(client, room, value, number)
    where = f"/s/{room.code}/results?question={QUIZ.id}"
    found = client.get(where, headers={"X-Room-Key": KEY}).json()
    assert found == {"phones": 3, "open": True, "counts": [[0, 1], [1, 2]], "votes": 3}
    for key in ("", "somebody else"):
        assert client.get(where, headers={"X-Room-Key": key}).status_code == 404
    nothing = client.get(f"/s/{room.code}/results", headers={"X-Room-Key": KEY}).json()
    assert nothing == {"phones": 3, "open": True, "counts": [], "votes": 0}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 3_000, "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"answer": 1}', "application/json", 400),
        (b'{"question": 7, "answer": 1}', "application/json", 400),
        (b'{"question": "../../x", "answer": 1}', "application/json", 409),
        (b'{"question": "ID", "answer": 7}', "application/json", 422),
        (b'{"question": "ID", "answer": NaN}', "application/json", 400),
        (b'{"question": "ID"}', "application/json", 422),
        (b'{"question": "ID", "answer": 1' + b"0" * 3_000 + b"}", "application/json", 422),
        (b'{"question": "ID", "answer": "' + b"x" * 5_000 + b'"}', "application/json", 413),
        (b"\xff\xfe", "application/json", 400),
        (b'{"question": "ID", "answer": 1}', "text/plain", 415),
        (b"answer=1", "application/x-www-form-urlencoded", 415),
        (b'{"question": "ID", "answer": 1}', "application/json; charset=utf-8", 200),
    ],
)
def test_hostile_bodies_are_refused_in_a_word(
    client: TestClient, room: Room, body: bytes, kind: str, status: int
) -> None:
    room.ask(QUIZ)
    answer = client.post(
        f"/s/{room.code}/vote",
        content=body.replace(b"ID", QUIZ.id.encode()),
        headers=named() | {"Content-Type": kind},
    )
    assert answer.status_code == status
    assert room.tally(QUIZ.id).total == (status == 200)


def test_another_site_votes_for_nobody(client: TestClient, room: Room) -> None:
    room.ask(QUIZ)
    assert vote(client, room, 1, site="cross-site").status_code == 403
    assert vote(client, room, 1).status_code == 200
    assert client.options(f"/s/{room.code}/vote").status_code == 405  # it may not even ask
    body = {"question": QUIZ.id, "answer": 1}
    assert client.post(f"/s/{room.code}/vote", json=body).status_code == 422  # no token


def test_a_room_that_is_not_there_or_has_ended_is_none(client: TestClient, room: Room) -> None:
    room.ask(QUIZ)
    assert asked(client, room).status_code == 200
    assert client.get("/s/ZZZZ/question", headers=named()).status_code == 404
    room.close()
    assert asked(client, room).status_code == 404
    assert vote(client, room, 1).status_code == 404


def test_who_guesses_codes_is_stopped_and_who_is_in_a_room_goes_on(
    client: TestClient, room: Room, clock: Clock
) -> None:
    asked(client, room)
    tries = [client.get("/s/ZZZZ/question", headers=named(n)).status_code for n in range(201)]
    assert tries == [404] * 200 + [429]
    assert asked(client, room, number=7).status_code == 429  # nobody learns that it is right
    assert asked(client, room).status_code == 200
    clock.now += 60
    assert asked(client, room, number=7).status_code == 200


def test_a_telephone_that_types_codes_of_no_room_keeps_nobody_else_out(
    room: Room, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phones, "WRONG", (20, 1))
    client = served(clock)
    for _ in range(60):
        clock.now += 0.25
        client.get("/s/ZZZZ/question", headers=named())
    assert asked(client, room).status_code == 429  # it is not told that this one is right
    assert asked(client, room, number=1).status_code == 200
    clock.now += 10
    assert asked(client, room).status_code == 200


def test_a_telephone_that_asks_without_end_keeps_nobody_else_out(
    room: Room, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rate in ("ASKED", "PAGES"):
        monkeypatch.setattr(phones, rate, (30, 1))
    client = served(clock)
    for _ in range(40):
        asked(client, room)
        client.get(f"/s/{room.code}")  # which names no telephone
    assert asked(client, room).status_code == 429
    assert client.get(f"/s/{room.code}").status_code == 429
    assert asked(client, room, number=2).status_code == 200


def test_two_hundred_telephones_of_one_address_come_in_at_once(
    client: TestClient, room: Room
) -> None:
    assert {asked(client, room, number).status_code for number in range(200)} == {200}


def test_a_telephone_and_a_school_may_ask_so_often(
    client: TestClient, room: Room, clock: Clock
) -> None:
    room.ask(QUIZ)
    found = [vote(client, room, n % 2).status_code for n in range(21)]
    assert found == [200] * 20 + [429]
    answer = vote(client, room, 1)
    assert answer.headers["retry-after"] == "2"
    assert asked(client, room, number=1).status_code == 200  # another one goes on
    clock.now += 1
    assert vote(client, room, 1).status_code == 200


def test_of_a_long_token_no_more_is_remembered_than_of_a_telephone(
    client: TestClient, room: Room
) -> None:
    tokens = ["x" * phones.MOST_CHARS + str(number) for number in range(21)]
    found = [
        client.get(f"/s/{room.code}/question", headers={"X-Telephone": token}).status_code
        for token in tokens
    ]
    assert found[-1] == 429  # they all count as one
    assert 429 not in found[:-1]


def test_nobody_stuffs_the_box_with_telephones_that_are_none(
    client: TestClient, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.ask(QUIZ)
    monkeypatch.setattr(rooms, "MOST_PHONES", 3)
    found = [vote(client, room, 1, number).status_code for number in range(5)]
    assert found == [200, 200, 200, 403, 403]
    monkeypatch.undo()


def test_a_disk_that_is_full_is_tried_again_later(
    client: TestClient, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.ask(QUIZ)

    def full(*_args: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    asked(client, room)
    monkeypatch.setattr(Path, "write_text", full)
    assert vote(client, room, 1).status_code == 503


def test_a_page_speaks_the_reader_s_language_and_lets_its_own_script_run(
    client: TestClient, room: Room
) -> None:
    for accepted, language, said in (("fr-FR,fr", "fr", "Salle"), ("en-GB", "en", "Room")):
        page = client.get(f"/s/{room.code.lower()}", headers={"Accept-Language": accepted})
        assert f'<html lang="{language}">' in page.text
        labels = re.search(r'data-labels="([^"]*)"', page.text)
        assert labels is not None
        assert json.loads(html.unescape(labels[1]))["room"] == said
        assert f'data-code="{room.code}"' in page.text
        for kind, tag in (("script", 'script type="module"'), ("style", "style")):
            inside = re.search(rf"<{tag}>(.*?)</{kind}>", page.text, re.DOTALL)
            assert inside is not None
            digest = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
            assert f"{kind}-src 'sha256-{digest}'" in page.headers["content-security-policy"]
        assert "http" not in page.text.replace("http-equiv", "")  # nothing comes from elsewhere
        assert not re.search(r"\son\w+=|style=|\{\w+\}", page.text.partition("<script")[0][-900:])


def test_the_code_is_typed_where_the_address_has_none(client: TestClient, room: Room) -> None:
    for path, action in (("/s", "s"), ("/s/what", "../s"), ("/s/%3Cb%3E", "../s")):
        page = client.get(path)
        assert 'data-code=""' in page.text
        assert f'action="{action}"' in page.text
        assert "<b>" not in page.text.partition("<script")[0]
    typed = client.get(f"/s?code=+{room.code.lower()}+", follow_redirects=False)
    assert (typed.status_code, typed.headers["location"]) == (303, f"s/{room.code}")
    assert client.get("/s?code=zz", follow_redirects=False).status_code == 200


def test_the_addresses_stand_behind_a_base(room: Room, clock: Clock) -> None:
    client = served(clock, "/ecole/moliere/")
    assert client.get(f"/ecole/moliere/s?code={room.code}").status_code == 200
    assert client.get(f"/ecole/moliere/s/{room.code}/question", headers=named()).is_success
    assert client.get(f"/s/{room.code}").status_code == 404


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/s", True),
        ("/s/BFKR", True),
        ("/ecole/s/BFKR/question", True),
        ("/", False),
        ("/course", False),
        ("/ecole/course", False),
    ],
)
def test_the_door_knows_telephones_by_their_address(path: str, expected: bool) -> None:
    assert phones.is_phones(path) is expected


def test_a_rate_comes_back_by_the_second_and_remembers_so_many(clock: Clock) -> None:
    rate = Rate(2, 1, clock)
    assert [rate.allows("a") for _ in range(3)] == [True, True, False]
    assert rate.allows("b")
    assert not rate.allows("a", cost=0)
    clock.now += 1
    assert rate.allows("a", cost=0)
    assert [rate.allows("a") for _ in range(2)] == [True, False]
    for number in range(MOST):
        rate.allows(str(number))
    assert rate.allows("a")  # forgotten
