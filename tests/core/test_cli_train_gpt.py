from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from moliere_core.cli import main, train_gpt

CARD = {
    "passes": 2,
    "parameters": 123_456,
    "bits_per_char": 1.5,
    "upper_bound": True,
    "seconds": 60,
    "other": "left out",
}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[dict[str, Any]]:
    """A script that writes its card at once; how it was called."""
    found: list[dict[str, Any]] = []

    def run(command: list[str], **options: Any) -> SimpleNamespace:
        found.append({"command": command, **options})
        folder = Path(command[3]) / "mini-gpt"
        folder.mkdir(parents=True)
        (folder / "card.json").write_text(json.dumps(CARD))
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    return found


def error(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert main(["train-gpt", *args]) == 2
    captured = capsys.readouterr()
    assert not captured.out
    assert captured.err.startswith("error: ")
    assert captured.err.count("\n") == 1
    return captured.err


def test_what_the_card_says(
    capsys: pytest.CaptureFixture[str], calls: list[dict[str, Any]], tmp_path: Path
) -> None:
    out = str(tmp_path / "out")
    assert main(["train-gpt", "--out", out, "--passes", "2", "--corpus", "x.csv", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result == {"model": f"{out}/mini-gpt", **{k: v for k, v in CARD.items() if k != "other"}}
    [call] = calls
    assert call["command"] == [sys.executable, "-m", "tools.train_gpt", out, "--passes=2"]
    assert call["env"]["MOLIERE_CORPUS"] == os.path.abspath("x.csv")
    assert call["stdout"] is sys.stderr  # the result alone is on standard output


@pytest.mark.usefixtures("calls")
def test_a_line_for_people(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["train-gpt", "--out", str(tmp_path / "out")]) == 0
    assert "at most 1.500 bits per character" in capsys.readouterr().out


def test_without_torch(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    find: Callable[..., Any] = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "torch" else find("json")
    )
    said = error(capsys, "--out", str(tmp_path))
    assert "has no torch: pip install torch transformers" in said


def test_outside_the_repository(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    calls: list[dict[str, Any]],
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(train_gpt, "SCRIPT", tmp_path / "train_gpt.py")
    assert "copy of the whole repository" in error(capsys, "--out", str(tmp_path))
    assert not calls


@pytest.mark.usefixtures("calls")
def test_a_training_that_fails(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: SimpleNamespace(returncode=1))
    assert "ended with status 1" in error(capsys, "--out", str(tmp_path))


def test_the_script_is_where_the_command_looks() -> None:
    assert train_gpt.SCRIPT.is_file()
