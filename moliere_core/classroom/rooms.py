"""A room on disk; see the package for what is where."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from moliere_core.classroom import codes
from moliere_core.classroom.questions import (
    Answer,
    BallotError,
    ClosedError,
    FullError,
    Question,
)
from moliere_core.classroom.tally import Outcome, Tally
from moliere_core.errors import RunError
from moliere_core.runs.ownership import Owner
from moliere_core.system import records
from moliere_core.system.records import DamagedError
from moliere_core.system.storage import home, make_folder, write_atomically, write_error

T = TypeVar("T")

KEPT = 4 * 3600.0  # seconds after its last use that a room is there
MOST_ROOMS = 200  # of a home
MOST_PHONES = 250  # of a room: nobody fills it with ballots of telephones that are none
PRESENT = 15.0  # seconds since a telephone was heard that it counts as present
HEARD, USED = 5.0, 60.0  # seconds that the times of the files `phones/NAME` and `used` may be old
PATIENCE, PAUSE = 1.0, 0.01  # seconds: Windows renames no file that somebody reads this instant
_TOKEN = re.compile(r"[\w-]{16,64}", re.ASCII)
_ID = re.compile(r"[0-9a-f]{12}")
_ROUND = re.compile(r"[0-9a-f]{12}(-\d+)?")  # a question, or one of its earlier votes
_UNREADABLE = (OSError, DamagedError)


@dataclass(frozen=True)
class Room:
    """A room.

    Attributes:
        code: by which one comes in.
        path: of its folder.
    """

    code: str
    path: Path

    # What the teacher does.

    def ask(self, question: Question) -> None:
        """Put a question before the class, in the place of the one before.

        One that was asked before comes back with its ballots, open or closed as it was.

        Raises:
            RunError: it cannot be written.
        """
        folder = self.path / question.id
        document = question.to_json()
        stored = _read(folder / "question.json")
        if stored is None:
            self._add(folder, document)
        elif {**stored, "asked": 0} != {**document, "asked": 0}:  # said in another language
            _write(folder / "question.json", {**document, "asked": stored.get("asked", 0)})
        if self.now != question.id:
            _write(self.path / "now.json", {"question": question.id})
            self._use()

    def withdraw(self, question: str) -> None:
        """Take a question from the class, if it is the one before it; its ballots stay."""
        if self.now == question:
            with contextlib.suppress(OSError):  # a disk that cannot be written keeps it there
                (self.path / "now.json").unlink(missing_ok=True)

    def reveal(self, question: str, outcome: Outcome | None = None) -> None:
        """End the vote and tell what comes out; a second time changes nothing.

        Raises:
            RunError: it cannot be written.
        """
        box = self._folder(question) / "open"
        if not box.is_dir():
            return
        try:
            _write(box.with_name("outcome.json"), asdict(outcome or Outcome()))
            _rename(box, box.with_name("closed"))
        except RunError:
            if box.is_dir():  # else another window has begun another vote, this instant
                raise
        self._use()

    def vote_again(self, question: str) -> None:
        """Open an empty box for the same question; what the class said before is kept beside it.

        Raises:
            RunError: it cannot be written.
        """
        folder = self._folder(question)
        found = _read(folder / "question.json")
        if found is None:
            return
        rounds = sum(1 for path in self.path.glob(f"{question}-*"))
        _rename(folder, self.path / f"{question}-{rounds + 1}")
        self._add(folder, found)
        self._use()

    def close(self) -> None:
        """Let nobody in any longer; what was counted can be read until the room ends.

        Raises:
            RunError: it cannot be written.
        """
        try:
            (self.path / "closed").touch()
        except FileNotFoundError:  # it has just ended by itself
            return
        except OSError as error:
            raise write_error(self.path, error) from error

    # What everybody may know.

    @property
    def is_open(self) -> bool:
        """Whether one may come in: not closed, and used a short while ago."""
        return not (self.path / "closed").exists() and not self.ended

    @property
    def ended(self) -> bool:
        """Whether it has ended by itself."""
        return _age(self.path / "used") > KEPT

    @property
    def now(self) -> str:
        """The identifier of the question that is before the class, "" where there is none."""
        found = _read(self.path / "now.json") or {}
        asked = found.get("question")
        return asked if isinstance(asked, str) and _ID.fullmatch(asked) else ""

    @property
    def present(self) -> int:
        """How many telephones were heard a moment ago."""
        return sum(abs(_age(path)) < PRESENT for path in _files(self.path / "phones"))

    def question(self, question: str) -> Question:
        """What is asked under an identifier.

        Raises:
            ClosedError: nothing is.
        """
        found = _read(self._folder(question) / "question.json")
        with contextlib.suppress(DamagedError):
            if found is not None:
                return Question.from_json(found)
        raise ClosedError("this question is no longer asked")

    def has(self, question: str) -> bool:
        """Whether a question was ever asked here."""
        return (self._folder(question) / "question.json").is_file()

    def outcome(self, question: str) -> Outcome | None:
        """What was revealed of a question; None as long as one may vote."""
        return _outcome(self._folder(question))

    def owned_by(self, key: str) -> bool:
        """Whether somebody with this key has opened it."""
        found = _read(self.path / "room.json")
        return found is not None and Owner.from_json(found).holds(key)

    # What a telephone does.

    def admit(self, token: str) -> str:
        """Let a telephone in, and note that it is there.

        Args:
            token: random, which it keeps.

        Returns:
            Its name in this room.

        Raises:
            BallotError: it has no token.
            FullError: it is new, and there are too many.
        """
        if not _TOKEN.fullmatch(token):
            raise BallotError("this telephone says nothing of itself: load the page again")
        seen = self._seen(token)
        age = abs(_age(seen))  # a clock may have been set back
        if age == float("inf") and sum(1 for _ in _files(seen.parent)) >= MOST_PHONES:
            raise FullError("there are {most} telephones in this room already", most=MOST_PHONES)
        if age > HEARD:
            _touch(seen)
        return seen.name

    def knows(self, token: str) -> bool:
        """Whether a telephone has been let in before."""
        return bool(_TOKEN.fullmatch(token)) and self._seen(token).exists()

    def vote(self, question: str, phone: str, value: object) -> Answer:
        """Put the ballot of a telephone into the box, in the place of its earlier one.

        Args:
            question: its identifier.
            phone: from `admit`.
            value: what was sent, which may be anything.

        Returns:
            The answer that is counted.

        Raises:
            BallotError: it is no answer.
            ClosedError: the vote is.
            RunError: it cannot be written.
        """
        answer = self.question(question).answer(value)
        box = self._folder(question) / "open"
        aside = box / f".{phone}.{os.getpid()}.{threading.get_ident()}"
        try:
            # Not waited for until the disk has it: a ballot survives the server, not a power cut.
            aside.write_text(json.dumps(answer), encoding="utf-8")
            _patiently(lambda: aside.replace(box / phone))
        except FileNotFoundError as error:
            raise ClosedError("the vote is closed") from error
        except OSError as error:
            raise write_error(box, error) from error
        self._use()
        return answer

    def ballot(self, question: str, phone: str) -> Answer | None:
        """What a telephone has answered; None where it has not."""
        folder = self._folder(question)
        asked = self.question(question)
        for box in ("open", "closed"):
            if (answer := _answer(asked, folder / box / phone)) is not None:
                return answer
        return None

    # What the class has said.

    def tally(self, question: str) -> Tally:
        """The ballots of a question as they are now.

        Raises:
            ClosedError: it was never asked.
        """
        return _tally(self._folder(question), self.question(question))

    def history(self) -> list[Tally]:
        """All that was asked, and each vote on it, in the order in which it was asked."""
        found: list[tuple[float, int, Tally]] = []
        for folder in _files(self.path):
            document = _read(folder / "question.json") if _ROUND.fullmatch(folder.name) else None
            with contextlib.suppress(DamagedError):
                if document is not None:
                    asked = records.measure(document, "asked", 0, records.MOST)
                    number = folder.name.partition("-")[2]
                    last = int(number) if number else records.MAX_BYTES
                    found.append((asked, last, _tally(folder, Question.from_json(document))))
        return [tally for _asked, _last, tally in sorted(found, key=lambda item: item[:2])]

    def _seen(self, token: str) -> Path:
        name = hashlib.sha256(f"{self.code} {token}".encode()).hexdigest()[:16]
        return self.path / "phones" / name

    def _folder(self, question: str) -> Path:
        if not _ID.fullmatch(question):
            raise ClosedError("this question is no longer asked")
        return self.path / question

    def _add(self, folder: Path, document: dict[str, Any]) -> None:
        """A question with an empty box: it is there whole, or not at all."""
        aside = folder.with_name(f".{folder.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            (aside / "open").mkdir(parents=True)
            _write(aside / "question.json", {"asked": time.time(), **document})
            aside.rename(folder)
        except OSError as error:
            shutil.rmtree(aside, ignore_errors=True)
            if not folder.is_dir():  # else another window has asked it this instant
                raise write_error(folder, error) from error

    def _use(self) -> None:
        used = self.path / "used"
        if _age(used) > USED:
            _touch(used)


def open_room(key: str) -> Room:
    """Open a room for somebody; those that have ended are cleared away.

    Args:
        key: a secret, by which `of` finds it again.

    Raises:
        FullError: there are too many.
        RunError: it cannot be written.
    """
    sweep()
    folder = rooms_folder()
    try:
        make_folder(folder)
        if sum(1 for _ in _rooms()) >= MOST_ROOMS:
            raise FullError("there are {most} rooms already: close one", most=MOST_ROOMS)
        while True:
            code = codes.draw()
            room = Room(code, folder / code)
            with contextlib.suppress(FileExistsError):
                room.path.mkdir()
                break
        (room.path / "phones").mkdir()
        (room.path / "used").touch()
    except OSError as error:
        raise write_error(folder, error) from error
    _write(room.path / "room.json", asdict(Owner.of(key)))  # from now on it is there
    return room


def find(typed: str) -> Room | None:
    """The open room of this code, in whatever way it was typed; None where there is none."""
    code = codes.read(typed)
    if code is None:
        return None
    room = Room(code, rooms_folder() / code)
    return room if (room.path / "room.json").is_file() and room.is_open else None


def of(key: str) -> Room | None:
    """The open room of somebody with this key: the one that was opened last."""
    return next((room for room in kept(key) if room.is_open), None)


def kept(key: str) -> list[Room]:
    """All rooms of somebody that are still to be read, open or closed, the last one first."""
    mine = [room for room in _rooms() if not room.ended and room.owned_by(key)]
    return sorted(mine, key=lambda room: _age(room.path / "room.json"))


def sweep() -> None:
    """Clear away the rooms that have ended by themselves."""
    for room in list(_rooms()):
        if room.ended:
            gone = room.path.with_name(f".{room.code}.{os.getpid()}")
            with contextlib.suppress(OSError):
                room.path.rename(gone)
            shutil.rmtree(gone, ignore_errors=True)


def rooms_folder() -> Path:
    """Where rooms are kept."""
    return home() / "rooms"


def _rooms() -> Iterator[Room]:
    with contextlib.suppress(OSError):
        for path in rooms_folder().iterdir():
            if codes.read(path.name) == path.name:
                yield Room(path.name, path)


def _outcome(folder: Path) -> Outcome | None:
    if not (folder / "closed").is_dir():
        return None
    found = _read(folder / "outcome.json") or {}
    right, said = found.get("right"), found.get("said")
    return Outcome(
        right if isinstance(right, int | float | str) else None,
        said if isinstance(said, str) else "",
    )


def _tally(folder: Path, question: Question) -> Tally:
    box = folder / "open"
    answers = _answers(question, box)
    if box.is_dir():
        return Tally(question, answers)
    # It may have been renamed while it was read.
    return Tally(question, _answers(question, folder / "closed"), True, _outcome(folder))


def _answers(question: Question, box: Path) -> tuple[Answer, ...]:
    found = (_answer(question, path) for path in _files(box))
    return tuple(sorted((a for a in found if a is not None), key=lambda a: (isinstance(a, str), a)))


def _answer(question: Question, path: Path) -> Answer | None:
    """The answer on a ballot; None where there is none, or a damaged one."""
    with contextlib.suppress(*_UNREADABLE, BallotError):
        return question.answer(records.read_json(path))
    return None


def _files(folder: Path) -> Iterator[Path]:
    """What is in a folder, without what is being written aside."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith("."):
                yield folder / entry.name


def _age(path: Path) -> float:
    """Seconds since a file was last touched; infinity where there is none."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return float("inf")


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return dict(records.mapping(records.read_json(path)))
    except _UNREADABLE:
        return None


def _write(path: Path, document: dict[str, Any]) -> None:
    write_atomically(path, json.dumps(document, ensure_ascii=False).encode())


def _rename(old: Path, new: Path) -> None:
    """RunError if it cannot; where it is gone, another window has renamed it this instant."""
    try:
        with contextlib.suppress(FileNotFoundError):
            _patiently(lambda: old.rename(new))
    except OSError as error:
        raise write_error(new, error) from error


def _touch(path: Path) -> None:
    """Note the time, where there still is a room and its disk can be written."""
    with contextlib.suppress(OSError):
        path.touch()


def _patiently(action: Callable[[], T]) -> T:
    """Do it, for a while again where another process has the file open."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return action()
        except PermissionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(PAUSE)
