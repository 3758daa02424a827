"""The events of a job: read once, never half, and thinned as a training grows long."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moliere_core.errors import RunError
from moliere_core.training.jobs.events import EventFile, append
from moliere_core.training.jobs.worker import Thinned
from moliere_core.training.session import BatchesDone, EpochEnded, Event


def test_a_half_written_line_is_never_read(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    file = EventFile(path)
    assert file.refresh() == []
    append(path, {"event": "a"})
    with path.open("a") as stream:
        stream.write('{"event": "b", "x": ')
    assert [e["event"] for e in file.refresh()] == ["a"]
    append(path, {"event": "c"})  # the writer of "b" was killed
    assert [e["event"] for e in file.refresh()] == ["c"]
    assert [e["event"] for e in EventFile(path).refresh()] == ["a", "c"]


def test_a_line_that_a_full_disk_cuts_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, write = tmp_path / "events.jsonl", os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:5]))
    with pytest.raises(RunError, match="No space left"):
        append(path, {"event": "a"})
    monkeypatch.undo()
    append(path, {"event": "b"})
    assert [e["event"] for e in EventFile(path).refresh()] == ["b"]


def test_progress_is_thinned_and_its_loss_stays_a_mean() -> None:
    now = [0.0]
    written: list[dict[str, Any]] = []
    thinned = Thinned(written.append, lambda: now[0])
    events: list[Event] = [
        BatchesDone(1, 10 * i, 100_000, i / 100, 1.0, 1.0) for i in range(1, 10_001)
    ]
    for event in events:
        now[0] += 0.25
        thinned(event)
    thinned(EpochEnded({"epoch": 1}))
    progress = [e for e in written if e["event"] == "progress"]
    assert written[-1]["event"] == "epoch"
    assert progress[-1]["update"] == 100_000
    assert 2_000 < len(progress) < 5_000
    updates = np.diff([0, *(e["update"] for e in progress)])
    mean = np.average([e["loss"] for e in progress], weights=updates)
    assert mean == pytest.approx(np.mean([i / 100 for i in range(1, 10_001)]))
