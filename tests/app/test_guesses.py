"""Guesses at the teacher's code: a few are free, then each wrong one makes its author wait."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.server import guesses as module
from dashboard.server.guesses import ADDRESS, FIRST, FORGIVEN, FREE, LONGEST, SESSION, Guesses

ME, HERE = (SESSION, "me"), (ADDRESS, "10.0.0.1")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_each_wrong_guess_beyond_the_free_ones_doubles_the_wait(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    guesses = Guesses(clock)
    for _ in range(FREE[SESSION]):
        assert guesses.allowed([ME], lambda: False) == 0.0
    assert guesses.allowed([ME], lambda: pytest.fail("it must wait")) == FIRST
    assert "3 wrong keys from session" in caplog.text
    assert "me" not in [record.args[2] for record in caplog.records if record.args]
    clock.now += FIRST
    assert guesses.allowed([ME], lambda: False) == 0.0
    assert guesses.allowed([ME], lambda: False) == 2 * FIRST
    for _ in range(20):
        clock.now += LONGEST[SESSION]
        assert guesses.allowed([ME], lambda: False) == 0.0
    assert guesses.allowed([ME], lambda: False) == LONGEST[SESSION]
    clock.now += LONGEST[SESSION]
    assert guesses.allowed([ME], lambda: True) is None
    assert guesses.allowed([ME], lambda: False) == 0.0  # a right one forgives the wrong ones


def test_new_sessions_of_one_address_do_not_guess_on() -> None:
    clock = Clock()
    guesses, tried = Guesses(clock), 0
    for second in range(47):  # 47 sessions in 20 s, as somebody did
        clock.now += 20 / 47
        if not guesses.allowed([(SESSION, str(second)), HERE], lambda: False):
            tried += 1
    assert tried <= FREE[ADDRESS] + 2
    assert guesses.allowed([(SESSION, "elsewhere"), (ADDRESS, "10.0.0.2")], lambda: True) is None


def test_wrong_guesses_are_forgiven_after_a_while() -> None:
    clock = Clock()
    guesses = Guesses(clock)
    for _ in range(FREE[SESSION] - 1):
        guesses.allowed([ME], lambda: False)
    clock.now += FORGIVEN + 1
    for _ in range(FREE[SESSION]):
        assert guesses.allowed([ME], lambda: False) == 0.0


def test_the_page_says_how_long_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_TEACHER_CODE", "tartuffe")
    monkeypatch.setattr("dashboard.shared.rights.guesses", Guesses(Clock()))
    page = AppTest.from_function(_drawer).run()
    for number in range(FREE[SESSION]):
        page.text_input(key="training.key").set_value(f"guess {number}").run()
        assert not page.warning
    page.text_input(key="training.key").set_value("tartuffe").run()
    assert "Trop de clés essayées" in page.warning[0].value
    assert page.session_state["opened"] == (page.session_state["training.token"],)


def test_the_right_code_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_TEACHER_CODE", "tartuffe")
    monkeypatch.setattr("dashboard.shared.rights.guesses", Guesses(Clock()))
    page = AppTest.from_function(_drawer).run()
    page.text_input(key="training.key").set_value("tartuffe").run()
    assert not page.warning
    assert page.session_state["opened"] == ("tartuffe",)


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
    from dashboard.shared import rights

    monkeypatch.setattr(rights.st, "context", SimpleNamespace(ip_address=said))
    assert rights.address() == network


def _drawer() -> None:
    import streamlit as st

    from dashboard.shared import rights

    rights.key_drawer()
    st.session_state["opened"] = rights.tokens()


def test_the_server_has_one_counter() -> None:
    from dashboard.shared import rights

    assert rights.guesses is module.guesses
