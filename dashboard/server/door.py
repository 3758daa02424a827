"""The door of the server: who comes in, what may be left inside, and what every answer carries.

Streamlit's server calls a `Door` before its own routes (`st.App(middleware=...)` in Home.py). It
has no page and no session: who is refused here costs next to nothing. It

- says that the room is full (HTTP 503) instead of freezing those who are inside; see `Room`;
- bounds what uploads hold in memory, for each session and in all; see `Uploads`;
- gives every answer its headers: what a page may load, from where, and who may frame it;
- keeps `/_stcore/metrics` to the machine's administrator.

All are plain functions and classes of ASGI (https://asgi.readthedocs.io).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import html
import logging
import os
import re
import time
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from dashboard.shared import i18n
from moliere_core.errors import N_
from moliere_core.system import doctor, machine

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Sizes = Callable[[], dict[str, dict[str, int]]]  # session -> file -> bytes held

_LOGGER = logging.getLogger(__name__)

STREAM, METRICS, UPLOAD = "/_stcore/stream", "/_stcore/metrics", "/_stcore/upload_file/"
INSIDE = re.compile(r"/(_stcore|static|media|component|app)/|\.\w+$")  # not a page
COOKIE = "_streamlit_xsrf"
ENTERING = 20.0  # seconds that a browser may take from its first request to its session
RETURNING = 1.25  # the room for those who come back after a cut, compared with the room
FULL = N_("La salle est pleine")
SENTENCE = N_(
    "{count} personnes y sont déjà, autant que cette machine peut en servir. Cette page essaie à "
    "nouveau toutes les {seconds} secondes : vous entrerez dès qu’une place se libère."
)
RETRY = 20  # seconds after which a newcomer's page tries again
SILENCE = 30.0  # seconds after which an upload that has stopped coming is given up
UPLOADS_BESIDE = 20_000_000  # bytes that a session may hold beside a file of the largest size
UPLOADS_SHARE = 0.25  # of the memory that is free at the start, for all uploads
UPLOADS_LEAST = 100_000_000  # bytes for all uploads, however little is free


@dataclass
class Room:
    """How many sessions there may be, and how many there are.

    Attributes:
        places: sessions, at most.
        inside: sessions connected now.
        entering: when browsers were let in that have no session yet, and which they are.
        browsers: sessions of each browser that says which one it is.
    """

    places: int
    inside: int = 0
    entering: list[tuple[float, str]] = field(default_factory=list)
    browsers: Counter[str] = field(default_factory=Counter)

    def admit(self, now: float, browser: str = "") -> bool:
        """Whether a browser may load the page; it keeps its place for a while.

        Args:
            now: seconds.
            browser: which one, "" if it does not say. One that loads the page again and again
                enters once, and one that is inside is not put out by loading it again.
        """
        self.entering = [
            (then, who)
            for then, who in self.entering
            if now - then < ENTERING and (not who or who != browser)
        ]
        if self.inside + len(self.entering) >= self._places(browser in self.browsers):
            return False
        self.entering.append((now, browser))
        return True

    def enter(self, returning: bool, browser: str = "") -> bool:
        """Whether a session may begin; who was inside before has some places more.

        A websocket that is admitted calls `leave` at its end, for the same browser.
        """
        if self.entering:
            own = [place for place, (_then, who) in enumerate(self.entering) if who == browser]
            self.entering.pop(own[0] if own else 0)
        if self.inside >= self._places(returning or browser in self.browsers):
            return False
        self.inside += 1
        if browser:
            self.browsers[browser] += 1
        return True

    def leave(self, browser: str = "") -> None:
        """A session has ended."""
        self.inside -= 1
        self.browsers -= Counter([browser])  # what is left is above zero

    def _places(self, known: bool) -> float:
        return RETURNING * self.places if known else self.places


@dataclass
class Uploads:
    """What uploads may hold in memory, in bytes.

    Attributes:
        each: of one session.
        total: of all sessions.
        held: what Streamlit holds now.
        coming: what is on its way, by session.
    """

    each: int
    total: int
    held: Sizes
    coming: Counter[str] = field(default_factory=Counter)

    def refuses(self, session: str, size: int) -> str:
        """Whose share another file of `size` bytes would exceed: "session", "server" or ""."""
        held = {name: sum(files.values()) for name, files in self.held().items()}
        if held.get(session, 0) + self.coming[session] + size > self.each:
            return "session"
        if sum(held.values()) + self.coming.total() + size > self.total:
            return "server"
        return ""


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
        try:
            await self._app(scope, receive, send)
        finally:
            self._room.leave(browser)

    async def _request(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        if path.endswith(METRICS) and not self._metrics:
            await _answer(send, 404, "MOLIERE_METRICS=1 opens this address.\n")
        elif UPLOAD in path and scope["method"] == "PUT":
            await self._upload(path, scope, receive, send)
        elif scope["method"] == "GET" and not INSIDE.search(path) and not self._admit(scope):
            page = full_page(_header(scope, b"accept-language"), self._room.inside)
            await _answer(send, 503, page, ("retry-after", str(RETRY)), ("connection", "close"))
        else:
            await self._app(scope, receive, send)

    def _admit(self, scope: Scope) -> bool:
        return self._room.admit(time.monotonic(), _browser(scope))

    async def _upload(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a file whole, then hand it on: what is only announced takes nobody's share."""
        session = path.partition(UPLOAD)[2].partition("/")[0]
        declared = _header(scope, b"content-length")
        most = st.get_option("server.maxUploadSize") * 1024 * 1024
        size = int(declared) if declared.isdecimal() else most
        if whose := self._uploads.refuses(session, size):
            await self._refuse_upload(send, size, whose)
            return
        come, received = deque[Message](), 0
        try:
            while not come or come[-1].get("more_body"):
                async with asyncio.timeout(SILENCE):
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
            await _answer(send, 408, "The upload has stopped coming: send it again.\n")
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
    st.set_option("client.disableDataExport", True)  # see dashboard/shared/downloads.py
    each = int(st.get_option("server.maxUploadSize")) * 1024 * 1024 + UPLOADS_BESIDE
    free = (machine.free_megabytes() or 0) * 1_000_000
    uploads = Uploads(each, max(int(UPLOADS_SHARE * free), UPLOADS_LEAST), _held)
    room = Room(machine.places())
    metrics = os.environ.get("MOLIERE_METRICS") == "1"
    return [Middleware(Door, room=room, uploads=uploads, headers=headers(), metrics=metrics)]


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


def headers() -> list[tuple[str, str]]:
    """What every answer carries.

    Scripts are the server's own, by address or by digest. `blob:` is how Streamlit runs the
    scripts of our components; styles are written into the page by its library.
    `MOLIERE_FRAMED_BY` names the sites, separated by spaces, whose pages may frame this one.
    """
    friends = os.environ.get("MOLIERE_FRAMED_BY", "").split()
    frames = " ".join(["'self'", *(site for site in friends if re.fullmatch(r"[\w:/.*-]+", site))])
    scripts = " ".join(["'self'", "blob:", *map(_digest, _inline_scripts())])
    policy = {
        "default-src": "'self'",
        "script-src": scripts,
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' blob:",
        "worker-src": "'self' blob:",
        "connect-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": frames,
    }
    found = [
        ("Content-Security-Policy", "; ".join(f"{k} {v}" for k, v in policy.items())),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),  # an address holds what a pupil has typed
    ]
    return found if friends else [*found, ("X-Frame-Options", "SAMEORIGIN")]


def full_page(accepted: str, inside: int) -> str:
    """What a newcomer reads when the room is full; it tries again by itself."""
    language = "en" if accepted.lower().startswith("en") else "fr"
    title = html.escape(i18n.translated(FULL, language))
    sentence = i18n.translated(SENTENCE, language).format(count=inside, seconds=RETRY)
    return f"""<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="refresh" content="{RETRY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root {{ color-scheme: light dark }} body {{ font: 1.4rem/1.5 Georgia, serif;
margin: 15vh auto; max-width: 32em; padding: 0 1em }}</style></head>
<body><h1>{title}</h1><p>{html.escape(sentence)}</p></body></html>
"""


def _inline_scripts() -> list[str]:
    """The scripts inside the pages: Streamlit's own, and the one that tells the language."""
    page = Path(st.__file__).with_name("static") / "index.html"
    own = re.findall(r"<script>(.*?)</script>", page.read_text(encoding="utf-8"), re.DOTALL)
    return [*own, *map(i18n.language_script, i18n.LANGUAGES)]


def _digest(script: str) -> str:
    """How a policy allows one script, and no other: `script-src` of CSP 2."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _held() -> dict[str, dict[str, int]]:
    """Bytes of the uploads that Streamlit holds, by session and file."""
    manager = st.runtime.get_instance().uploaded_file_mgr
    held: dict[str, dict[str, int]] = defaultdict(dict)
    for session, files in list(manager.file_storage.items()):  # type: ignore[attr-defined]
        held[session] = {name: len(file.data) for name, file in list(files.items())}
    return held


def _header(scope: Scope, name: bytes) -> str:
    return next((v.decode("latin-1") for n, v in scope.get("headers", []) if n == name), "")


def _browser(scope: Scope) -> str:
    """The cookie that Streamlit gives a browser, "" before it has one."""
    pairs = (pair.strip().partition("=") for pair in _header(scope, b"cookie").split(";"))
    return next((value for name, _equals, value in pairs if name == COOKIE), "")


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
