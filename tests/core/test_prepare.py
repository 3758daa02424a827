from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from moliere_core.cli import main, prepare
from moliere_core.corpus import load_corpus
from moliere_core.runs.run import Run
from moliere_core.system import machine, network
from moliere_core.training import calibration
from moliere_core.training.calibration import Calibration
from moliere_core.training.session import train


def test_it_says_what_is_ready_and_where_pupils_go(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MOLIERE_CORPUS", raising=False)
    monkeypatch.setenv(network.ADDRESS, "192.0.2.7:8501")
    monkeypatch.setattr("moliere_core.models.references.SHIPPED", ("petit",))
    monkeypatch.setattr("moliere_core.system.machine.TRAINING", ("no_such_framework",))
    code = main(["prepare", "--port", "65001", "--json"])
    told = json.loads(capsys.readouterr().out)
    levels = {found["name"]: found["level"] for found in told["findings"]}
    assert levels["petit"] == levels["corpus"] == "ok"
    assert levels["training"] == "note"
    assert {"python", "disk", "memory", "port"} <= levels.keys()
    assert told["address"] == "http://192.0.2.7:8501"
    assert code == (0 if told["ready"] else 1)


def test_a_short_training_tells_how_long_others_take(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Calibration(20_000.0, {"demo": 61.4, "cours-rapide": 1_500.0})
    monkeypatch.setattr("moliere_core.system.machine.installed", lambda *names: True)
    monkeypatch.setattr(calibration, "calibrate", lambda corpus: found)
    told = prepare.timed_training()
    assert told.level == "ok"
    for part in ("20,000 characters a second", "demo about 61 s", "cours-rapide about 25 min"):
        assert part in told.told


@pytest.mark.skipif(not machine.installed(*machine.TRAINING), reason="no framework is installed")
def test_the_calibration_trains_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Path] = []

    def noted(*args: Any, **options: Any) -> Run:
        begun.append(args[2])
        return train(*args, **options)

    monkeypatch.setattr(calibration, "train", noted)
    found = calibration.calibrate(load_corpus("embedded"), seconds=0.0)
    assert found.chars_per_second > 0
    assert 0 < found.seconds["demo"] < found.seconds["cours-rapide"]
    assert not begun[0].exists()


def test_a_machine_on_no_network_is_not_ready() -> None:
    result = {"ready": False, "address": "", "findings": []}
    assert prepare.status(result) == 1
    assert network.ADDRESS in prepare.render(result)


def test_where_the_qr_code_cannot_be_drawn_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "segno", None)
    told = prepare.render({"ready": True, "address": "http://192.0.2.7:8501", "findings": []})
    assert "segno" in told
