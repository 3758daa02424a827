"""The index of stored runs: whatever another process does to the store shows at the next look."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from moliere_core.cli import main
from moliere_core.models.references import list_models
from moliere_core.runs import index as run_index
from moliere_core.runs.index import DamagedRun, damaged_runs, stored_runs
from moliere_core.runs.run import Run, run_path, runs_folder
from tests.networks import make_run

IDS = ["0123456789ab", "1" * 12, "2" * 12]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path))
    monkeypatch.delenv("MOLIERE_TEACHER_CODE", raising=False)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the folders that are read, not only looked at."""
    found: list[str] = []

    class Noted(Run):
        @classmethod
        def open(cls, path: Path) -> Run:
            found.append(path.name)
            return super().open(path)

    monkeypatch.setattr(run_index, "Run", Noted)
    return found


def copied(name: str) -> Path:
    """A run as another server of the store makes it: in a folder of its own, then renamed."""
    folder = run_path(name)
    if name == IDS[0]:
        return make_run(folder).path
    shutil.copytree(run_path(IDS[0]), folder)
    settings = json.loads((folder / "config.json").read_text("utf-8")) | {"id": name}
    (folder / "config.json").write_text(json.dumps(settings), "utf-8")
    return folder


@pytest.fixture
def store() -> list[Path]:
    paths = [copied(name) for name in IDS]
    for path in paths:
        aged(path)
    return paths


def aged(path: Path) -> None:
    """As if nothing had touched it for an hour: times are compared, never waited for."""
    then = path.stat().st_mtime - 3600
    for file in [*path.iterdir(), path]:
        os.utime(file, (then, then))


def names() -> list[str]:
    return sorted(run.name for run in stored_runs())


def test_what_has_not_changed_is_not_read_again(store: list[Path], reads: list[str]) -> None:
    assert names() == IDS
    assert sorted(reads) == IDS
    reads.clear()
    assert names() == IDS
    assert len(list_models()) > len(IDS)
    assert reads == []


def test_what_was_written_a_moment_ago_is_read_again(store: list[Path], reads: list[str]) -> None:
    """A second write within the grain of the clock leaves the same time."""
    (store[0] / "label.json").write_text('{"label": "un"}')
    names()
    reads.clear()
    names()
    assert reads == [IDS[0]]


def rename(path: Path) -> None:
    Run.open(path).rename("Nouveau")


def relabel_in_place(path: Path) -> None:
    (path / "label.json").write_text('{"label": "Nouveau"}')


@pytest.mark.parametrize("change", [rename, relabel_in_place])
def test_a_new_name_shows(
    change: Callable[[Path], None], store: list[Path], reads: list[str]
) -> None:
    names()
    reads.clear()
    change(store[1])
    assert {run.name: run.label for run in stored_runs()}[IDS[1]] == "Nouveau"
    assert reads == [IDS[1]]


def test_runs_that_come_and_go_show(store: list[Path]) -> None:
    assert names() == IDS
    shutil.rmtree(store[2])
    assert names() == IDS[:2]
    copied("3" * 12)
    assert names() == [*IDS[:2], "3" * 12]
    Run.open(store[1]).delete()
    assert names() == [IDS[0], "3" * 12]
    (runs_folder() / ".being-written").mkdir()
    (runs_folder() / "a file").write_text("x")
    assert names() == [IDS[0], "3" * 12]
    assert damaged_runs() == []


def test_an_epoch_that_ends_shows(store: list[Path]) -> None:
    run = Run.open(store[0])
    [before] = [found for found in stored_runs() if found.name == run.id]
    assert (len(before.history), before.epochs) == (1, (0, 1))
    run.save_snapshot("epoch-002", {})
    run.append_history({"epoch": 2, "updates": 80, "validation_bits_per_char": 3.5})
    [after] = [found for found in stored_runs() if found.name == run.id]
    assert (len(after.history), after.epochs) == (2, (0, 1, 2))


def damage(path: Path) -> None:
    """In place and of the same size, as a disk does: the folder's own time stays."""
    content = (path / "history.jsonl").read_bytes()
    (path / "history.jsonl").write_bytes(b"?" * len(content))


def truncate(path: Path) -> None:
    os.truncate(path / "config.json", 10)


def forget(path: Path) -> None:
    (path / "vocabulary.json").unlink()


@pytest.mark.parametrize("change", [damage, truncate, forget])
def test_damage_shows_harms_no_other_run_and_ends_with_it(
    change: Callable[[Path], None], store: list[Path], reads: list[str]
) -> None:
    whole = shutil.copytree(store[0], runs_folder() / ".copy")
    names()
    reads.clear()
    change(store[0])
    assert names() == IDS[1:]
    [found] = damaged_runs()
    assert isinstance(found, DamagedRun)
    assert found.name == IDS[0]
    assert "\n" not in str(found.error)
    shutil.rmtree(store[0])
    whole.rename(store[0])
    assert names() == IDS
    assert damaged_runs() == []
    assert set(reads) == {IDS[0]}


def test_a_folder_under_another_name_says_which_it_is(store: list[Path]) -> None:
    store[1].rename(runs_folder() / "mon-entrainement")
    assert names() == [IDS[0], IDS[2]]
    [found] = damaged_runs()
    assert f"rename it to {IDS[1]}" in str(found.error)


def test_a_folder_whose_name_is_no_text_can_be_told(
    store: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    (runs_folder() / os.fsdecode(b"caf\xe9")).mkdir()
    assert names() == IDS
    [found] = damaged_runs()
    assert found.name == "caf?"
    assert str(found.error).encode().endswith(b"a folder that training has written")
    for arguments in (["models"], ["models", "--json"]):
        assert main(arguments) == 0
        assert "caf" in capsys.readouterr().out


def test_a_folder_that_is_closed_to_us_harms_no_other_run(
    store: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    is_file = Path.is_file

    def closed(path: Path) -> bool:
        if path.parent == store[0]:
            raise PermissionError(13, "Permission denied")
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", closed)
    assert names() == IDS[1:]
    [found] = damaged_runs()
    assert "cannot be read (Permission denied)" in str(found.error)


def test_the_newest_are_first(store: list[Path]) -> None:
    for age, path in enumerate(store):
        os.utime(path / "config.json", (1000 - age, 1000 - age))
    assert [run.name for run in stored_runs()] == IDS
    assert stored_runs(runs_folder() / "elsewhere") == []
