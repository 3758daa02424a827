"""Getting in: the address that others use, and its QR code."""

from __future__ import annotations

import ipaddress
import json
from types import SimpleNamespace

import pytest
import streamlit as st

from dashboard.shared import join
from moliere_core.system import network
from tests.app.helpers import REFERENCE, Open

ON_NETWORK = network.on_network


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on the network of a school, and a teacher who sits at it."""
    monkeypatch.delenv(network.ADDRESS, raising=False)
    monkeypatch.setattr(network, "on_network", lambda: "192.168.1.20")
    sees(monkeypatch, "http://localhost:8501/temperature")


def sees(monkeypatch: pytest.MonkeyPatch, url: str | None) -> None:
    context = SimpleNamespace(url=url, locale="fr-FR", cookies={}, ip_address=None)
    monkeypatch.setattr(st, "context", context)


@pytest.mark.parametrize(
    ("seen", "page"),
    [
        ("http://localhost:8501/temperature", "http://192.168.1.20:8501/temperature"),
        ("http://127.0.0.1:8501/temperature", "http://192.168.1.20:8501/temperature"),
        ("http://[::1]:8501/temperature", "http://192.168.1.20:8501/temperature"),
        ("http://localhost/moliere/temperature", "http://192.168.1.20/moliere/temperature"),
        ("http://10.0.0.3:8501/temperature", "http://10.0.0.3:8501/temperature"),
        ("https://moliere.example/temperature", "https://moliere.example/temperature"),
        ("http://localhost:8501/", "http://192.168.1.20:8501"),
        (None, "http://192.168.1.20:8501/temperature"),
        ("http://[/temperature", "http://192.168.1.20:8501/temperature"),
        ("http://localhost:99999/temperature", "http://192.168.1.20:8501/temperature"),
        ("http://localhost:x/temperature", "http://192.168.1.20:8501/temperature"),
        ("http://" + "x" * 9999, "http://192.168.1.20:8501/temperature"),
    ],
)
def test_the_address_is_one_that_others_reach(
    monkeypatch: pytest.MonkeyPatch, seen: str | None, page: str
) -> None:
    sees(monkeypatch, seen)
    assert join.invitation("temperature", {}).page == page


def test_a_told_address_goes_before_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(network.ADDRESS, "https://ecole.example/moliere/")
    found = join.invitation("film", {"seed": "7"})
    assert found.page == "https://ecole.example/moliere/film"
    assert found.link == "https://ecole.example/moliere/film?seed=7"
    assert join.invitation("", {}).page == "https://ecole.example/moliere"


def test_the_link_has_the_settings_of_the_view_without_those_of_the_projector() -> None:
    settings = {"prompt": "Ah ! été", "masquer": "menu", "projecteur": "1", "script": "long.3"}
    link = join.invitation("temperature", settings).link
    assert link.endswith("/temperature?prompt=Ah+%21+%C3%A9t%C3%A9&masquer=menu")


def test_without_a_network_the_address_is_the_machine_s_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(network, "on_network", lambda: "")
    found = join.invitation("temperature", {})
    assert (found.page, found.found) == ("http://localhost:8501/temperature", "")


def test_the_longest_address_has_a_code() -> None:
    assert join.code("http://192.168.1.20:8501/?prompt=" + "%C3%A9" * 400).startswith("data:image/")


@pytest.mark.parametrize("char", ["é", "🎭"])
def test_settings_too_long_for_a_code_are_in_the_link(open_page: Open, char: str) -> None:
    at = open_page("home", prompt=char * 500)
    at = at.button(key="join").click().run()
    assert not at.exception
    sent = [json.loads(e.proto.json) for e in at.get("bidi_component")]
    [invitation] = [data for data in sent if "link" in data]
    assert len(invitation["link"]) > join.LONGEST
    assert invitation["code"] == join.code(invitation["page"])
    assert "trop longs pour le QR code" in invitation["labels"]["more"]


def test_this_machine_has_an_address_on_a_network_or_none() -> None:
    if found := ON_NETWORK():
        assert not ipaddress.ip_address(found).is_loopback


@pytest.mark.parametrize("page", ["home", "temperature", "corpus"])
def test_the_button_opens_the_invitation_to_this_view(open_page: Open, page: str) -> None:
    at = open_page(page, seed=7, prompt="Ah")
    at = at.button(key="join").click().run()
    assert not at.exception
    sent = [json.loads(e.proto.json) for e in at.get("bidi_component")]
    [invitation] = [data for data in sent if "link" in data]
    assert invitation["code"].startswith("data:image/svg+xml")
    if page != "corpus":
        assert "seed=7" in invitation["link"]
        assert f"model={REFERENCE.replace(':', '%3A')}" in invitation["link"]
