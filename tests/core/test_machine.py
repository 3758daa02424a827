"""What a machine has to offer."""

from __future__ import annotations

from pathlib import Path

import pytest

from moliere_core.errors import ConfigError
from moliere_core.system import machine
from moliere_core.system.machine import MAX_CORES, free_megabytes, threads


def test_threads_are_given_or_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_THREADS", "3")
    assert threads() == 3
    monkeypatch.delenv("MOLIERE_THREADS")
    assert 1 <= threads() <= MAX_CORES
    for wrong in ("0", "two", "-1"):
        monkeypatch.setenv("MOLIERE_THREADS", wrong)
        with pytest.raises(ConfigError, match="MOLIERE_THREADS"):
            threads()


def test_free_memory_is_the_least_of_what_is_known(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def give(name: str, text: str) -> None:
        path = tmp_path / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")

    monkeypatch.setattr(machine, "Path", lambda name: tmp_path / name.lstrip("/"))
    monkeypatch.delenv("MOLIERE_WORKER_MEMORY_MB", raising=False)
    assert free_megabytes() is None  # nothing tells
    give("/proc/meminfo", "MemTotal: 9 kB\nMemAvailable:    5000000 kB\n")
    assert free_megabytes() == 5120
    give("/sys/fs/cgroup/memory.max", "max\n")
    assert free_megabytes() == 5120
    # A container: 2,000 MB, of which 1,500 are taken, 700 of these by files that can be let go.
    give("/sys/fs/cgroup/memory.max", "2000000000\n")
    give("/sys/fs/cgroup/memory.current", "1500000000\n")
    give("/sys/fs/cgroup/memory.stat", "anon 800000000\ninactive_file 700000000\n")
    assert free_megabytes() == 1200
    monkeypatch.setenv("MOLIERE_WORKER_MEMORY_MB", "300")
    assert free_megabytes() == 300


@pytest.mark.parametrize(
    ("told", "free"),
    [("0.1 0.2 0.3 1/345 6", 4), ("0 0 0 2/345 6", 4), ("9 9 9 3/345 6", 3), ("9 9 9 40/9 6", 1)],
)
def test_cores_that_nobody_else_computes_on(
    told: str, free: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for task, state in ((10, "R"), (11, "S"), (12, "R")):  # two threads of this process run
        (tmp_path / str(task)).mkdir()
        (tmp_path / str(task) / "stat").write_text(f"{task} (a (name) {state}) {state} 1 2")
    (tmp_path / "13").mkdir()  # it has ended meanwhile
    monkeypatch.setattr(machine, "TASKS", tmp_path)
    monkeypatch.setattr(machine, "LOAD", tmp_path / "loadavg")
    assert machine.free_cores(4) == 4  # nothing is told
    machine.LOAD.write_text(told)
    assert machine.free_cores(4) == free
