from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.shared import cached, rights, rooms
from moliere_core import classroom
from moliere_core.classroom import Room
from moliere_core.corpus import Corpus, load_corpus
from moliere_core.corpus.sources import EMBEDDED, MESSAGES
from moliere_core.pretrained import client, fetching
from moliere_core.training import jobs
from moliere_core.training.jobs import local
from tests.app.helpers import FAKE, REFERENCE, ROOT, Open, end_what_is_behind, write_run
from tests.patience import PATIENCE, wait_until


@pytest.fixture(autouse=True, scope="session")
def _read_once() -> Iterator[None]:
    """What is shipped, and what this machine was given, does not change while tests run.

    The caches of the pages are emptied for each test; two thirds of its time went by in reading all
    of Molière again.
    """
    known = {EMBEDDED, MESSAGES, os.environ.get("MOLIERE_CORPUS", EMBEDDED)}
    read = functools.cache(load_corpus)

    def once(source: str | Path | None = None) -> Corpus:
        name = str(source or os.environ.get("MOLIERE_CORPUS") or EMBEDDED)
        return read(name) if name in known else load_corpus(name)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cached, "load_corpus", once)
        yield


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path))
    write_run(tmp_path)
    st.cache_data.clear()
    st.cache_resource.clear()
    yield tmp_path
    fetching.close()
    client.close()  # a test's own pretrained models are not asked by the next one's
    end_what_is_behind()
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
    monkeypatch.setattr(local, "COMMAND", FAKE)
    monkeypatch.setattr(jobs, "available", lambda: True)
    monkeypatch.setattr(rights, "browser", lambda: "")  # AppTest has no cookies
    yield
    jobs.close()
    wait_until(lambda: not any(t.name == "moliere-jobs" for t in threading.enumerate()))


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The corpus that everybody has, whatever this machine was given."""
    monkeypatch.delenv("MOLIERE_CORPUS", raising=False)


@pytest.fixture
def french(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The language of what is asked for without a page."""
    if "open_page" not in request.fixturenames:
        monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")


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
        for name, value in {"lang": "fr", "model": REFERENCE, **address}.items():
            at.query_params[name] = str(value)
        if page != "home":
            at.switch_page(f"../pages/{page}.py")
        return at.run()

    return open_page


@pytest.fixture
def room() -> Room:
    """The room of the browser that the tests have."""
    return classroom.open_room(rooms.key())
