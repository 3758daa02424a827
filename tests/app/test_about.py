"""The page for the school: each of its claims is one of the code."""

from __future__ import annotations

import re
import socket
import tomllib
from pathlib import Path

import pytest

from dashboard.about import controls, results, wording
from dashboard.server.room import COOKIE
from moliere_core.corpus import library
from moliere_core.runs.run import runs_folder
from moliere_core.system.storage import home
from moliere_core.training import jobs
from moliere_core.training.jobs import corpora
from moliere_core.training.jobs.job import jobs_folder
from tests.app.helpers import ROOT, Open, address, text

LANGUAGES = ("fr", "en")


@pytest.fixture(params=LANGUAGES)
def said(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the page says of data, in a language."""
    monkeypatch.setattr("dashboard.shared.state.language", lambda: request.param)
    return wording.text("about-data")


def test_the_limits_are_those_of_the_code(said: str) -> None:
    assert f"{library.UPLOAD_SECONDS / 86_400:g}" in said
    assert f"{library.MAX_UPLOADS_BYTES // 1_000_000}" in said
    for url in library.ADDRESSES.values():
        assert url in said
    assert COOKIE in said
    assert "$" not in said


def test_the_folders_are_those_of_the_code(said: str, store: Path) -> None:
    named = set(re.findall(r"`([\w/]+)`(?=,| \|)", said))
    held = (runs_folder(), jobs_folder(), corpora.folder())
    assert {path.relative_to(home()).as_posix() for path in held} <= named
    library.keep_upload(b"play_name,cue\na,Oui.\nb,Non.\n", "a.csv")
    kept = {path.parent.relative_to(home()).as_posix() for path in home().rglob("*.csv")}
    assert kept == {"corpora/uploads"} <= named


def test_streamlit_counts_nobody() -> None:
    settings = tomllib.loads((ROOT / "dashboard" / ".streamlit" / "config.toml").read_text("utf-8"))
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["server"]["enableXsrfProtection"] is True


@pytest.mark.slow
def test_no_page_calls_the_network(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, where: object) -> None:
        if self.family != getattr(socket, "AF_UNIX", None):
            called.append(where)
            raise OSError("no network")

    called: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    for page in sorted((ROOT / "pages").glob("*.py")):
        assert not open_page(page.stem).exception
    assert not called
    assert not jobs.active()


def test_an_energy_is_time_measured_by_power_supposed(open_page: Open) -> None:
    assert results.watt_hours(7200, 50) == 100
    at = open_page("about")
    seconds = results.timed()["petit"].seconds
    told = f"{results.watt_hours(seconds, controls.USUAL_WATTS):.0f}\N{NO-BREAK SPACE}Wh"
    assert told in text(at)
    at = at.number_input(key="about.watts").set_value(130).run()
    assert f"{results.watt_hours(seconds, 130):.0f}\N{NO-BREAK SPACE}Wh" in text(at)
    assert address(at)["watts"] == "130"
    assert at.session_state["lesson.done"]["about"] == {"watts"}


def test_a_training_without_seconds_is_not_offered(open_page: Open) -> None:
    at = open_page("about", trained="run:0123456789ab")
    assert not at.exception
    assert at.selectbox(key="about.trained").value == "petit"
    assert {"petit", "grand"} <= set(results.timed())
