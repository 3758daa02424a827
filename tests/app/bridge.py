"""What the tests of the Bridge page share: a worker without a framework, and what columns show."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.app.helpers import ROOT, component, figure
from tests.patience import wait_until

FAKE = (sys.executable, str(ROOT / "tests" / "core" / "fake_gpt_worker.py"))


def settled(at: AppTest, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """What the component shows once it holds; the page is run again meanwhile, as it would."""

    def shows() -> bool:
        at.run()
        assert not at.exception
        return holds(component(at))

    wait_until(lambda: holds(component(at)) or shows())
    return component(at)


def column(data: dict[str, Any], number: int) -> dict[str, Any]:
    found: dict[str, Any] = data["columns"][number]
    return found


def text(runs: list[list[Any]]) -> str:
    return "".join(run for run, _tokens in runs)


def bars(at: AppTest) -> dict[str, Any]:
    return settled(at, lambda d: all(p is not None for row in d["extra"] for p in row["probs"]))


def drawn(at: AppTest) -> dict[str, float]:
    return {
        name: value
        for trace in figure(at)["data"]
        for name, value in zip(trace["y"], trace["x"], strict=True)
    }
