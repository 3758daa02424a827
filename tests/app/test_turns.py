"""Who computes next, on a clock that only the computing itself moves."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from dashboard.server import turns
from dashboard.server.turns import FORGOTTEN, AbandonedError, Turn, Turns
from dashboard.shared import cached, following
from dashboard.shared.i18n import NBSP
from moliere_core.errors import CorpusError
from moliere_core.system.progress import Progress
from tests.patience import PATIENCE

PIECE, SHORT = 0.1, 0.02  # seconds


class Class:
    """Pupils on one engine; `order` is which of them computed each piece, of so many seconds."""

    def __init__(self, piece: float = PIECE) -> None:
        self.now, self.piece = 0.0, piece
        self.order: list[str] = []
        self.works: dict[str, Turn[str]] = {}
        self.engine = Turns(lambda: self.now)

    def asks(
        self, name: str, pieces: int, pupil: str = "", during: Callable[[int], None] | None = None
    ) -> None:
        """A pupil, by default one of that name, asks for something of so many pieces.

        Args:
            name: of the work.
            pieces: that it takes.
            pupil: who asks.
            during: called in each piece, with its number.
        """

        def task(told: Progress) -> str:
            for piece in range(pieces):
                if during is not None:
                    during(piece)
                self.order.append(name)
                self.now += self.piece
                for work in list(self.works.values()):
                    work.look()
                told((piece + 1) / pieces)
            return name

        known = threading.Event()  # so that the work is there to be looked at

        def begun(told: Progress) -> str:
            known.wait(PATIENCE)
            return task(told)

        self.works[name] = self.engine.begin(pupil or name, begun)
        known.set()

    def after_somebody(self) -> list[str]:
        """The order in which pieces are done where A, and B who is new, ask during a work."""
        self.order.clear()

        def during(piece: int) -> None:
            if piece == 0:
                self.asks("again", 3, pupil="A")
                self.asks("modest", 3, pupil="B")

        self.asks("anybody", 2, during=during)
        self.finish()
        return self.order

    def finish(self) -> None:
        while pending := [w for w in list(self.works.values()) if not w.done()]:
            assert pending[0].wait(PATIENCE)
        assert {name: work.result() for name, work in self.works.items()} == {
            name: name for name in self.works
        }


def test_a_short_work_passes_before_what_remains_of_a_long_one() -> None:
    pupils = Class()

    def during(piece: int) -> None:
        if piece == 10:
            pupils.asks("short", 3)

    pupils.asks("long", 90, during=during)
    pupils.finish()
    assert pupils.order == ["long"] * 11 + ["short"] * 3 + ["long"] * 79


def test_short_works_are_done_one_by_one() -> None:
    pupils = Class(SHORT)

    def during(piece: int) -> None:
        if piece == 0:
            pupils.asks("second", 4)
            pupils.asks("third", 4)

    pupils.asks("first", 4, during=during)
    pupils.finish()
    assert pupils.order == ["first"] * 4 + ["second"] * 4 + ["third"] * 4


def test_a_long_work_gets_its_third_while_short_ones_never_cease() -> None:
    pupils, count = Class(), iter(range(100_000))

    def during(piece: int) -> None:
        if piece == 1 and not pupils.works["long"].done():
            pupils.asks(f"short {next(count)}", 2, during=during)

    def first(piece: int) -> None:
        if piece == 5:
            pupils.asks("short", 2, during=during)

    pupils.asks("long", 60, during=first)
    pupils.finish()
    last = len(pupils.order) - 1 - pupils.order[::-1].index("long")
    # It waits for as long as it has to compute before its age counts, then computes a third.
    assert last < 60 + 60 + 3 * 60


def test_who_has_used_much_lately_comes_after_who_has_not() -> None:
    pupils = Class()
    pupils.asks("greedy", 40, pupil="A")
    pupils.finish()
    assert pupils.after_somebody() == ["anybody"] * 2 + ["modest"] * 3 + ["again"] * 3


def test_what_a_session_has_used_is_forgiven() -> None:
    pupils = Class()
    pupils.asks("greedy", 40, pupil="A")
    pupils.finish()
    pupils.now += 10 * turns.HALF_LIFE
    pupils.piece = SHORT
    assert pupils.after_somebody() == ["anybody"] * 2 + ["again"] * 3 + ["modest"] * 3


def test_what_nobody_looks_at_is_abandoned_and_the_next_one_computed() -> None:
    now, gate = [0.0], threading.Event()
    engine = Turns(lambda: now[0])

    def long(told: Progress) -> None:
        gate.wait(PATIENCE)
        now[0] += FORGOTTEN + 1
        told(0.1)

    left = engine.begin("gone", long)
    waits = engine.begin("here", lambda told: "done")
    assert left.others == waits.others == 1
    waits.looked = float("inf")
    gate.set()
    with pytest.raises(AbandonedError):
        left.result(PATIENCE)
    assert waits.result(PATIENCE) == "done"


def test_an_error_is_for_who_asked_and_the_engine_goes_on() -> None:
    engine = Turns()

    def fails(told: Progress) -> None:
        raise CorpusError("the text is empty")

    with pytest.raises(CorpusError, match="the text is empty"):
        engine.begin("A", fails).result(PATIENCE)
    assert engine.begin("B", lambda told: 7).result(PATIENCE) == 7


def test_the_background_gives_way_but_not_for_good() -> None:
    gate, heard = threading.Event(), list[float]()
    engine = Turns()
    engine.behind(heard.append)(0.25)  # nobody computes: at once
    busy = engine.begin("pupil", lambda told: gate.wait(PATIENCE))
    engine.give_way(longest=0.0)
    behind = threading.Thread(target=engine.give_way, args=(PATIENCE,))
    behind.start()
    assert behind.is_alive()
    gate.set()
    behind.join(PATIENCE)
    assert not behind.is_alive()
    assert busy.result(PATIENCE)
    assert heard == [0.25]


def test_a_machine_without_a_thread_left_keeps_the_turn_for_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pupils = Class()

    def refused(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", refused)
        with pytest.raises(RuntimeError, match="new thread"):
            pupils.engine.begin("first", lambda _told: "first")
    pupils.asks("second", 2)
    pupils.finish()
    assert pupils.order == ["second", "second"]


def test_what_is_asked_twice_is_computed_once_and_what_failed_again() -> None:
    asked = list[str]()

    @cached.computed(max_entries=2)
    def answer(text: str) -> cached.Task[str]:
        def task(told: Progress) -> str:
            asked.append(text)
            if len(asked) == 1:
                raise CorpusError("not yet")
            return text.upper()

        return task

    with pytest.raises(CorpusError, match="not yet"):
        answer("a")
    assert [answer("a"), answer("a"), answer("b")] == ["A", "A", "B"]
    assert asked == ["a", "a", "b"]


def test_what_others_have_abandoned_is_asked_for_again() -> None:
    tries = list[int]()

    @cached.computed(max_entries=2)
    def answer() -> cached.Task[int]:
        def task(told: Progress) -> int:
            tries.append(1)
            if len(tries) == 1:
                raise AbandonedError
            return len(tries)

        return task

    assert answer() == 2


def test_a_page_says_why_it_waits_and_how_far_it_is() -> None:
    assert following.sentence(0.4, 0) == f"Le modèle calcule : 40{NBSP}%"
    assert "vous et 1 autre personne, à tour de rôle" in following.sentence(0.4, 1)
    assert "vous et 3 autres personnes, à tour de rôle" in following.sentence(0.4, 3)
