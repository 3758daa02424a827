"""The door of the server: who comes in, what may be left inside, what every answer carries."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections import deque
from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.server import door
from dashboard.server.door import Door
from dashboard.server.headers import headers
from dashboard.server.room import ENTERING, Room
from dashboard.server.uploads import Uploads
from dashboard.shared import i18n
from moliere_core.errors import ConfigError, RunError
from moliere_core.system import machine
from tests.app.helpers import ROOT, run_apart

Message = MutableMapping[str, Any]
BROWSER = {"accept": "text/html", "accept-language": "fr-FR,fr;q=0.9"}


async def behind(scope: Message, receive: Any, send: Any) -> None:
    """What is behind the door: an answer of its own, or a session that the client ends."""
    if scope["type"] == "websocket":
        await receive()
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"1")]})
    await send({"type": "http.response.body", "body": b"inside"})


def ask(
    entry: Door,
    path: str = "/",
    method: str = "GET",
    kind: str = "http",
    body: Sequence[bytes] = (b"",),
    **headers: str,
) -> list[Message]:
    """What the door sends for a request; header names with _ for -."""
    parts = deque(body)
    raw = [(n.replace("_", "-").lower().encode(), v.encode()) for n, v in headers.items()]
    scope = {"type": kind, "path": path, "method": method, "headers": raw}
    sent = list[Message]()

    async def receive() -> Message:
        if kind == "websocket":
            return {"type": "websocket.disconnect"}
        if not parts:
            return await asyncio.Future()  # nothing more comes
        part = parts.popleft()
        return {"type": "http.request", "body": part, "more_body": part.endswith(b"+")}

    async def send(message: Message) -> None:
        sent.append(message)

    run_apart(entry(scope, receive, send))
    return sent


def status(sent: list[Message]) -> int:
    return int(sent[0]["status"])


def test_a_session_hears_nothing_of_a_page_that_it_has_left() -> None:
    told = [ForwardMsg(), ForwardMsg()]
    for message, page in zip(told, ("film", "home"), strict=True):
        message.new_session.page_script_hash = page
    told[1].metadata.run.fragment_ids.append("clock")

    async def app(_scope: Message, receive: Any, send: Any) -> None:
        for message in told:
            await send({"type": "websocket.send", "bytes": message.SerializeToString()})
        await receive()

    entry = Door(app, Room(5), Uploads(1, 1, dict))
    [heard] = ask(entry, door.STREAM, kind="websocket")
    assert ForwardMsg.FromString(heard["bytes"]) == told[0]


def a_door(
    places: int = 5,
    each: int = 100,
    total: int = 200,
    held: dict[str, dict[str, int]] | None = None,
) -> Door:
    return Door(behind, Room(places), Uploads(each, total, lambda: held or {}), headers())


def test_a_full_room_says_so_and_leaves_those_inside_alone() -> None:
    room = Room(2)
    entry = Door(behind, room, Uploads(1, 1, dict))
    assert room.enter(returning=False)
    assert room.enter(returning=False)
    sent = ask(entry, accept_language="fr")
    assert status(sent) == 503
    body = sent[1]["body"].decode()
    assert "La salle est pleine" in body
    assert "2 personnes y sont déjà" in body
    assert (b"retry-after", b"20") in sent[0]["headers"]
    assert "The room is full" in ask(entry, "/reading", accept_language="en-GB")[1]["body"].decode()
    for path in ("/static/js/index.js", "/_stcore/health", "/favicon.png", "/media/1"):
        assert status(ask(entry, path)) == 200
    assert ask(entry, door.STREAM, kind="websocket") == [{"type": "websocket.close", "code": 1013}]
    room.leave()
    assert status(ask(entry)) == 200


def test_a_browser_keeps_its_place_from_its_first_request_to_its_session() -> None:
    room = Room(2)
    assert room.admit(0.0)
    assert room.admit(1.0)
    assert not room.admit(2.0)  # both are still loading
    assert room.enter(returning=False)
    assert not room.admit(3.0)
    room.leave()
    assert room.admit(4.0)
    assert not room.admit(5.0)
    assert room.admit(6.0 + ENTERING)  # they never came


def test_a_page_that_is_loaded_again_and_again_takes_one_place() -> None:
    room = Room(3)
    assert all(room.admit(float(second), "a") for second in range(10))
    assert room.admit(10.0, "b")
    assert room.enter(returning=False, browser="b")
    assert room.admit(11.0)
    assert not room.admit(12.0)
    assert [who for _then, who in room.entering] == ["a", ""]


def test_who_is_inside_a_full_room_may_load_the_page_again() -> None:
    room = Room(4)
    entry = Door(behind, room, Uploads(1, 1, dict))
    assert all(room.enter(returning=False, browser=name) for name in "abcd")
    cookie = "theme=x; _streamlit_xsrf=a"
    assert status(ask(entry, cookie="_streamlit_xsrf=e")) == 503
    assert status(ask(entry, cookie=cookie)) == 200
    assert ask(entry, door.STREAM, kind="websocket", cookie=cookie) == []
    assert (room.inside, room.browsers) == (4, dict.fromkeys("abcd", 1))
    room.leave("a")
    assert "a" not in room.browsers


def test_who_comes_back_after_a_cut_finds_some_places_more() -> None:
    room = Room(4)
    entry = Door(behind, room, Uploads(1, 1, dict))
    assert all(room.enter(returning=False) for _ in range(4))
    assert not room.enter(returning=False)
    assert (
        ask(entry, door.STREAM, kind="websocket", sec_websocket_protocol="streamlit, t, id") == []
    )
    assert room.inside == 4  # it has left again
    assert room.enter(returning=True)
    assert not room.enter(returning=True)


def test_a_session_is_counted_as_long_as_it_lasts() -> None:
    room = Room(1)
    entry = Door(behind, room, Uploads(1, 1, dict))
    for _ in range(3):
        assert ask(entry, door.STREAM, kind="websocket") == []
    assert room.inside == 0


@pytest.mark.parametrize(
    ("session", "size", "expected"),
    [("a", "40", 200), ("a", "41", 413), ("b", "81", 413), ("b", "80", 200)],
)
def test_uploads_have_a_share_of_the_session_and_of_the_server(
    session: str, size: str, expected: int
) -> None:
    held = {"a": {"1": 30, "2": 30}, "c": {"3": 60}}
    entry = a_door(held=held)
    sent = ask(entry, f"/_stcore/upload_file/{session}/9", "PUT", content_length=size)
    assert status(sent) == expected


def test_an_upload_of_unknown_length_counts_as_the_longest() -> None:
    most = int(st.get_option("server.maxUploadSize")) * 1024 * 1024
    for each, expected in ((most, 200), (most - 1, 413)):
        entry = a_door(each=each, total=10 * most)
        assert status(ask(entry, "/_stcore/upload_file/a/1", "PUT")) == expected


def test_what_is_on_its_way_counts_until_it_is_there() -> None:
    uploads, refused, read = Uploads(100, 1000, dict), list[str](), list[bytes]()

    async def app(scope: Message, receive: Any, send: Any) -> None:
        refused.append(uploads.refuses("a", 60))
        read.extend([(await receive())["body"] for _ in range(2)])
        await behind(scope, receive, send)

    entry = Door(app, Room(1), uploads)
    body = [b"x" * 40 + b"+", b"y" * 20]
    ask(entry, "/_stcore/upload_file/a/1", "PUT", body=body, content_length="61")
    assert (refused, read) == (["session"], body)
    assert not uploads.refuses("a", 100)


def test_who_sends_more_than_was_announced_is_refused_on_the_way() -> None:
    uploads = Uploads(100, 1000, dict)
    entry = Door(behind, Room(1), uploads)
    body = [b"x" * 99 + b"+"] * 2
    sent = ask(entry, "/_stcore/upload_file/a/1", "PUT", body=body, content_length="5")
    assert status(sent) == 413
    assert not uploads.refuses("a", 100)


def test_an_upload_that_stops_coming_holds_nobodys_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "SILENCE", 0.01)
    uploads = Uploads(100, 1000, dict)
    entry = Door(behind, Room(1), uploads)
    sent = ask(entry, "/_stcore/upload_file/a/1", "PUT", body=[b"x+"], content_length="90")
    assert status(sent) == 408
    assert not uploads.refuses("a", 100)


@pytest.mark.parametrize(("pace", "longest"), [(10_000, 600.0), (1, 0.01)])
def test_an_upload_keeps_its_pace_or_is_given_up(
    pace: int, longest: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte now and then, for ever, is no upload; nor is one that has no end."""
    monkeypatch.setattr(door, "SILENCE", 0.05)
    monkeypatch.setattr(door, "PACE", pace)
    monkeypatch.setattr(door, "LONGEST", longest)
    uploads, sent = Uploads(10**9, 10**9, dict), list[Message]()
    entry = Door(behind, Room(1), uploads)

    async def receive() -> Message:
        await asyncio.sleep(0.001)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "path": "/_stcore/upload_file/a/1", "method": "PUT", "headers": []}
    run_apart(entry(scope, receive, send))
    assert status(sent) == 408
    assert not uploads.coming


def test_who_has_no_session_uploads_nothing() -> None:
    uploads = Uploads(100, 1000, dict, known={"a"}.__contains__)
    entry = Door(behind, Room(1), uploads)
    for session, expected in (("a", 200), ("b", 400)):
        sent = ask(entry, f"/_stcore/upload_file/{session}/1", "PUT", content_length="1")
        assert status(sent) == expected


def test_every_answer_has_its_headers_and_keeps_its_own() -> None:
    for path in ("/", "/static/x.js", "/_stcore/health", "/_stcore/metrics"):
        found = dict(ask(a_door(), path)[0]["headers"])
        assert found[b"x-content-type-options"] == b"nosniff"
        assert found[b"x-frame-options"] == b"SAMEORIGIN"
        assert b"frame-ancestors 'self'" in found[b"content-security-policy"]
    assert dict(ask(a_door(), "/")[0]["headers"])[b"x-own"] == b"1"


def test_the_scripts_inside_the_pages_pass_and_no_other() -> None:
    policy = dict(headers())["Content-Security-Policy"]
    [scripts] = re.findall(r"script-src ([^;]*)", policy)
    assert "unsafe-inline" not in scripts
    index = Path(st.__file__).with_name("static") / "index.html"
    inline = re.findall(r"<script>(.*?)</script>", index.read_text(encoding="utf-8"), re.DOTALL)
    for script in [*inline, i18n.language_script("fr"), i18n.language_script("en")]:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in scripts.split()


def test_a_school_s_platform_may_frame_the_pages_where_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MOLIERE_FRAMED_BY", "https://moodle.example https://*.ent.example x;y")
    found = dict(headers())
    assert "X-Frame-Options" not in found
    assert found["Content-Security-Policy"].endswith(
        "frame-ancestors 'self' https://moodle.example https://*.ent.example"
    )


def test_metrics_are_for_who_asks_for_them() -> None:
    assert status(ask(a_door(), "/_stcore/metrics")) == 404
    entry = Door(behind, Room(1), Uploads(1, 1, dict), metrics=True)
    assert status(ask(entry, "/_stcore/metrics")) == 200


def test_places_follow_memory_and_files_or_what_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOLIERE_PLACES", raising=False)
    monkeypatch.setattr(machine, "free_megabytes", lambda: 100_000)
    monkeypatch.setattr(machine, "file_limit", lambda: 256)
    assert machine.places() == (256 - machine.RESERVED_FILES) // machine.SESSION_FILES
    monkeypatch.setattr(machine, "file_limit", lambda: None)
    assert machine.places() == machine.MOST_PLACES
    monkeypatch.setattr(machine, "free_megabytes", lambda: 1_200)
    assert machine.places() == 400 // machine.SESSION_MEGABYTES
    monkeypatch.setattr(machine, "free_megabytes", lambda: 0)
    assert machine.places() == 1
    monkeypatch.setenv("MOLIERE_PLACES", "40")
    assert machine.places() == 40
    monkeypatch.setenv("MOLIERE_PLACES", "many")
    with pytest.raises(ConfigError, match="MOLIERE_PLACES is 'many': give a whole number"):
        machine.places()


def test_streamlit_run_finds_the_application_and_the_router_in_one_file() -> None:
    from streamlit.web.server.app_discovery import discover_asgi_app

    found = discover_asgi_app(ROOT / "dashboard" / "Home.py")
    assert (found.is_asgi_app, found.import_string) == (True, "Home:app")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/srv/moliere/runs/0123/config.json", "config.json"),
        (Path("/srv/moliere/runs/0123"), "0123"),
        (r"C:\Users\prof\runs\0123", "0123"),
        ("https://example.org/a/b.csv", "https://example.org/a/b.csv"),
        ("plays/a.csv", "plays/a.csv"),
        ("1/2 et 3/4", "1/2 et 3/4"),
    ],
)
def test_a_public_server_names_no_folder_of_its_own(
    path: str | Path, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = RunError("{path} cannot be written ({reason})", path=path, reason="x")
    monkeypatch.delenv("MOLIERE_PUBLIC", raising=False)
    assert str(path) in i18n.sentence(error)
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    assert i18n.sentence(error).startswith(f"{told} ")
    assert "srv" not in i18n.sentence(error)
