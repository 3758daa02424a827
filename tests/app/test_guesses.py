"""Guesses at the teacher's code: a few are free, then each wrong one makes its author wait."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.server.guesses import (
    ADDRESS,
    APART,
    BROWSER,
    FIRST,
    FORGIVEN,
    FREE,
    LONG,
    LONGEST,
    MANY,
    PAUSE,
    Guesses,
)
from dashboard.shared import rights
from moliere_core.runs.run import Run, run_path
from tests.app.helpers import RUN
from tests.patience import PATIENCE

ME, HERE, ELSEWHERE = "a browser", "10.0.0.1", "10.0.0.2"


def wrong() -> bool:
    return False


def code() -> bool:
    return True


def never() -> bool:
    pytest.fail("it must wait")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def suspect(clock: Clock, wrong_keys: int = FREE[ADDRESS]) -> Guesses:
    """After so many wrong keys from one address, each of another browser."""
    guesses = Guesses(clock)
    for number in range(wrong_keys):
        guesses.wait(f"pupil {number}", HERE, wrong)
        clock.now += PAUSE
        guesses.wait(f"pupil {number}", HERE, wrong)
    return guesses


def test_each_wrong_guess_beyond_the_free_ones_doubles_the_wait(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    guesses = Guesses(clock)
    for number in range(FREE[BROWSER]):
        assert guesses.wait(ME, str(number), wrong) == 0.0
    assert guesses.wait(ME, HERE, never) == FIRST
    assert "3 wrong keys from browser" in caplog.text
    assert ME not in caplog.text
    clock.now += FIRST
    assert guesses.wait(ME, HERE, wrong) == 0.0
    assert guesses.wait(ME, HERE, never) == 2 * FIRST
    for number in range(20):
        clock.now += LONGEST
        assert guesses.wait(ME, str(number), wrong) == 0.0
    assert guesses.wait(ME, HERE, never) == LONGEST
    clock.now += LONGEST
    assert guesses.wait(ME, HERE, code) == 0.0
    assert guesses.wait(ME, HERE, wrong) == 0.0  # a right one forgives the wrong ones
    assert guesses.wait(ME, HERE, wrong) == 0.0


def test_wrong_keys_of_a_class_keep_its_teacher_waiting_for_seconds() -> None:
    clock = Clock()
    guesses = suspect(clock)
    assert guesses.wait("teacher", HERE, never) == PAUSE
    for number in range(30):  # others who ask meanwhile do not put it off
        clock.now += PAUSE / 30
        guesses.wait(f"another {number}", HERE, wrong)
    assert guesses.wait("teacher", HERE, code) == 0.0
    assert guesses.wait("teacher", ELSEWHERE, code) == 0.0


def test_a_browser_that_has_given_the_code_is_not_slowed_by_its_address() -> None:
    clock = Clock()
    guesses = Guesses(clock)
    assert guesses.wait("teacher", HERE, code) == 0.0
    for number in range(MANY):
        clock.now += PAUSE
        guesses.wait(str(number), HERE, wrong)
        guesses.wait(str(number), HERE, wrong)
    assert guesses.wait("a newcomer", HERE, never) >= PAUSE
    assert guesses.wait("teacher", HERE, code) == 0.0


@pytest.mark.parametrize("short", [True, False])
def test_a_program_with_many_browsers_tries_few_codes_where_it_could_find_it(short: bool) -> None:
    clock = Clock()
    guesses, tried = Guesses(clock), list[int]()

    def try_one() -> bool:
        tried.append(1)
        return False

    for second in range(0, 3600, 4):
        clock.now += 4
        for browser in range(12):
            guesses.wait(f"{second // 24} {browser}", HERE, try_one, short)
    assert (MANY <= len(tried) <= MANY + 3600 / APART) == short
    assert guesses.wait("elsewhere", ELSEWHERE, code) == 0.0
    # The teacher of a long code waits for no program.
    assert guesses.wait("teacher", HERE, never, short) >= PAUSE
    clock.now += PAUSE
    guesses.wait("another", HERE, try_one, short)
    if not short:
        assert guesses.wait("teacher", HERE, code, short) == 0.0


@pytest.mark.parametrize("kind", [BROWSER, ADDRESS])
def test_wrong_guesses_are_forgiven_after_a_while(kind: str) -> None:
    clock = Clock()
    guesses = suspect(clock) if kind == ADDRESS else Guesses(clock)
    if kind == BROWSER:
        for number in range(FREE[kind]):
            guesses.wait(ME, str(number), wrong)
    assert guesses.wait(ME, HERE, never) > 0
    clock.now += FORGIVEN[kind] + 1
    assert guesses.wait(ME, HERE, wrong) == 0.0


def test_the_page_says_how_long_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_TEACHER_CODE", "tartuffe")
    monkeypatch.setattr("dashboard.shared.rights.guesses", Guesses(Clock()))
    page = AppTest.from_function(_drawer, default_timeout=PATIENCE).run()
    for number in range(FREE[BROWSER]):
        page.text_input(key="training.key").set_value(f"guess {number}").run()
        assert not page.warning
    page.text_input(key="training.key").set_value("tartuffe").run()
    assert "Trop de clés essayées" in page.warning[0].value
    assert page.session_state["opened"] == (page.session_state["training.token"],)


def test_the_right_code_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_TEACHER_CODE", "tartuffe")
    monkeypatch.setattr("dashboard.shared.rights.guesses", Guesses(Clock()))
    page = AppTest.from_function(_drawer, default_timeout=PATIENCE).run()
    page.text_input(key="training.key").set_value("tartuffe").run()
    assert not page.warning
    assert page.session_state["opened"] == ("tartuffe",)


def test_a_key_that_opens_something_is_no_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither before wrong ones nor after: it is heard at once where a guess would wait."""
    monkeypatch.setenv("MOLIERE_TEACHER_CODE", "tartuffe")
    Run.open(run_path(RUN)).set_owner("my own key")
    monkeypatch.setattr("dashboard.shared.rights.guesses", Guesses(Clock()))
    page = AppTest.from_function(_drawer, default_timeout=PATIENCE).run()
    field = page.text_input(key="training.key")
    for key in ("my own key", page.session_state["training.token"]) * FREE[BROWSER]:
        page = field.set_value(key).run()
        assert not page.warning
        assert key in page.session_state["opened"]
    for number in range(FREE[BROWSER]):
        assert not field.set_value(f"guess {number}").run().warning
    assert field.set_value("tartuffe").run().warning
    page = field.set_value("my own key").run()
    assert not page.warning
    assert "my own key" in page.session_state["opened"]


@pytest.mark.parametrize(("code", "short"), [("t" * (LONG - 1), True), ("t" * LONG, False)])
def test_a_long_code_is_told_from_a_short_one(
    monkeypatch: pytest.MonkeyPatch, code: str, short: bool
) -> None:
    told = list[bool]()

    class Asked(Guesses):
        def wait(self, *_: object) -> float:
            told.append(bool(_[-1]))
            return 0.0

    monkeypatch.setenv("MOLIERE_TEACHER_CODE", code)
    monkeypatch.setattr("dashboard.shared.rights.guesses", Asked())
    page = AppTest.from_function(_drawer, default_timeout=PATIENCE).run()
    page.text_input(key="training.key").set_value("tartuffe").run()
    assert told == [short]


@pytest.mark.parametrize(
    ("said", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, "unknown"),
        ("a proxy's word", "unknown"),
    ],
)
def test_a_subscriber_has_one_network(
    monkeypatch: pytest.MonkeyPatch, said: str | None, network: str
) -> None:
    monkeypatch.setattr(st, "context", SimpleNamespace(ip_address=said))
    assert rights.address() == network


def _drawer() -> None:
    import streamlit as st

    from dashboard.shared import rights

    rights.key_drawer()
    st.session_state["opened"] = rights.tokens()
