"""Runs on disk: identity, snapshots, writes, owners, and folders that are not runs."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from moliere_core.assets import ASSETS
from moliere_core.config import RunConfig, TrainingConfig
from moliere_core.errors import ConfigError, RunError
from moliere_core.runs.index import stored_runs
from moliere_core.runs.run import Run, request_id, run_path
from moliere_core.system.storage import home, settle, write_atomically
from moliere_core.text.vocabulary import Vocabulary

CONFIG = RunConfig(training=TrainingConfig(epochs=2))
CORPUS = {"source": "test", "digest": "d" * 64, "chars": 100}
WEIGHTS = {"dense.bias": np.linspace(-1, 1, 3, dtype=np.float32)}


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MOLIERE_TEACHER_CODE", raising=False)


def make(config: RunConfig = CONFIG, path: Path | None = None) -> Run:
    run_id = request_id(config, "digest")
    return Run.create(
        path or run_path(run_id), run_id, config, Vocabulary(("a", "b")), CORPUS, "plays"
    )


def record(epoch: int) -> dict[str, Any]:
    return {"epoch": epoch, "updates": 50 * epoch, "sample": "été"}


def test_home_is_named_by_the_environment_or_is_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert home() == tmp_path / "home"
    monkeypatch.delenv("MOLIERE_HOME")
    assert home().is_absolute()
    assert home() != tmp_path / "home"


def test_identity_depends_on_every_setting_and_on_the_texts() -> None:
    requests = [
        (CONFIG, "digest", ""),
        (replace(CONFIG, training=replace(CONFIG.training, epochs=3)), "digest", ""),
        (replace(CONFIG, plays=("avare",)), "digest", ""),
        (CONFIG, "other", ""),
        (CONFIG, "digest", "weights"),
    ]
    ids = [request_id(*request) for request in requests]
    assert len(set(ids)) == len(ids)
    assert ids[0] == request_id(RunConfig.from_json(CONFIG.to_json()), "digest")
    assert all(len(i) == 12 and set(i) <= set("0123456789abcdef") for i in ids)


def test_a_setting_that_came_later_changes_no_identity_of_before() -> None:
    quick = replace(CONFIG, training=replace(CONFIG.training, quick_start=True))
    assert request_id(quick, "digest") != request_id(CONFIG, "digest")
    petit = Run.open(ASSETS / "petit")
    assert request_id(petit.config, petit.corpus["digest"]) == petit.id


def test_a_new_run_says_what_it_was_asked() -> None:
    run = Run.open(make().path)
    assert run.id == run.path.name == request_id(CONFIG, "digest")
    assert run.config == CONFIG
    assert run.vocabulary.chars == ("a", "b")
    assert run.corpus == CORPUS
    assert run.held_out == "plays"
    assert run.history == []
    assert run.snapshots == []
    assert not run.complete


def test_creating_again_takes_the_run_up_and_another_request_does_not(tmp_path: Path) -> None:
    run = make(path=tmp_path / "out")
    run.append_history(record(1))
    assert make(path=tmp_path / "out").history == [record(1)]
    with pytest.raises(RunError, match="another run"):
        make(replace(CONFIG, plays=("x",)), tmp_path / "out")


def test_a_folder_of_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"sun")
    with pytest.raises(RunError, match="choose an empty folder"):
        make(path=tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["holiday.jpg"]


def test_snapshots_by_name_in_the_order_they_were_taken() -> None:
    run = make()
    for name in ("epoch-000", "epoch-001", "epoch-002", "step-000030", "resume"):
        run.save_snapshot(name, WEIGHTS)
    run.append_history(record(1))
    assert [s.name for s in run.snapshots] == ["epoch-000", "step-000030", "epoch-001"]
    assert [s.update for s in run.snapshots] == [0, 30, 50]
    run.append_history(record(2))
    assert run.complete
    (run.path / "epoch-002.safetensors").rename(run.path / "elsewhere")
    assert not run.complete  # whose last weights are not there
    (run.path / "elsewhere").rename(run.path / "epoch-002.safetensors")
    assert run.snapshot().name == run.snapshot("latest").name == "epoch-002"
    for name in ("1", 1, "epoch 1", "epoch-1", "epoch-001"):
        assert run.snapshot(name).epoch == 1
    for name in ("step 30", "step-30", "step-000030"):
        assert run.snapshot(name).update == 30
    assert run.snapshot("0").path.is_file()


@pytest.mark.parametrize("name", ["7", "step-0", "epoch 30", "last", "../epoch-000", ""])
def test_an_absent_snapshot_names_those_that_exist(name: str) -> None:
    run = make()
    run.save_snapshot("epoch-000", WEIGHTS)
    with pytest.raises(RunError, match="epoch-000"):
        run.snapshot(name)


def test_a_run_without_weights_says_so() -> None:
    with pytest.raises(RunError, match="no weights yet"):
        make().snapshot()


def test_precision_is_as_asked() -> None:
    run = make()
    half = load_file(run.save_snapshot("epoch-000", WEIGHTS, "float16"))["dense.bias"]
    single = load_file(run.save_snapshot("epoch-000", WEIGHTS))["dense.bias"]
    assert half.dtype == np.float16
    assert single.dtype == np.float32
    assert (single == WEIGHTS["dense.bias"]).all()


def test_columns_are_stored_as_rows() -> None:
    columns = np.arange(6, dtype=np.float32).reshape(2, 3).T  # transposed, not moved in memory
    found = load_file(make().save_snapshot("epoch-000", {"x": columns}))["x"]
    np.testing.assert_array_equal(found, columns)


def test_a_full_disk_leaves_what_was_there_and_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new" / "file"
    write_atomically(path, b"one")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(RunError, match="No space left on device"):
        write_atomically(path, b"two")
    assert path.read_bytes() == b"one"
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_a_name_given_while_the_disk_is_full_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = make()
    run.rename("avant")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(RunError, match=r"label\.json cannot be written .*make room"):
        run.rename("après")
    assert run.label == "avant"


def test_the_content_is_on_the_disk_before_the_name_and_the_name_before_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    sync, replace_ = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        told.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    def renamed(self: Path, target: Path) -> Path:
        told.append("name")
        return replace_(self, target)

    monkeypatch.setattr("os.fsync", fsync)
    monkeypatch.setattr(Path, "replace", renamed)
    write_atomically(tmp_path / "file", b"x")
    assert told == ["file", "name", "folder"]
    told.clear()
    (tmp_path / "whole").mkdir()
    for name in "ab":
        (tmp_path / "whole" / name).write_bytes(b"x")
    settle(tmp_path / "whole", tmp_path / "settled")
    assert told == ["file", "file", "folder", "folder"]
    assert sorted(p.name for p in (tmp_path / "settled").iterdir()) == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config.json", "{"),
        ("config.json", "[]"),
        ("config.json", "{}"),
        ("config.json", '{"id": "x", "model": 3}'),
        ("vocabulary.json", '{"chars": 3}'),
        ("history.jsonl", '{"epoch": 1, "upd'),
        ("history.jsonl", '{"epoch": 1}'),
        ("history.jsonl", "3"),
        ("history.jsonl", '{"epoch": 2, "updates": 1}'),
        ("history.jsonl", "\x00\xff"),
        ("history.jsonl", '{"epoch": 1, "updates": 1, "validation_bits_per_char": "abc"}'),
        ("history.jsonl", '{"epoch": 1, "updates": 1, "loss": NaN}'),
        ("history.jsonl", '{"epoch": 1, "updates": 1, "loss": 1e999}'),
        ("history.jsonl", '{"epoch": 1, "updates": 1, "accuracy": 7}'),
        ("history.jsonl", '{"epoch": 1, "updates": -1}'),
        ("history.jsonl", '{"epoch": true, "updates": 1}'),
        ("history.jsonl", '{"epoch": 1, "updates": 1' + "0" * 5000 + "}"),
        ("history.jsonl", '{"epoch": 1, "updates": 1, "seconds": [1]}'),
        ("history.jsonl", '{"epoch": 1, "updates": 1, "sample": "\\ud800"}'),
        ("vocabulary.json", '{"chars": "ab"}'),
        ("vocabulary.json", '{"chars": ["\\ud800"]}'),
        ("vocabulary.json", '{"chars": [1, 2]}'),
        ("config.json", "[" * 100_000),
        ("history.jsonl", "[" * 100_000),
    ],
)
def test_a_damaged_run_is_one_sentence_and_is_not_listed(name: str, content: str) -> None:
    run = make()
    (run.path / name).write_bytes(content.encode("latin-1"))
    with pytest.raises(RunError) as caught:
        Run.open(run.path)
    assert "\n" not in str(caught.value)
    assert str(run.path) in str(caught.value)
    assert stored_runs() == []


@pytest.mark.parametrize("change", [{"id": "../../x"}, {"corpus": 3}, {"held_out": None}])
def test_settings_that_pages_rely_on_are_looked_at_first(change: dict[str, Any]) -> None:
    run = make()
    document = json.loads((run.path / "config.json").read_text("utf-8")) | change
    document = {key: value for key, value in document.items() if value is not None}
    (run.path / "config.json").write_text(json.dumps(document), "utf-8")
    with pytest.raises(RunError):
        Run.open(run.path)
    assert stored_runs() == []


def test_a_run_of_another_version_is_not_to_be_deleted() -> None:
    run = make()
    document = json.loads((run.path / "config.json").read_text("utf-8"))
    document["training"]["attention"] = True
    (run.path / "config.json").write_text(json.dumps(document), "utf-8")
    with pytest.raises(RunError, match=r"another version .*attention.*open it with that one") as e:
        Run.open(run.path)
    assert "delete" not in str(e.value)


def test_what_is_beside_a_run_may_be_damaged() -> None:
    run = make()
    run.append_history(record(1))
    with (run.path / "history.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n")  # an editor's
    for name, content in (("label.json", "[" * 100_000), ("owner.json", "[" * 100_000)):
        (run.path / name).write_text(content, "utf-8")
    run = Run.open(run.path)
    assert (len(run.history), run.label, run.check_owner("moi")) == (1, "", False)
    for damaged in ('{"label": 3}', '{"label": "\\ud800"}', "[]", '{"label": NaN}'):
        (run.path / "label.json").write_text(damaged, "utf-8")
        assert run.label == ""
    (run.path / "label.json").write_text(json.dumps({"label": "x" * 10_000}), "utf-8")
    assert run.label == "x" * 80


def test_a_folder_that_cannot_be_written_is_one_sentence() -> None:
    run = make()
    (run.path / "training.lock").mkdir()  # as a read-only disk, which the root user can write to
    with pytest.raises(RunError, match=r"training\.lock cannot be written"), run.lock():
        pass


def test_what_is_no_run_is_not_opened(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(RunError, match="is not a run"):
            Run.open(path)
    (make().path / "vocabulary.json").unlink()
    assert stored_runs() == []


@pytest.mark.parametrize("run_id", ["", "..", "../../etc/pas", "ABCDEF012345", "abc"])
def test_an_identifier_cannot_leave_the_store(run_id: str) -> None:
    with pytest.raises(RunError, match="is not a run"):
        run_path(run_id)


def test_listing_is_newest_first(tmp_path: Path) -> None:
    assert stored_runs() == []
    runs = [make(replace(CONFIG, plays=(play,))) for play in ("a", "b", "c")]
    for age, run in enumerate(runs):
        os.utime(run.path / "config.json", (1000 - age, 1000 - age))
    assert [found.name for found in stored_runs()] == [run.id for run in runs]
    assert stored_runs(tmp_path / "elsewhere") == []


def test_names_and_owners() -> None:
    run = make()
    run.set_owner("marie")
    assert "marie" not in (run.path / "owner.json").read_text()
    assert run.check_owner("marie")
    assert not run.check_owner("paul")
    assert not run.check_owner(None)
    with pytest.raises(RunError, match="belongs to someone else"):
        run.rename("mien", "paul")
    with pytest.raises(RunError, match="belongs to someone else"):
        run.delete("paul")
    run.rename("  le   mien ", "marie")
    assert run.label == "le mien"
    with pytest.raises(ConfigError, match="within 80"):
        run.rename("x" * 81, "marie")
    run.rename("x" * 80, "marie")
    assert run.label == "x" * 80
    run.delete("marie")
    assert stored_runs() == []
    assert list(run.path.parent.iterdir()) == []


def test_the_teachers_code_opens_every_run(monkeypatch: pytest.MonkeyPatch) -> None:
    run = make()
    assert run.check_owner(None)  # nobody's, and no teacher: the command line
    monkeypatch.setenv("MOLIERE_TEACHER_CODE", "tartuffe")
    assert not run.check_owner(None)
    assert not run.check_owner("")
    run.set_owner("marie")
    assert run.check_owner("tartuffe")
    (run.path / "owner.json").write_text("{")
    assert not run.check_owner("marie")
    assert run.check_owner("tartuffe")


def test_a_run_outside_the_store_is_not_deleted(tmp_path: Path) -> None:
    run = make(path=tmp_path / "mine")
    with pytest.raises(RunError, match="by hand"):
        run.delete()
    assert run.path.is_dir()


def test_a_zip_holds_the_run_and_no_secret() -> None:
    run = make()
    run.save_snapshot("epoch-000", WEIGHTS)
    run.save_snapshot("resume", WEIGHTS)
    run.set_owner("marie")
    with run.lock(), zipfile.ZipFile(io.BytesIO(run.zip_bytes())) as archive:
        names = {Path(name).name for name in archive.namelist()}
        config = json.loads(archive.read(f"{run.id}/config.json"))
    assert names == {"config.json", "vocabulary.json", "epoch-000.safetensors"}
    assert config["id"] == run.id


def test_two_processes_do_not_train_one_run() -> None:
    run = make()
    with run.lock(), pytest.raises(RunError, match="another process"), Run(run.path).lock():
        pass
    with run.lock():  # free again
        pass
