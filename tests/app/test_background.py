"""What runs behind the pages: in turn, with its errors, and never longer than the server."""

from __future__ import annotations

import subprocess
import sys
import threading
from functools import partial

import pytest

from dashboard.server.background import Background
from moliere_core.system.progress import Progress
from moliere_core.system.work import Work
from tests.app.helpers import ROOT
from tests.patience import PATIENCE


def test_one_thing_after_another_in_the_order_asked() -> None:
    background, order, at_once = Background("moliere-test"), list[int](), set[str]()
    gate = threading.Event()

    def task(number: int, told: Progress) -> int:
        gate.wait(PATIENCE)
        order.append(number)
        at_once.add(threading.current_thread().name + str(threading.get_ident()))
        told(number / 10)
        return number * 10

    works: list[Work[int]] = [background.begin(partial(task, number)) for number in range(5)]
    gate.set()
    assert [work.result(PATIENCE) for work in works] == [0, 10, 20, 30, 40]
    assert [work.share for work in works] == [1.0] * 5
    assert order == [0, 1, 2, 3, 4]
    assert len(at_once) == 1


def test_an_error_is_for_whoever_asks_and_stops_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    background = Background("moliere-test")
    failed, done = background.begin(lambda _: int("x")), background.begin(lambda _: 7)
    with pytest.raises(ValueError, match="invalid literal"):
        failed.result(PATIENCE)
    assert done.result(PATIENCE) == 7
    assert "moliere-test has failed" in caplog.text  # nobody may ever ask


def test_what_was_given_up_is_not_begun_and_later_work_finds_a_thread() -> None:
    background, gate, begun = Background("moliere-test"), threading.Event(), list[str]()
    first = background.begin(lambda _: gate.wait(PATIENCE))
    second = background.begin(lambda _: begun.append("second"))
    assert second.cancel()
    gate.set()
    assert first.result(PATIENCE)
    assert background.begin(lambda _: begun.append("third")).result(PATIENCE) is None
    assert begun == ["third"]


SERVER = """
import threading
from dashboard.shared import cached
from dashboard.inside.results import worker as inside
from dashboard.bridge.measuring import worker as axis
begun = []
for background in (cached.background(), inside(), axis()):
    started = threading.Event()
    background.begin(lambda _: (started.set(), threading.Event().wait()))
    started.wait()
    begun.append(1)
print(len(begun))
"""


@pytest.mark.slow
def test_a_server_that_ends_waits_for_none_of_it() -> None:
    """Each of the three owners has something without an end at work."""
    done = subprocess.run(
        [sys.executable, "-c", SERVER],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "3\n"
