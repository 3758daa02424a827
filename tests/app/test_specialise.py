"""A GPT specialised from the Training page: what it offers, how it is followed, what is left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from dashboard.training import curves, results
from moliere_core.errors import ModelError
from moliere_core.training.specialise import client, estimate, stored
from moliere_core.training.specialise.client import Specialising
from moliere_core.training.specialise.loop import Point, Settings
from tests.app.helpers import Open, run_snippet, text

POINTS = (
    Point(0, 8, 0.0, 0.5, None, 3.0, 1.7),
    Point(1, 8, 0.125, 1.0),
    Point(2, 8, 0.25, 1.5, 4.2, 2.5, 1.8),
)


@pytest.fixture(autouse=True)
def quiet(embedded: None, french: None) -> Iterator[None]:
    results.gpts.clear()
    yield
    client.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Specialising]:
    """What is begun, without a process."""
    found: list[Specialising] = []

    def start(self: Specialising) -> None:
        self.stage, self.points = "training", list(POINTS)
        found.append(self)

    monkeypatch.setattr(Specialising, "start", start)
    return found


def test_a_gpt_is_offered_and_specialised(open_page: Open, asked: list[Specialising]) -> None:
    at = open_page("training", view="new", **{"from": "mini-gpt"})
    assert not at.exception
    assert "millions de paramètres" in text(at)
    assert not [button for button in at.button if button.key == "training.start"]
    at = at.button(key="training.specialise").click().run()
    assert not at.exception
    (work,) = asked
    request = work.request
    assert (request.base, request.settings) == ("mini-gpt", Settings("lora", 3))
    assert "Texte nouveau" in text(at)
    assert [b.key for b in at.button if b.key == "training.specialise.stop"]
    at.button(key="training.specialise.stop").click().run()
    assert work.stopping
    work.set_result("hf:local/made")
    at = open_page("training", view="new", **{"from": "mini-gpt"})
    assert "à choisir sur toutes les pages" in at.success[0].value


def test_the_method_and_the_passes_have_addresses(
    open_page: Open, asked: list[Specialising]
) -> None:
    at = open_page("training", view="new", method="block", passes=5, **{"from": "mini-gpt"})
    at.button(key="training.specialise").click().run()
    assert asked[0].request.settings == Settings("block", 5)


def test_what_cannot_be_estimated_is_not_begun(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(request: client.Request) -> float:
        raise ModelError("the tokenizer of mini-gpt cannot be read")

    monkeypatch.setattr(estimate, "seconds", damaged)
    at = open_page("training", view="new", **{"from": "mini-gpt"})
    assert not at.exception
    assert "tokenizer" in " ".join(error.value for error in at.error)
    assert not [button for button in at.button if button.key == "training.specialise"]


def test_a_public_server_says_no(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    at = open_page("training", view="new", **{"from": "mini-gpt"})
    assert not at.exception
    assert "votre machine" in text(at) + " ".join(error.value for error in at.error)
    assert not [button for button in at.button if button.key == "training.specialise"]


def test_what_was_specialised_is_shown_and_can_be_deleted(
    open_page: Open, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = store / "gpts" / "mini-gpt-lignes-abcdef"
    folder.mkdir(parents=True)
    record = stored.Record("mini-gpt", "lignes", 900, Settings("lora"), "own", POINTS)
    (folder / stored.RECORD).write_text(json.dumps(asdict(record)), encoding="utf-8")
    at = open_page("training", view="stored")  # whichever model is chosen
    assert not at.exception
    assert "spécialisé sur lignes" in text(at)
    at = open_page("training", view="new", **{"from": "mini-gpt"})
    assert not at.exception
    assert "spécialisé sur lignes" in text(at)
    assert "ce qu’il écrivait de lui-même" in text(at)
    key = "training.specialise.delete.hf:local/mini-gpt-lignes-abcdef"
    at.button(key=key).click().run()
    assert not folder.exists()


def test_the_drawer_has_its_code(open_page: Open) -> None:
    at = open_page("training", view="new", passes=2, **{"from": "mini-gpt"})
    at = at.pills(key="training.drawer").set_value("code").run()
    assert not at.exception
    cell = at.code[0].value
    assert "client.prepare('mini-gpt'" in cell
    assert "Settings('lora', epochs=2)" in cell
    run_snippet(cell)


def test_points_are_the_curves_of_what_is_forgotten() -> None:
    found = curves.forgetting_of("own", POINTS)
    assert found is not None
    assert (found.before, found.points) == ((3.0, 1.7), ((0.25, 2.5, 1.8),))
    assert curves.forgetting_of("own", POINTS[1:2]) is None
