"""A run's archive brought into another store: what comes back, and what is turned away."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from moliere_core.cli.main import main
from moliere_core.config import RunConfig
from moliere_core.errors import ConfigError, ModelError, RunError
from moliere_core.exchange import run_import
from moliere_core.exchange.run_import import import_run, is_run
from moliere_core.models.references import load_model
from moliere_core.runs.index import stored_runs
from moliere_core.runs.run import request_id, run_path, runs_folder
from tests.archives import moved
from tests.networks import LETTERS, make_run, random_weights

ID = "0123456789ab"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path / "class"))
    for name in ("MOLIERE_PUBLIC", "MOLIERE_TEACHER_CODE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    """The archive of a run made at home, as names and contents."""
    run = make_run(tmp_path / "home", ["epoch-000", "step-000030", "epoch-001"])
    run.rename("Le mien")
    with zipfile.ZipFile(io.BytesIO(run.zip_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def stored() -> list[str]:
    folder = runs_folder()
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_what_was_trained_at_home_is_opened_in_class(files: dict[str, bytes]) -> None:
    shares: list[float] = []
    data = packed(files, zipfile.ZIP_STORED)
    assert is_run(data)
    run, new = import_run(data, "moliere.zip", "marie", shares.append)
    assert new
    assert stored() == [run.id]
    assert run.id != ID
    given = {Path(name).name: content for name, content in files.items()}
    found = {p.name: p.read_bytes() for p in run.path.iterdir() if p.name != "owner.json"}
    before, after = (json.loads(kept.pop("config.json")) for kept in (given, found))
    assert found == given
    before["corpus"]["imported_from"] = run.imported_from
    assert after == before | {"id": run.id}
    assert run.imported_from == "moliere.zip"
    assert [s.name for s in run.snapshots] == ["epoch-000", "step-000030", "epoch-001"]
    assert (run.complete, run.label) == (True, "Le mien")
    assert run.check_owner("marie")
    assert not run.check_owner("jean")
    load_model(f"run:{run.id}@0").start(["a"])
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_run_that_is_here_already_stays_as_it_is(files: dict[str, bytes]) -> None:
    first, _ = import_run(packed(files), "a.zip", "marie")
    first.rename("Autre nom", "marie")
    again, new = import_run(packed(files), "a.zip", "jean")
    assert (again.id, again.label, new) == (first.id, "Autre nom", False)
    assert again.check_owner("marie")
    assert not again.check_owner("jean")
    assert stored() == [first.id]


def test_packed_again_by_hand(files: dict[str, bytes]) -> None:
    """Without its folder, or with what a system and its owner put beside it."""
    bare = {Path(name).name: content for name, content in files.items()}
    others = {"__MACOSX/x/._config.json": b"x", ".DS_Store": b"x", "notes.txt": b"x"}
    run, _ = import_run(packed(bare | others), "a.zip")
    assert {p.name for p in run.path.iterdir()} == set(bare)


def test_an_archive_says_nothing_of_owners_nor_of_folders(files: dict[str, bytes]) -> None:
    extra = {f"{ID}/{name}": b"{}" for name in ("owner.json", "training.lock", "x/epoch-000.x")}
    extra |= {f"{ID}/resume.safetensors": b"x", f"{ID}/epoch-1.safetensors": b"x"}
    outside = {"../../evil.json": b"x", "/etc/evil": b"x", f"{ID}/../epoch-007.safetensors": b"x"}
    run, _ = import_run(packed(files | extra | outside), "a.zip", "marie")
    assert run.check_owner("marie")
    assert {p.name for p in run.path.iterdir()} == {Path(n).name for n in files} | {"owner.json"}
    assert not list(run.path.parents[2].rglob("evil*"))


def test_the_folder_in_the_archive_chooses_no_place(files: dict[str, bytes]) -> None:
    moved = {f"../../{Path(name).name}": content for name, content in files.items()}
    run, _ = import_run(packed(moved), "a.zip")
    assert stored() == [run.id]


def test_an_import_never_stands_for_a_training(files: dict[str, bytes]) -> None:
    """Whatever it says that it is: its identity is computed from what is in it."""
    wanted = request_id(RunConfig(), "d" * 64)
    edited("config.json", lambda d: d.update(id=wanted))(files)
    run, _ = import_run(packed(files), "a.zip")
    assert run.id != wanted
    assert not run_path(wanted).exists()
    again, new = import_run(packed(files), "b.zip")  # the same under another name
    assert (again.id, new) == (run.id, False)
    weights = save(WEIGHTS | {"dense.bias": np.zeros_like(WEIGHTS["dense.bias"])})
    other, _ = import_run(packed(files | {f"{ID}/epoch-001.safetensors": weights}), "a.zip")
    assert other.id != run.id


def test_what_was_imported_says_so_after_another_journey(files: dict[str, bytes]) -> None:
    run, _ = import_run(packed(files), "moliere.zip")
    data = run.zip_bytes()
    assert import_run(data, "b.zip")[0].id == run.id
    run.delete()
    back, new = import_run(data, "encore.zip")
    assert (back.id, new, back.imported_from) == (run.id, True, "moliere.zip")


def test_a_run_trained_here_that_comes_back_is_the_same(tmp_path: Path) -> None:
    run = make_run(run_path(ID))
    back, new = import_run(run.zip_bytes(), "a.zip")
    assert (back.id, new, back.imported_from) == (ID, False, "")
    run.append_history({"epoch": 2, "updates": 80})  # it has gone on since
    other, new = import_run(make_run(tmp_path / "home").zip_bytes(), "a.zip")
    assert (other.id != ID, new) == (True, True)


def edited(file: str, change: Callable[[Any], object]) -> Callable[[dict[str, bytes]], None]:
    """What changes a JSON file of the archive."""

    def apply(files: dict[str, bytes]) -> None:
        document = json.loads(files[f"{ID}/{file}"])
        change(document)
        files[f"{ID}/{file}"] = json.dumps(document).encode()

    return apply


def replaced(file: str, content: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda files: files.update({f"{ID}/{file}": content})


def without(file: str) -> Callable[[dict[str, bytes]], None]:
    def apply(files: dict[str, bytes]) -> None:
        del files[f"{ID}/{file}"]

    return apply


WEIGHTS = random_weights(LETTERS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without("config.json"), "not the .zip of a run"),
        (without("vocabulary.json"), "not the .zip of a run"),
        (without("history.jsonl"), "not a whole run"),  # which of its weights are trained?
        (replaced("copy/config.json", b"{}"), "not the .zip of a run"),  # which of the two?
        (edited("config.json", lambda d: d.update(id="../evil")), "not a whole run"),
        (edited("config.json", lambda d: d.update(held_out="x")), "not a whole run"),
        (edited("config.json", lambda d: d["model"].update(units=8.0)), "not a whole run"),
        (edited("config.json", lambda d: d["training"].update(seed=True)), "not a whole run"),
        (edited("config.json", lambda d: d["corpus"].update(source=[1])), "not a whole run"),
        (edited("config.json", lambda d: d.update(plays=[1])), "not a whole run"),
        (edited("config.json", lambda d: d["model"].update(experts=2)), "another version"),
        (edited("config.json", lambda d: d["model"].update(units=9)), "not a whole run"),
        (edited("vocabulary.json", lambda d: d["chars"].append("é")), "not a whole run"),
        (edited("vocabulary.json", lambda d: d["chars"].append("\ud800")), "not a whole run"),
        (replaced("history.jsonl", b'{"epoch": 1, "updates": 1, "seconds": "x"}'), "not a whole"),
        (replaced("history.jsonl", b'{"epoch": 1, "updates": 1, "loss": NaN}'), "not a whole run"),
        (replaced("history.jsonl", b'{"epoch": 1, "updates": 1, "sample": 3}'), "not a whole run"),
        (replaced("history.jsonl", b'{"epoch": 1}'), "not a whole run"),
        (replaced("history.jsonl", b"[" * 100_000), "not a whole run"),
        (replaced("epoch-001.safetensors", b"none"), "not a whole run"),
        (replaced("epoch-001.safetensors", save({"x": np.ones(3)})), "not a whole run"),
        (
            replaced("epoch-001.safetensors", save(random_weights(LETTERS, "gru"))),
            "not a whole run",
        ),
        (
            replaced(
                "epoch-009.safetensors",
                save(WEIGHTS | {"dense.bias": np.full_like(WEIGHTS["dense.bias"], np.nan)}),
            ),
            "not a whole run",
        ),
    ],
)
def test_what_is_no_run_is_one_sentence_and_leaves_nothing(
    files: dict[str, bytes], change: Callable[[dict[str, bytes]], None], message: str
) -> None:
    change(files)
    with pytest.raises(RunError, match=message):
        import_run(packed(files), "a.zip")
    assert stored() == []


def test_the_weights_that_were_measured_last_are_there(files: dict[str, bytes]) -> None:
    """Others may be left out, to make it smaller; these would be taken for the measured ones."""
    del files[f"{ID}/step-000030.safetensors"]
    run, _ = import_run(packed(files), "a.zip")
    assert run.snapshots[-1].epoch == 1
    del files[f"{ID}/epoch-001.safetensors"]
    with pytest.raises(RunError, match=r"lacks the weights of its last epoch \(epoch-001"):
        import_run(packed(files), "a.zip")


def test_an_archive_made_with_backslashes(files: dict[str, bytes]) -> None:
    data = packed({name.replace("/", "\\"): content for name, content in files.items()})
    assert is_run(data)
    assert import_run(data, "a.zip")[0].imported_from == "a.zip"


@pytest.mark.parametrize(("said", "kept"), [("", "b.zip"), ("a\n\x1b[31mé.zip", "a[31mé.zip")])
def test_what_an_archive_says_of_its_import_is_checked(
    said: str, kept: str, files: dict[str, bytes]
) -> None:
    edited("config.json", lambda d: d["corpus"].update(imported_from=said))(files)
    assert import_run(packed(files), "b.zip")[0].imported_from == kept


def test_models_in_archives_are_called_what_they_are(
    files: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keras = packed({"config.json": b"{}", "metadata.json": b"{}", "model.weights.h5": b""})
    for content, message in (
        ({"d/saved_model.pb": b"", "d/variables/variables.index": b""}, "this is a SavedModel"),
        ({"mon modèle.keras": keras, "__MACOSX/._mon modèle.keras": b""}, "holds mon modèle.keras"),
    ):
        with pytest.raises(ModelError, match=message):
            import_run(packed(content), "m.zip")
    with pytest.raises(ModelError, match=r"call it m\.keras"):
        import_run(keras, "m.zip")
    (tmp_path / "saved_model.pb").touch()
    assert main(["models", "import", str(tmp_path)]) == 2
    assert "this is a SavedModel" in capsys.readouterr().err
    (tmp_path / "run.keras").write_bytes(packed(files))  # what it is, not what it is called
    assert main(["models", "import", str(tmp_path / "run.keras")]) == 0


def test_a_run_without_weights_is_not_whole(files: dict[str, bytes]) -> None:
    with pytest.raises(RunError, match="not a whole run"):
        import_run(packed({n: c for n, c in files.items() if "safetensors" not in n}), "a.zip")


def test_links_secrets_and_other_methods_are_refused(files: dict[str, bytes]) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, content)
    for data in (buffer.getvalue(), packed(files, zipfile.ZIP_LZMA)):
        with pytest.raises(RunError, match="not a whole run"):
            import_run(data, "a.zip")
    assert stored() == []


def test_a_size_is_known_before_anything_is_unpacked(
    files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = files | {f"{ID}/epoch-{n:03d}.safetensors": bytes(1_000_000) for n in range(2, 9)}
    data = packed(bomb)
    assert len(data) < 100_000
    monkeypatch.setattr(run_import, "MAX_BYTES", 5_000_000)
    opened: list[str] = []
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_a, **_k: opened.append("x"))
    with pytest.raises(RunError, match="larger than 5 MB"):
        import_run(data, "a.zip")
    assert not opened
    with pytest.raises(RunError, match="larger than 5 MB"):
        import_run(bytes(5_000_001), "a.zip")


def test_a_header_that_lies_about_a_size_is_found_out(files: dict[str, bytes]) -> None:
    data = packed(files | {f"{ID}/label.json": b" " * 10_000 + b'{"label": "x"}'})
    size = (10_014).to_bytes(4, "little")
    assert data.count(size) == 2
    with pytest.raises(RunError, match="not a whole run"):
        import_run(data.replace(size, (20).to_bytes(4, "little")), "a.zip")
    with pytest.raises(RunError, match="not a whole run"):
        import_run(data[: len(data) // 2] + data[len(data) // 2 + 9 :], "a.zip")


@pytest.mark.parametrize("place", [2**63 - 1, 2**63, 2**64 - 1])
def test_a_file_beyond_the_end_of_the_archive_is_damage(
    files: dict[str, bytes], place: int
) -> None:
    data = moved(packed(files), place)
    with pytest.raises(RunError, match="not a whole run"):
        import_run(data, "a.zip")
    assert stored() == []


def test_a_table_of_thousands_of_files_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_args: pytest.fail("it was read"))
    data = b"PK\x01\x02" * 5_000
    assert not is_run(data)
    with pytest.raises(RunError, match="not a whole run"):
        import_run(data, "a.zip")


def test_other_archives_are_no_runs(files: dict[str, bytes]) -> None:
    keras = {"metadata.json": b"{}", "config.json": b"{}", "vocabulary.json": b"{}"}
    assert not is_run(packed(keras))  # with the alphabet that `keras_export` adds
    assert not is_run(packed({"plays/a.csv": b"x"}))
    assert not is_run(b"PK")
    with pytest.raises(RunError, match=r"not the \.zip of a run"):
        import_run(packed({"plays/a.csv": b"x"}), "a.zip")
    with pytest.raises(RunError, match="not a whole run"):
        import_run(b"PK", "a.zip")


def test_a_public_server_imports_nothing(
    files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    with pytest.raises(ConfigError, match="public server"):
        import_run(packed(files), "a.zip")
    assert stored() == []


def test_on_the_command_line(
    files: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "moliere.zip"
    path.write_bytes(packed(files))
    assert main(["models", "import", str(path), "--json"]) == 0
    model = json.loads(capsys.readouterr().out)["model"]
    [found] = stored_runs()
    run = found.run
    assert (model["name"], model["kind"], model["available"]) == (f"run:{run.id}", "lstm", True)
    assert run.imported_from == "moliere.zip"
    damaged = run_path("0" * 12)
    damaged.mkdir()
    (damaged / "config.json").write_text("{")
    assert main(["models", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    [mine] = [m for m in listed["models"] if m["name"] == f"run:{run.id}"]
    assert mine["imported_from"] == "moliere.zip"
    assert not any("imported_from" in m for m in listed["models"] if m is not mine)
    [told] = listed["damaged"]
    assert (told["run"], "delete it" in told["error"]) == ("0" * 12, True)
    assert main(["models"]) == 0
    said = capsys.readouterr().out
    assert "(imported from moliere.zip)" in said
    assert "is damaged" in said
    assert main(["models", "import", str(tmp_path / "none.zip")]) == 2
    assert "cannot be read" in capsys.readouterr().err
