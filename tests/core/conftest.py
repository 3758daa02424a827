"""Fixtures of the core's tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from moliere_core.training import jobs
from tests.core.trainings import ROOT
from tests.patience import wait_until


@pytest.fixture
def jobs_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A store of its own for each test, on a server of nobody's; everything is closed after it."""
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path / "home"))
    for name in ("MOLIERE_PUBLIC", "MOLIERE_TEACHER_CODE", "MOLIERE_SCHEDULER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    before = set(threading.enumerate())
    yield
    jobs.close()
    wait_until(
        lambda: not [t for t in set(threading.enumerate()) - before if t.name.startswith("moliere")]
    )


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the hub, and an empty store."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path / "home"))
    return tmp_path / "hub"
