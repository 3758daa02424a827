"""The door of the server: who comes in, what may be left inside, and what every answer carries.

Streamlit's server calls a `Door` before its own routes (`st.App(middleware=...)` in Home.py). It
has no page and no session: who is refused here costs next to nothing. It

- says that the room is full (HTTP 503) instead of freezing those who are inside; see `Room`;
- bounds what uploads hold in memory, for each session and in all; see `Uploads`;
- gives every answer its headers: what a page may load, from where, and who may frame it;
- keeps `/_stcore/metrics` to the machine's administrator;
- keeps what a browser has left from the page that it is on; see `stream`.

All are plain functions and classes of ASGI (https://asgi.readthedocs.io).
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from dashboard.server import phones, uploads
from dashboard.server.asked import Asked
from dashboard.server.headers import headers
from dashboard.server.room import COOKIE, RETRY, Room, full_page, secret
from dashboard.server.stream import Message, Receive, Send, Stream
from dashboard.server.uploads import Uploads
from dashboard.shared import i18n
from moliere_core.system import doctor, machine

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_LOGGER = logging.getLogger(__name__)

STREAM, METRICS, UPLOAD = "/_stcore/stream", "/_stcore/metrics", "/_stcore/upload_file/"
INSIDE = re.compile(r"/(_stcore|static|media|component|app)/|\.\w+$")  # not a page
SILENCE = 30.0  # seconds after which an upload that has not begun to come is given up
PACE = 20_000  # bytes a second that give it more time, on average: a poor mobile line
LONGEST = 600.0  # seconds that any upload may take


class Door:
    """An ASGI middleware; see the module.

    Args:
        app: what is behind it.
        room: who may come in.
        uploads: what may be left inside.
        headers: of every answer.
        metrics: whether `/_stcore/metrics` answers.
    """

    def __init__(
        self,
        app: App,
        room: Room,
        uploads: Uploads,
        headers: Iterable[tuple[str, str]] = (),
        metrics: bool = False,
    ) -> None:
        self._app, self._room, self._uploads, self._metrics = app, room, uploads, metrics
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers]
        self._asked = Asked()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let it in."""
        path = str(scope.get("path", ""))
        if scope["type"] == "websocket" and path.endswith(STREAM):
            await self._session(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(path, scope, receive, self._dressed(send))
        else:
            await self._app(scope, receive, send)

    async def _session(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Streamlit's client names the session that it comes back to after its two first words.
        words = _header(scope, b"sec-websocket-protocol").split(",")
        browser = _browser(scope)
        if not self._room.enter(len(words) > 2 and bool(words[2].strip()), browser):
            _LOGGER.warning("the room is full: %d sessions", self._room.inside)
            await send({"type": "websocket.close", "code": 1013})  # try again later
            return
        stream = Stream(receive, send, self._asked)
        try:
            await self._app(scope, stream.receive, stream.send)
        finally:
            self._room.leave(browser)

    async def _request(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        if path.endswith(METRICS) and not self._metrics:
            await _answer(send, 404, "MOLIERE_METRICS=1 opens this address.\n")
        elif UPLOAD in path and scope["method"] == "PUT":
            await self._upload(path, scope, receive, send)
        elif scope["method"] == "GET" and self._opens(path) and not self._admit(scope):
            page = full_page(_header(scope, b"accept-language"), self._room.inside)
            await _answer(send, 503, page, ("retry-after", str(RETRY)), ("connection", "close"))
        else:
            await self._app(scope, receive, send)

    def _opens(self, path: str) -> bool:
        """Whether a session comes of an address: it is a page, and none for telephones."""
        return not INSIDE.search(path) and not phones.is_phones(path)

    def _admit(self, scope: Scope) -> bool:
        return self._room.admit(time.monotonic(), _browser(scope))

    async def _upload(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a file whole, then hand it on: what is only announced takes nobody's share.

        What has come is part of the server's share as long as the rest may follow: it must keep
        its pace, and belong to a session that is there.
        """
        session = path.partition(UPLOAD)[2].partition("/")[0]
        declared = _header(scope, b"content-length")
        most = st.get_option("server.maxUploadSize") * 1024 * 1024
        size = int(declared) if declared.isdecimal() else most
        if not self._uploads.known(session):
            await _answer(send, 400, "This session is over: load the page again.\n")
            return
        if whose := self._uploads.refuses(session, size):
            await self._refuse_upload(send, size, whose)
            return
        come, received = deque[Message](), 0
        begun = asyncio.get_running_loop().time()
        try:
            while not come or come[-1].get("more_body"):
                given = min(SILENCE + received / PACE, LONGEST)
                async with asyncio.timeout_at(begun + given):
                    message = await receive()
                if message["type"] == "http.disconnect":
                    return
                come.append(message)
                received += len(message.get("body", b""))
                self._uploads.coming[session] += len(message.get("body", b""))
                if whose := self._uploads.refuses(session, 0):
                    await self._refuse_upload(send, received, whose)
                    return
            await self._app(scope, _replayed(come, receive), send)
        except TimeoutError:
            await _answer(send, 408, "The upload comes too slowly: send it again.\n")
        finally:
            self._uploads.coming[session] -= received
            if not self._uploads.coming[session]:
                del self._uploads.coming[session]

    async def _refuse_upload(self, send: Send, size: int, whose: str) -> None:
        _LOGGER.warning("an upload of %d bytes is refused: the share of the %s", size, whose)
        await _answer(send, 413, f"More files than the share of a {whose}: remove one.\n")

    def _dressed(self, send: Send) -> Send:
        """A `send` that gives an answer its headers, unless it has them."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _value in message.get("headers", [])}
                more = [(n, v) for n, v in self._headers if n not in given]
                message["headers"] = [*message.get("headers", []), *more]
            await send(message)

        return dressed


def middleware() -> list[Middleware]:
    """The door of this server, as the environment asks for it; see docs/servers.md."""
    machine.raise_file_limit()
    if machine.is_public():
        st.set_option("client.showErrorDetails", "none")  # what `on_error` does not see
        for finding in doctor.examine():
            if finding.level == "lack":
                _LOGGER.warning("this public server lacks something: %s", finding.told)
    st.set_option("client.disableDataExport", True)  # see dashboard/shared/tables.py
    room = Room(machine.places())
    metrics = os.environ.get("MOLIERE_METRICS") == "1"
    return [
        Middleware(Door, room=room, uploads=uploads.allowed(), headers=headers(), metrics=metrics)
    ]


def on_error(_error: Exception) -> bool | None:
    """On a public server a sentence instead of the traceback, which is in the log."""
    if not machine.is_public():
        return None
    st.error(
        i18n._(
            "Quelque chose d’imprévu a échoué. Rechargez la page ; si cela recommence, dites à "
            "votre professeur ce que vous avez fait : la cause est dans le journal du serveur."
        )
    )
    return True


def _header(scope: Scope, name: bytes) -> str:
    return next((v.decode("latin-1") for n, v in scope.get("headers", []) if n == name), "")


def _browser(scope: Scope) -> str:
    """The secret of the cookie that Streamlit gives a browser, "" before it has one."""
    pairs = (pair.strip().partition("=") for pair in _header(scope, b"cookie").split(";"))
    return secret(next((value for name, _equals, value in pairs if name == COOKIE), ""))


def _replayed(come: deque[Message], receive: Receive) -> Receive:
    """A `receive` that gives these messages first."""

    async def again() -> Message:
        return come.popleft() if come else await receive()

    return again


async def _answer(send: Send, status: int, body: str, *headers: tuple[str, str]) -> None:
    kind = "text/html" if body.startswith("<!DOCTYPE") else "text/plain"
    given = [("content-type", f"{kind}; charset=utf-8"), ("cache-control", "no-store"), *headers]
    raw = [(name.encode(), value.encode()) for name, value in given]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body.encode()})
