"""`moliere copies`, `verse` and `judge`: the fields that other programs rely on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from moliere_core.cli import main

TEXT = "Couvrez ce Sein, que je ne saurais voir.\nPar de pareils objets les âmes sont blessées,\n"


@pytest.fixture(name="file")
def _file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.delenv("MOLIERE_CORPUS", raising=False)
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path / "home"))
    path = tmp_path / "texte.txt"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def call(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    assert main([*args, "--json"]) == 0
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    return result


def test_copies(capsys: pytest.CaptureFixture[str], file: str) -> None:
    found = call(capsys, "copies", file, "--model", "kn-8")
    assert found["longest"] > 60
    assert found["play"].startswith("Le Tartuffe")
    assert TEXT[found["offset"] :].startswith(found["passages"][0]["text"])
    assert found["novel_12grams"] < 0.1
    assert found["exact"] is False
    assert found["real"]["novel_12grams"] > 0.6
    assert main(["copies", file]) == 0
    assert "at least" in capsys.readouterr().out


def test_verse(capsys: pytest.CaptureFixture[str], file: str) -> None:
    found = call(capsys, "verse", file)
    assert [line["syllables"] for line in found["lines"]] == [10, 12]
    assert found["lines"][1]["text"] == TEXT.split("\n")[1]
    assert found["lines"][1]["caesura"]
    assert found["alexandrines"] == 0.5
    assert 0 <= found["chance"] <= 1
    assert main(["verse", file]) == 0
    assert capsys.readouterr().out.startswith(" 10  Couvrez")


def test_judge_a_file(capsys: pytest.CaptureFixture[str], file: str) -> None:
    found = call(capsys, "judge", "--file", file, "--model", "kn-8")
    assert found["figures"]["alexandrines"] == 0.5
    assert found["figures"]["invented"] == []
    assert set(found["real"]["longest"]) == {"mean", "deviation"}
    assert main(["judge", "--file", file, "--model", "kn-8"]) == 0
    assert "real" in capsys.readouterr().out


def test_judge_a_model(capsys: pytest.CaptureFixture[str], file: str) -> None:
    options = ("--temperatures", "0.3,1.5", "--top-ps", "1", "--seeds", "2", "--chars", "200")
    found = call(capsys, "judge", "--model", "kn-3", *options)
    cold, hot = found["points"]
    assert (cold["temperature"], hot["temperature"]) == (0.3, 1.5)
    assert cold["figures"]["words"]["mean"] > hot["figures"]["words"]["mean"]
    assert found["best"]["top_p"] == 1
    assert cold["bits_per_char"] is None  # no plays at hand to score
    assert main(["judge", "--model", "kn-3", *options]) == 0
    assert "<- nearest" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("copies", "nowhere.txt"), "nowhere.txt"),
        (("verse", "nowhere.txt"), "nowhere.txt"),
        (("judge", "--model", "hf:gpt2"), "not known here"),
        (("judge", "--temperatures", "froid"), "give numbers"),
        (("judge", "--temperatures", "99"), "choose a value"),
        (("judge", "--seeds", "0"), "choose a value"),
    ],
)
def test_errors(
    capsys: pytest.CaptureFixture[str], file: str, arguments: tuple[str, ...], said: str
) -> None:
    assert main(list(arguments)) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert said in error
    assert error.count("\n") == 1
