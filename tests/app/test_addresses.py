"""Saved links keep their meaning: names, defaults and parsers of addresses, keys of widgets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.app import addresses

FROZEN: dict[str, Any] = json.loads(addresses.FROZEN.read_text(encoding="utf-8"))


def test_no_address_changes_its_meaning() -> None:
    found = addresses.fields()
    assert {key: found.get(key) for key in FROZEN["fields"]} == FROZEN["fields"]


def test_a_new_setting_takes_no_name_of_a_page_twice() -> None:
    for page in {key.split(".")[0] for key in addresses.fields()}:
        names = [f["name"] for key, f in addresses.fields().items() if key.split(".")[0] == page]
        assert len(names) == len(set(names)), page


@pytest.mark.slow
def test_no_widget_loses_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOLIERE_CORPUS", raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path / "home"))
    found = addresses.widgets()
    for page, keys in FROZEN["widgets"].items():
        assert set(keys) <= set(found[page]), page
