"""What a download makes on its click sees the session that has asked for it."""

from __future__ import annotations

import threading

import pytest

from dashboard.shared import later


def test_a_file_is_made_for_the_session_that_has_asked_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sessions: dict[threading.Thread, object] = {}
    asked_by = object()
    monkeypatch.setattr(later, "get_script_run_ctx", lambda suppress_warning: asked_by)
    monkeypatch.setattr(later, "add_script_run_ctx", sessions.__setitem__)
    made = later.in_session(lambda: sessions[threading.current_thread()])
    assert made() is asked_by
    assert threading.current_thread() not in sessions  # the server's thread is left alone


def test_why_a_file_cannot_be_made_is_told() -> None:
    def fails() -> bytes:
        raise ValueError("no file")

    with pytest.raises(ValueError, match="no file"):
        later.in_session(fails)()
