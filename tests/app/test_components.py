"""Components: in which order they are told. What they draw: tests/javascript and tests/e2e."""

from __future__ import annotations

import pytest

from tests.app.helpers import Open, orders

pytestmark = pytest.mark.usefixtures("embedded", "french")

WINDOWS = "moliere_windows"


def test_what_has_changed_stands_after_all_that_the_session_was_told(open_page: Open) -> None:
    at = open_page("windows")
    told = orders(at)
    assert orders(at.run()) == told  # to the browser, the same elements
    first = max(told.values())
    at = at.segmented_control(key="windows.length").set_value("100").run()
    changed = orders(at)[WINDOWS]
    assert changed > first
    at = at.segmented_control(key="windows.length").set_value("60").run()
    assert orders(at)[WINDOWS] > changed  # what was shown before, and not what was told before


def test_each_session_counts_for_itself(open_page: Open) -> None:
    [one, other] = [orders(open_page("windows"))[WINDOWS] for _ in range(2)]
    assert one[0] != other[0]
    assert one[1] == other[1]
