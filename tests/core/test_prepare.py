from __future__ import annotations

import json
import sys

import pytest

from moliere_core.cli import main, prepare
from moliere_core.system import network


def test_it_says_what_is_ready_and_where_pupils_go(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MOLIERE_CORPUS", raising=False)
    monkeypatch.setenv(network.ADDRESS, "192.0.2.7:8501")
    monkeypatch.setattr("moliere_core.models.references.SHIPPED", ("petit",))
    code = main(["prepare", "--port", "65001", "--json"])
    told = json.loads(capsys.readouterr().out)
    levels = {found["name"]: found["level"] for found in told["findings"]}
    assert levels["petit"] == levels["corpus"] == "ok"
    assert {"python", "disk", "memory", "port"} <= levels.keys()
    assert told["address"] == "http://192.0.2.7:8501"
    assert code == (0 if told["ready"] else 1)


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
