"""Rooms of voters: many hands at once, changed ballots, what is revealed, what ends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from moliere_core import classroom
from moliere_core.classroom import BallotError, Outcome, Question, Room, Tally, codes, rooms
from moliere_core.errors import ConfigError, RunError
from moliere_core.system import storage
from moliere_core.system.records import DamagedError

KEY = "the teacher's secret"
QUIZ = classroom.choice("quiz.1", "Qui parle ?", ("Tartuffe", "Orgon", "Elmire"))

# A class in a process of its own: each of its telephones votes many times, its last vote is known.
VOTERS = """
import sys
from moliere_core import classroom
code, question, first, last = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
room = classroom.find(code)
for turn in range(10):
    for number in range(first, last):
        phone = room.admit(f"telephone-{number:06d}")
        room.vote(question, phone, (number + turn) % 3)
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def room() -> Room:
    return classroom.open_room(KEY)


def phone(room: Room, number: int = 0) -> str:
    return room.admit(f"telephone-{number:06d}")


def aged(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_a_code_is_found_however_it_is_typed(room: Room) -> None:
    assert codes.read(room.code) == room.code
    assert len(set(room.code)) == codes.LENGTH
    spaced = " ".join(room.code.lower())
    assert classroom.find(spaced) == room
    assert classroom.of(KEY) == room
    assert classroom.of("another's") is None
    assert KEY not in (room.path / "room.json").read_text()


@pytest.mark.parametrize("typed", ["", "BCF", "BCFGH", "AEIO", "BBCF", "../x", "BC/F", "bcf\0"])
def test_what_is_no_code_finds_nothing(typed: str) -> None:
    assert codes.read(typed) is None
    assert classroom.find(typed) is None


def test_codes_spell_nothing_and_are_many() -> None:
    assert not set(codes.LETTERS) & set("AEIOUYLQSZ")
    assert codes.COUNT > 20_000
    assert codes.read(codes.draw()) is not None


def test_a_vote_is_counted_once_and_may_be_changed_until_the_reveal(room: Room) -> None:
    room.ask(QUIZ)
    assert room.now == QUIZ.id
    ann, bob = phone(room, 1), phone(room, 2)
    assert room.ballot(QUIZ.id, ann) is None
    room.vote(QUIZ.id, ann, 0)
    room.vote(QUIZ.id, ann, 2)
    room.vote(QUIZ.id, bob, 2)
    assert room.ballot(QUIZ.id, ann) == 2
    assert room.tally(QUIZ.id).by_option == [0, 0, 2]
    assert room.outcome(QUIZ.id) is None
    room.reveal(QUIZ.id, Outcome(2, "Elmire"))
    with pytest.raises(BallotError, match="closed"):
        room.vote(QUIZ.id, ann, 1)
    room.reveal(QUIZ.id, Outcome(1))  # a second click
    tally = room.tally(QUIZ.id)
    assert (tally.closed, tally.right, tally.total) == (True, 2, 2)
    assert tally.outcome == Outcome(2, "Elmire") == room.outcome(QUIZ.id)
    assert room.ballot(QUIZ.id, ann) == 2


def test_before_the_reveal_the_answer_is_nowhere_on_disk(room: Room) -> None:
    room.ask(QUIZ)
    room.vote(QUIZ.id, phone(room), 1)
    assert not list(room.path.rglob("outcome.json"))


def test_a_question_that_comes_back_keeps_its_ballots(room: Room) -> None:
    other = classroom.letter("guess", "Quelle lettre ?")
    room.ask(QUIZ)
    room.vote(QUIZ.id, phone(room), 1)
    room.ask(other)
    room.vote(other.id, phone(room), "é")
    room.ask(QUIZ)
    assert (room.now, room.tally(QUIZ.id).total) == (QUIZ.id, 1)
    english = classroom.choice("quiz.1", "Who speaks?", ("Tartuffe", "Orgon", "Elmire"))
    room.ask(english)
    assert (room.now, room.question(QUIZ.id).text) == (QUIZ.id, "Who speaks?")
    assert [tally.question.key for tally in room.history()] == ["quiz.1", "guess"]
    room.withdraw(other.id)  # not the one before the class
    assert room.now == QUIZ.id
    room.withdraw(QUIZ.id)
    assert room.now == ""


def test_a_second_vote_keeps_the_first(room: Room) -> None:
    room.ask(QUIZ)
    room.vote(QUIZ.id, phone(room), 0)
    room.reveal(QUIZ.id, Outcome(1))
    room.vote_again(QUIZ.id)
    assert room.outcome(QUIZ.id) is None
    assert room.ballot(QUIZ.id, phone(room)) is None
    room.vote(QUIZ.id, phone(room), 1)
    assert [tally.by_option for tally in room.history()] == [[1, 0, 0], [0, 1, 0]]
    room.vote_again(QUIZ.id)
    assert [tally.total for tally in room.history()] == [1, 1, 0]


@pytest.mark.parametrize(
    ("question", "good", "bad"),
    [
        (QUIZ, [0, 2], [3, -1, True, 1.0, "1", None, [], {}]),
        (
            classroom.number("loss", "?", 0, 20),
            [0, 20, 3.25],
            [-1, 21, float("nan"), float("inf"), "3", True, None, 10**400],
        ),
        (
            classroom.letter("next", "?"),
            ["e", "é", " ", "\n", "\r\n", "e\u0301", "’"],
            ["", "ab", "\0", "\ud800", 1, None, "e" * 10**6, "\u200b"],
        ),
        (
            classroom.line("verse", "?", 12),
            ["Ah !", "  Ah\n oui "],
            ["", " ", "a" * 13, "\ud800", 7, "a\0b"],
        ),
    ],
)
def test_what_is_an_answer(room: Room, question: Question, good: list[Any], bad: list[Any]) -> None:
    room.ask(question)
    for value in good:
        room.vote(question.id, phone(room), value)
    for value in bad:
        with pytest.raises(BallotError):
            room.vote(question.id, phone(room), value)
    assert room.tally(question.id).total == 1
    assert Question.from_json(json.loads(json.dumps(question.to_json()))) == question


def test_letters_are_one_spelling_and_lines_one_line() -> None:
    assert classroom.letter("a", "").answer("e\u0301") == "é"
    assert classroom.letter("a", "").answer("’") == "'"
    assert classroom.line("a", "").answer("  Ah\n  oui ") == "Ah oui"


def test_questions_that_cannot_be_asked() -> None:
    with pytest.raises(ConfigError, match="1 options"):
        classroom.choice("a", "?", ("oui",))
    with pytest.raises(ConfigError, match="shorten"):
        classroom.letter("a", "?" * 3_000)
    with pytest.raises(ConfigError, match="smaller"):
        classroom.number("a", "?", 1, 1)
    strange: list[Any] = [None, [], {}, {"options": 1}, {**QUIZ.to_json(), "kind": "x"}]
    for damaged in strange:
        with pytest.raises(DamagedError):
            Question.from_json(damaged)


def test_numbers_have_a_median() -> None:
    question = classroom.number("a", "?", 0, 9)
    assert Tally(question, (1.0, 2.0, 9.0)).median == 2.0
    assert Tally(question, ()).median is None


def test_a_hundred_telephones_of_several_processes_lose_no_vote(room: Room) -> None:
    """Four servers of one home, each with its telephones, which vote again and again."""
    room.ask(QUIZ)
    voters = [
        subprocess.Popen(
            [sys.executable, "-c", VOTERS, room.code, QUIZ.id, str(first), str(first + 25)]
        )
        for first in range(0, 100, 25)
    ]
    while any(voter.poll() is None for voter in voters):
        tally = room.tally(QUIZ.id)
        assert tally.total <= 100
        assert all(answer in (0, 1, 2) for answer in tally.answers)  # each of them whole
    assert [voter.returncode for voter in voters] == [0] * 4
    tally = room.tally(QUIZ.id)
    assert tally.total == room.present == 100
    assert {n: room.ballot(QUIZ.id, phone(room, n)) for n in range(100)} == {
        n: (n + 9) % 3 for n in range(100)
    }
    assert not list((room.path / QUIZ.id).rglob(".*"))  # nothing is left beside the box


def test_a_ballot_comes_before_the_reveal_or_not_at_all(room: Room) -> None:
    """What a telephone is told was counted is counted, whatever the instant of the reveal."""
    for number in range(20):
        question = classroom.choice(str(number), "?", ("oui", "non"))
        room.ask(question)
        names = [phone(room, n) for n in range(8)]

        def counted(name: str, asked: str = question.id) -> bool:
            try:
                room.vote(asked, name, 1)
            except BallotError:
                return False
            return True

        with ThreadPoolExecutor(9) as pool:
            told = [pool.submit(counted, name) for name in names]
            pool.submit(room.reveal, question.id, Outcome(1)).result()
            sure = sum(job.result() for job in told)
        assert room.tally(question.id).total == sure


def test_two_windows_ask_the_same_question_once(room: Room) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(room.ask, [QUIZ] * 40))
    assert room.now == QUIZ.id
    assert not list(room.path.glob(".*"))


def test_a_closed_room_lets_nobody_in_and_is_read_until_it_ends(room: Room) -> None:
    room.ask(QUIZ)
    room.vote(QUIZ.id, phone(room), 1)
    room.close()
    assert classroom.find(room.code) is None
    assert classroom.of(KEY) is None
    [kept] = classroom.kept(KEY)
    assert kept.history()[0].total == 1
    aged(room.path / "used", rooms.KEPT + 1)
    assert classroom.kept(KEY) == []
    classroom.sweep()
    assert list(rooms.rooms_folder().iterdir()) == []
    room.close()  # too late, and no matter


def test_a_room_ends_by_itself_unless_it_is_used(room: Room) -> None:
    aged(room.path / "used", rooms.KEPT - 60)
    room.ask(QUIZ)
    aged(room.path / "room.json", 2 * rooms.KEPT)
    assert classroom.find(room.code) == room
    aged(room.path / "used", rooms.KEPT + 60)
    assert classroom.find(room.code) is None
    later = classroom.open_room(KEY)
    assert not room.path.exists()
    assert classroom.of(KEY) == later


def test_who_is_present_was_heard_a_moment_ago(room: Room) -> None:
    names = [phone(room, n) for n in range(3)]
    assert room.present == 3
    aged(room.path / "phones" / names[0], rooms.PRESENT + 1)
    assert room.present == 2
    phone(room, 0)
    assert room.present == 3


def test_a_clock_that_is_set_back_leaves_nobody_present_who_has_gone(room: Room) -> None:
    name = phone(room)
    aged(room.path / "phones" / name, -3600)  # an hour to come
    assert room.present == 0
    phone(room)
    assert room.present == 1
    aged(room.path / "used", -2 * rooms.KEPT)
    assert classroom.find(room.code) == room


def refuse(*_args: object, **_more: object) -> None:
    raise OSError(30, "Read-only file system")


def test_a_disk_that_cannot_be_written_lets_read_and_says_why_it_counts_nothing(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.ask(QUIZ)
    name = phone(room)
    room.vote(QUIZ.id, name, 1)
    aged(room.path / "phones" / name, rooms.HEARD + 1)
    aged(room.path / "used", rooms.USED + 1)
    for change in ("touch", "unlink", "rename", "replace", "write_text"):
        monkeypatch.setattr(Path, change, refuse)
    monkeypatch.setattr(storage, "write_through", refuse)
    assert phone(room) == name
    assert phone(room, 7) != name
    room.withdraw(QUIZ.id)
    assert room.now == QUIZ.id
    assert room.tally(QUIZ.id).total == 1
    attempts: list[Callable[[], object]] = [
        lambda: room.vote(QUIZ.id, name, 0),
        lambda: room.reveal(QUIZ.id),
        lambda: room.vote_again(QUIZ.id),
        lambda: room.ask(classroom.line("other", "Autre ?")),
        room.close,
    ]
    for attempt in attempts:
        with pytest.raises(RunError, match="Read-only file system"):
            attempt()
    assert room.tally(QUIZ.id).answers == (1,)


def test_a_reveal_comes_too_late_where_another_window_votes_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.ask(QUIZ)
    write = storage.write_through

    def overtaken(path: Path, data: bytes) -> None:
        if path.name.startswith(".outcome.json"):  # all but renamed
            write(path, data)
            (room.path / QUIZ.id).rename(room.path / f"{QUIZ.id}-1")
        else:
            write(path, data)

    monkeypatch.setattr(storage, "write_through", overtaken)
    room.reveal(QUIZ.id, Outcome(1))
    assert not room.has(QUIZ.id)


def test_a_room_that_is_gone_has_no_history(room: Room) -> None:
    room.ask(QUIZ)
    shutil.rmtree(room.path)
    assert room.history() == []


def test_the_same_telephone_has_another_name_in_another_room(room: Room) -> None:
    assert phone(room) != phone(classroom.open_room("b"))


@pytest.mark.parametrize("token", ["", "short", "x" * 65, "../" * 8, "é" * 20])
def test_a_telephone_without_a_token_is_not_let_in(room: Room, token: str) -> None:
    with pytest.raises(BallotError, match="load the page again"):
        room.admit(token)


def test_nobody_fills_a_room_or_a_home(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MOST_PHONES", 2)
    phone(room, 1), phone(room, 2)
    phone(room, 1)  # is in already
    assert room.knows("telephone-000001")
    assert not room.knows("telephone-000003")
    assert not room.knows("../room.json")
    with pytest.raises(BallotError, match="2 telephones"):
        phone(room, 3)
    monkeypatch.setattr(rooms, "MOST_ROOMS", 1)
    with pytest.raises(BallotError, match="1 rooms"):
        classroom.open_room("b")


@pytest.mark.parametrize("question", ["", "0123456789ab", "../../etc", "QUESTION"])
def test_what_was_not_asked_is_not_answered(room: Room, question: str) -> None:
    with pytest.raises(BallotError, match="no longer asked"):
        room.vote(question, phone(room), 1)
    with pytest.raises(BallotError, match="no longer asked"):
        room.tally(question)


def test_damaged_files_count_for_nothing(room: Room) -> None:
    room.ask(QUIZ)
    room.vote(QUIZ.id, phone(room, 1), 1)
    box = room.path / QUIZ.id / "open"
    (box / "broken").write_bytes(b"{")
    (box / "strange").write_text("7")
    assert room.tally(QUIZ.id).by_option == [0, 1, 0]
    (room.path / "now.json").write_text('{"question": "../.."}')
    assert room.now == ""
    (room.path / QUIZ.id / "question.json").write_text("[]")
    assert room.history() == []
    (room.path / "room.json").write_text("{}")
    assert not room.owned_by(KEY)
