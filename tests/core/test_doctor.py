"""What the machine can do as a server, and what it lacks."""

from __future__ import annotations

import json
import socket
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

from moliere_core.cli.main import main
from moliere_core.system import application, doctor, machine
from moliere_core.system.doctor import Finding, examine

ROOT = Path(__file__).parents[2]
FRAMEWORKS = ("keras", "tensorflow", "torch", "transformers")


@pytest.fixture(autouse=True)
def a_good_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    monkeypatch.setenv("MOLIERE_TEACHER_CODE", "sganarelle")
    monkeypatch.setenv("MOLIERE_PLACES", "40")
    monkeypatch.delenv("MOLIERE_METRICS", raising=False)
    monkeypatch.setattr(machine, "free_megabytes", lambda: 4_000)
    monkeypatch.setattr(machine, "file_limit", lambda: 4_096)
    monkeypatch.setattr(machine, "raise_file_limit", lambda: None)
    monkeypatch.setattr(doctor, "LEAST_DISK", 0)
    for name in FRAMEWORKS:
        module = ModuleType(name)
        module.__spec__ = ModuleSpec(name, None)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.chdir(ROOT)


def found(name: str, port: int | None = None) -> Finding:
    [finding] = [finding for finding in examine(port) if finding.name == name]
    return finding


def test_a_good_machine_lacks_nothing_and_nothing_is_left_in_its_home(tmp_path: Path) -> None:
    assert {finding.level for finding in examine()} == {"ok"}
    assert list((tmp_path / "home").iterdir()) == []


@pytest.mark.parametrize(
    ("variable", "value", "name", "level", "told"),
    [
        ("MOLIERE_PUBLIC", "", "public", "note", "set MOLIERE_PUBLIC=1"),
        ("MOLIERE_TEACHER_CODE", "", "teacher", "lack", "set MOLIERE_TEACHER_CODE"),
        ("MOLIERE_TEACHER_CODE", "1234", "teacher", "lack", "has 4 characters"),
        ("MOLIERE_PLACES", "12", "places", "note", "fewer than a class"),
        ("MOLIERE_PLACES", "x", "places", "lack", "give a whole number"),
        ("MOLIERE_METRICS", "1", "metrics", "lack", "answers anybody"),
        ("MOLIERE_HOME", "/proc/none", "home", "lack", "cannot be written"),
    ],
)
def test_what_the_environment_lacks(
    variable: str, value: str, name: str, level: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    assert found(name).level == level
    assert told in found(name).told


def test_what_the_machine_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "free_megabytes", lambda: 300)
    monkeypatch.setattr(machine, "file_limit", lambda: 256)
    monkeypatch.setattr(doctor, "LEAST_DISK", 10**12)
    for name in FRAMEWORKS:
        monkeypatch.setitem(sys.modules, name, None)
    assert found("memory") == Finding(
        "memory", "lack", "300 MB of memory are free, and a training takes 700: free some"
    )
    assert "enough for 27: raise `ulimit -n`" in found("files").told
    assert found("disk").level == "lack"
    assert "nothing can be trained" in found("frameworks").told
    monkeypatch.setattr(machine, "free_megabytes", lambda: None)
    assert found("memory").level == "note"


def test_the_settings_are_those_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "MB at most" in found("settings").told
    monkeypatch.setattr(application, "PACKAGE", "no_such_package")
    assert found("settings").told == "the application is not installed beside this library"
    monkeypatch.setattr(application, "folder", lambda: tmp_path)
    assert "cannot be read" in found("settings").told
    (tmp_path / ".streamlit").mkdir()
    for content, told in (
        ("[server]\nenableXsrfProtection = false", "another site could upload"),
        ("[server", "cannot be read"),
    ):
        (tmp_path / ".streamlit" / "config.toml").write_text(content)
        assert found("settings").level == "lack"
        assert told in found("settings").told


def test_a_port_that_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert found("port", port).level == "lack"
        assert f"port {port} cannot be used" in found("port", port).told
    assert found("port", port) == Finding("port", "ok", f"port {port} is free")


def test_the_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOLIERE_TEACHER_CODE")
    assert main(["doctor", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["public"], told["ready"]) == (True, False)
    assert {"name", "level", "told"} == set(told["findings"][0])
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("! teacher") for line in lines)
    assert lines[-1].endswith("to put right")
