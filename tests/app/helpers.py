"""What the tests of the pages share: a store with a run, and ways to read what a page shows."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import re
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.server import turns
from moliere_core.classroom import Room
from moliere_core.config import ModelConfig, RunConfig, TrainingConfig
from moliere_core.runs.run import Run
from moliere_core.text.vocabulary import Vocabulary
from tests.networks import random_weights
from tests.patience import FRAMEWORK, wait_until

ROOT = Path(__file__).parents[2]
DASHBOARD = ROOT / "dashboard"
RUN = "0123456789ab"
REFERENCE = f"run:{RUN}"
FAKE = (sys.executable, "-m", "tests.core.fake_training_worker")
ALPHABET = Vocabulary(tuple(sorted("\n !',.:;?ABCEJLMNPQRSTUVabcdefghijlmnopqrstuvxyzàçèéêîôû")))
MISSING_NBSP = re.compile(r"\S [;?!»](\s|$)|« |(?<!`) :(\s|$)")

BEHIND = ("moliere-axis", "moliere-inside", "moliere-pages", "moliere-turn")  # threads of a page

Open = Callable[..., AppTest]


def write_run(home: Path) -> None:
    """A small network that nobody trained, as a run of the store."""
    config = RunConfig(ModelConfig(embedding_dim=4, units=8), TrainingConfig(epochs=1))
    corpus = {"source": "test", "digest": "", "chars": 1}
    run = Run.create(home / "runs" / RUN, RUN, config, ALPHABET, corpus, "plays")
    run.save_snapshot("epoch-001", random_weights(ALPHABET))
    run.append_history({"epoch": 1, "updates": 1, "validation_bits_per_char": 4.25})


def end_what_is_behind() -> None:
    """Abandon what a page still computes: it would be written into the store of the next test."""

    def abandon() -> None:
        raise turns.AbandonedError

    with pytest.MonkeyPatch.context() as ends:
        ends.setattr(turns.engine, "give_way", abandon)
        ends.setattr(turns, "FORGOTTEN", -1.0)
        wait_until(lambda: not any(t.name in BEHIND for t in threading.enumerate()), FRAMEWORK)


def component(at: AppTest) -> dict[str, Any]:
    """What a page sends to its component."""
    [data] = components(at)
    return data


def components(at: AppTest) -> list[dict[str, Any]]:
    """The same of each of its components; the screen, which belongs to all pages, is none."""
    found = (e.proto for e in at.get("bidi_component"))
    sent = [json.loads(p.json) for p in found if p.component_name != "moliere_screen"]
    return [{name: value for name, value in data.items() if name != "order"} for data in sent]


def orders(at: AppTest) -> dict[str, tuple[str, int]]:
    """Where the data of each component stand among all that its session was told, by its name."""
    found = (e.proto for e in at.get("bidi_component"))
    return {p.component_name: tuple(json.loads(p.json)["order"]) for p in found}


def figure(at: AppTest) -> dict[str, Any]:
    """The one figure of a page."""
    [chart] = at.get("plotly_chart")
    spec: dict[str, Any] = json.loads(chart.proto.spec)
    return spec


def ticked(at: AppTest, page: str) -> dict[str, bool]:
    """The items of a page's list, its drawer opened, and which of them are ticked."""
    at.session_state[f"{page}.drawer"] = "try"
    boxes, begins = at.run().checkbox, f"{page}.try."
    return {str(b.key)[len(begins) :]: b.value for b in boxes if str(b.key).startswith(begins)}


def shown(at: AppTest) -> str:
    """All the text that the page itself shows."""
    kinds = ("title", "markdown", "caption", "html", "error", "warning", "code")
    return "\n".join(
        str(getattr(e, "value", "") or getattr(e.proto, "body", ""))
        for kind in kinds
        for e in at.get(kind)
    )


def text(at: AppTest) -> str:
    """The same, and what it says for information."""
    return shown(at) + "\n".join(info.value for info in at.info)


def address(at: AppTest) -> dict[str, str]:
    """What the page has put into the address."""
    return {name: v if isinstance(v, str) else v[-1] for name, v in at.query_params.items()}


def run_snippet(source: str) -> str:
    """What a cell prints when it is pasted and run."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(source, "snippet", "exec"), {})
    return output.getvalue()


def run_apart(call: Coroutine[Any, Any, None]) -> None:
    """Run a call to its end on a thread of its own: a browser's tests leave a loop on this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, call).result()


def asked_in_vain(at: AppTest) -> list[str]:
    """The sentences on what an address asks for and a page has not."""
    return [e.proto.body for e in at.main.get("html") if 'role="status"' in e.proto.body]


def vote(room: Room, *values: object) -> None:
    """Each value by a telephone of its own, on what is before the class."""
    for number, value in enumerate(values):
        room.vote(room.now, room.admit(f"telephone-{number:06d}"), value)
