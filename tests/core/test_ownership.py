"""Whose a run is: nobody's and damaged ones open to no stranger."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from moliere_core.runs.ownership import UNKNOWN, Owner, is_teacher, may_change, read_owner
from moliere_core.training.jobs.spec import JobSpec

WHOLE = {"salt": "00", "hash": "0" * 64}


@pytest.fixture(autouse=True)
def nobody_in_particular(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOLIERE_PUBLIC", "MOLIERE_TEACHER_CODE"):
        monkeypatch.delenv(name, raising=False)


def test_only_the_holder_of_the_token_is_the_owner() -> None:
    owner = Owner.of("marie")
    assert owner.holds("marie")
    assert not owner.holds("paul")
    assert not owner.holds("")
    assert not owner.holds("\ud800")  # half a character, as a browser can send it


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[" * 100_000,
        "null",
        "5",
        "[]",
        '"text"',
        "{}",
        json.dumps({**WHOLE, "hash": ""}),
        json.dumps({**WHOLE, "hash": 5}),
        json.dumps({**WHOLE, "hash": "é" * 64}),
        json.dumps({**WHOLE, "salt": 0}),
        json.dumps({**WHOLE, "salt": None, "hash": None}),
    ],
)
def test_a_damaged_owner_opens_to_nobody_but_the_teacher(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "owner.json"
    path.write_text(content, encoding="utf-8")
    assert read_owner(path) == UNKNOWN
    for token in ("", "marie", "0", None):
        assert not may_change(read_owner(path), token)
    monkeypatch.setenv("MOLIERE_TEACHER_CODE", "tartuffe")
    assert may_change(read_owner(path), "tartuffe")
    assert not may_change(read_owner(path), "marie")


def test_an_owner_that_cannot_be_read_is_not_nobody(tmp_path: Path) -> None:
    assert read_owner(tmp_path / "owner.json") is None
    (tmp_path / "folder").mkdir()
    assert read_owner(tmp_path / "folder") == UNKNOWN
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert read_owner(tmp_path / "link") == UNKNOWN
    (tmp_path / "latin").write_bytes(b'{"salt": "\xe9"}')
    assert read_owner(tmp_path / "latin") == UNKNOWN


@pytest.mark.parametrize(
    ("public", "code", "open_to_all"),
    [("", "", True), ("", "tartuffe", False), ("1", "", False), ("1", "tartuffe", False)],
)
def test_what_nobody_owns_is_the_teacher_s_on_a_public_server(
    public: str, code: str, open_to_all: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOLIERE_PUBLIC", public)
    monkeypatch.setenv("MOLIERE_TEACHER_CODE", code)
    assert may_change(None, "somebody") is open_to_all
    assert may_change(None, None) is open_to_all
    assert may_change(None, code) is (open_to_all or bool(code))
    assert may_change(Owner.of("marie"), "marie")
    assert not is_teacher("")


def test_a_job_s_damaged_owner_is_somebody(tmp_path: Path) -> None:
    from moliere_core.config import RunConfig

    spec = JobSpec(RunConfig(), "embedded", "0" * 64, 1, owner=Owner.of("marie"))
    assert JobSpec.from_json(spec.to_json()).allows("marie")
    wrong: tuple[object, ...] = ({"salt": "x"}, {}, [], "", 0, False)
    for owner in wrong:
        damaged = JobSpec.from_json({**spec.to_json(), "owner": owner})
        assert damaged.owner == UNKNOWN  # as in a run's folder: `read_owner`
        assert not damaged.allows("marie")
        assert not damaged.allows("")
