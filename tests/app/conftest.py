from __future__ import annotations

import contextlib
import io
import json
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.shared import rights
from moliere_core.config import ModelConfig, RunConfig, TrainingConfig
from moliere_core.runs.run import Run
from moliere_core.text.vocabulary import Vocabulary
from moliere_core.training import jobs
from moliere_core.training.jobs import process
from tests.networks import random_weights
from tests.patience import PATIENCE, wait_until

ROOT = Path(__file__).parents[2]
RUN = "0123456789ab"
REFERENCE = f"run:{RUN}"
FAKE = (sys.executable, "-m", "tests.core.fake_worker")
ALPHABET = Vocabulary(tuple(sorted("\n !',.:;?ABCEJLMNPQRSTUVabcdefghijlmnopqrstuvxyzàçèéêîôû")))

Open = Callable[..., AppTest]


def write_run(home: Path) -> None:
    """A small network that nobody trained, as a run of the store."""
    config = RunConfig(ModelConfig(embedding_dim=4, units=8), TrainingConfig(epochs=1))
    corpus = {"source": "test", "digest": "", "chars": 1}
    run = Run.create(home / "runs" / RUN, RUN, config, ALPHABET, corpus, "plays")
    run.save_snapshot("epoch-001", random_weights(ALPHABET))
    run.append_history({"epoch": 1, "updates": 1, "validation_bits_per_char": 4.25})


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path))
    write_run(tmp_path)
    st.cache_data.clear()
    st.cache_resource.clear()
    yield tmp_path
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def workers(store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Workers without a framework, on a server of nobody's in particular; no job is left."""
    for name in ("MOLIERE_PUBLIC", "MOLIERE_TEACHER_CODE", "MOLIERE_SCHEDULER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("FAKE_PAUSE", "0.001")
    monkeypatch.setenv("FAKE_MODE", "")
    monkeypatch.setattr(process, "COMMAND", FAKE)
    monkeypatch.setattr(jobs, "available", lambda: True)
    monkeypatch.setattr(rights, "browser", lambda: "")  # AppTest has no cookies
    yield
    jobs.close()
    wait_until(lambda: not any(t.name == "moliere-jobs" for t in threading.enumerate()))


@pytest.fixture
def serve_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give the server a corpus of these columns."""

    def serve(**columns: Any) -> None:
        path = tmp_path / "petit corpus.csv"
        pd.DataFrame(columns).to_csv(path, index=False)
        monkeypatch.setenv("MOLIERE_CORPUS", str(path))

    return serve


@pytest.fixture
def open_page(store: Path) -> Open:
    """Open a page at an address, as a browser would."""

    def open_page(page: str = "home", **address: Any) -> AppTest:
        at = AppTest.from_file(str(ROOT / "dashboard" / "Home.py"), default_timeout=PATIENCE)
        at.query_params["lang"] = "fr"
        at.query_params["model"] = REFERENCE
        at.run()
        for name, value in address.items():
            at.query_params[name] = str(value)
        if page != "home":
            at.switch_page(f"../pages/{page}.py")
        return at.run()

    return open_page


def component(at: AppTest) -> dict[str, Any]:
    """What a page sends to its component."""
    [element] = at.get("bidi_component")
    data: dict[str, Any] = json.loads(element.proto.json)
    return data


def figure(at: AppTest) -> dict[str, Any]:
    """The one figure of a page."""
    [chart] = at.get("plotly_chart")
    spec: dict[str, Any] = json.loads(chart.proto.spec)
    return spec


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
