"""What telephones are given: a light page of the same port, and answers in JSON; no session.

    GET  s                 where a code is typed
    GET  s/BFKR            the page of a telephone: one document, see phone.js
    GET  s/BFKR/question   what is before the class, and this telephone's own vote
    POST s/BFKR/vote       a vote: {"question": ID, "answer": VALUE}
    GET  s/BFKR/results    how the class votes, for who has the room's key

A telephone names itself by a random token in a header, which no other site knows: a page elsewhere
votes for nobody. What it receives says nothing of the answer before the reveal. All paths are
relative, so that they go through a proxy and stand behind `server.baseUrlPath`.
"""

from __future__ import annotations

import asyncio
import hashlib
import html
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.server.headers import digest
from dashboard.server.networks import network
from dashboard.server.rates import Rate
from dashboard.shared import i18n
from moliere_core import classroom
from moliere_core.classroom import BallotError, ClosedError, FullError, Room, codes
from moliere_core.errors import N_, MoliereError
from moliere_core.system import records
from moliere_core.system.records import DamagedError

HERE = Path(__file__).parent
FOLDER = "s"  # of all these addresses: it is typed
TELEPHONE, KEY = "x-telephone", "x-room-key"
MOST_BYTES = 4_000  # of a vote
MOST_CHARS = 100  # of a telephone's token; no room lets one of more than 64 in
SILENCE = 10.0  # seconds in which it has to come
RETRY = 2  # seconds after which who asks too often may ask again
# At once, and each second from then on.
ASKED = (1_000, 300)  # by address: each telephone asks every 1.5 s
PAGES = (1_000, 100)  # by address: pages, and teachers' screens
EACH = (20, 4)  # by telephone
NEW = (250, 1)  # by address: telephones that were never heard
WRONG = (200, 1)  # by address: codes of no room
LOST = (10, 0.1)  # by telephone: the same
LABELS = {
    "room": N_("Salle"),
    "coming": N_("Un instant…"),
    "wait": N_("Regardez le tableau : la prochaine question arrivera ici."),
    "choose": N_("Choisissez : vous pourrez changer d’avis jusqu’à la réponse."),
    "sending": N_("Envoi…"),
    "counted": N_("Vote compté."),
    "yours": N_("Votre réponse :"),
    "closed": N_("Le vote est clos. Regardez le tableau."),
    "missed": N_("Le vote était clos avant votre réponse. La prochaine question arrivera ici."),
    "refused": N_("Ce n’est pas une réponse à cette question : essayez encore."),
    "lost": N_("Connexion perdue : nouvel essai dans un instant. Votre vote n’est pas perdu."),
    "unknown": N_("Aucune salle n’a ce code : lisez-le encore une fois au tableau."),
    "over": N_("La salle est fermée. Merci !"),
    "full": N_("Cette salle a déjà tous les téléphones qu’elle peut compter."),
    "again": N_("Essayer encore"),
    "vote": N_("Voter"),
    "space": N_("espace"),
    "newline": N_("à la ligne"),
}
TITLE, ENTER = N_("Molière : votez"), N_("Le code de la salle, au tableau")
GO, WITHOUT_SCRIPT = N_("Entrer"), N_("Cette page a besoin de JavaScript.")
HEADERS = {"Cache-Control": "no-store"}

Endpoint = Callable[[Request], Awaitable[Response]]


class Refusal(Exception):
    """An answer without what was asked for.

    Args:
        status: of HTTP.
    """

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True)
class Vote:
    """What a telephone has sent.

    Attributes:
        question: identifier of what it answers, as it says.
        value: anything that JSON can say.
    """

    question: str
    value: object


class Phones:
    """The answers; see the module.

    A school has one address, and a class comes in the same minute: what an address may do is meant
    for two hundred telephones, and stops programs. What a telephone does beyond its own share, and
    what is asked without one, takes nothing of what telephones may do.

    Args:
        clock: seconds, for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._asked, self._pages = Rate(*ASKED, clock), Rate(*PAGES, clock)
        self._each, self._new = Rate(*EACH, clock), Rate(*NEW, clock)
        self._wrong, self._lost = Rate(*WRONG, clock), Rate(*LOST, clock)

    def routes(self, base: str = "") -> list[BaseRoute]:
        """All of them.

        Args:
            base: `server.baseUrlPath`.
        """
        folder = "/".join(["", *(part for part in (base.strip("/"), FOLDER) if part)])
        return [
            Route(folder, _answered(self.door)),
            Route(f"{folder}/{{code}}", _answered(self.page)),
            Route(f"{folder}/{{code}}/question", _answered(self.question)),
            Route(f"{folder}/{{code}}/vote", _answered(self.vote), methods=["POST"]),
            Route(f"{folder}/{{code}}/results", _answered(self.results)),
        ]

    async def door(self, request: Request) -> Response:
        """A field for the code, or the room whose code was typed there."""
        self._count(request)
        code = codes.read(request.query_params.get("code", ""))
        if code is not None:
            return RedirectResponse(f"{FOLDER}/{code}", 303, HEADERS)
        return _page("", FOLDER, _language(request))

    async def page(self, request: Request) -> Response:
        """The page of a telephone; it finds out by itself whether there is such a room."""
        self._count(request)
        code = codes.read(request.path_params["code"]) or ""
        return _page(code, f"../{FOLDER}", _language(request))

    async def question(self, request: Request) -> Response:
        """What is before the class."""
        telephone = self._count(request)

        def seen() -> dict[str, Any]:
            room, name = self._enter(request, telephone)
            return state(room, name)

        return _tagged(request, await run_in_threadpool(seen))

    async def vote(self, request: Request) -> Response:
        """Count a vote, or change it."""
        telephone = self._count(request)
        vote = await _vote(request)

        def counted() -> classroom.Answer:
            room, name = self._enter(request, telephone)
            return room.vote(vote.question, name, vote.value)

        return JSONResponse({"counted": await run_in_threadpool(counted)}, headers=HEADERS)

    async def results(self, request: Request) -> Response:
        """How the class votes on a question, for the teacher alone."""
        self._count(request)
        key = request.headers.get(KEY, "")

        def found() -> dict[str, Any]:
            room = classroom.find(request.path_params["code"])
            if room is None or not room.owned_by(key):
                self._miss(request)
            return results(room, request.query_params.get("question", ""))

        return _tagged(request, await run_in_threadpool(found))

    def _count(self, request: Request) -> str:
        """Refuse who asks too often; the token of the telephone, "" where it says none."""
        telephone = request.headers.get(TELEPHONE, "")[:MOST_CHARS]  # the rates remember it
        if telephone and not self._each.allows(telephone):
            raise Refusal(429)
        if not (self._asked if telephone else self._pages).allows(_network(request)):
            raise Refusal(429)
        return telephone

    def _enter(self, request: Request, telephone: str) -> tuple[Room, str]:
        """The room of the address and the telephone's name in it.

        Who guesses codes is stopped before the right one is told from the wrong ones, and who is
        in a room goes on: a school's telephones have one address.
        """
        room, here = classroom.find(request.path_params["code"]), _network(request)
        if room is None or not room.knows(telephone):
            if not (self._lost.allows(telephone, cost=0) and self._wrong.allows(here, cost=0)):
                raise Refusal(429)
            if room is None:
                self._miss(request, telephone)
            if not self._new.allows(here):
                raise Refusal(429)
        return room, room.admit(telephone)

    def _miss(self, request: Request, telephone: str = "") -> NoReturn:
        if telephone:
            self._lost.allows(telephone)
        self._wrong.allows(_network(request))
        raise Refusal(404)


def state(room: Room, telephone: str) -> dict[str, Any]:
    """What a telephone is told: the question, its own vote, and after the reveal what came out."""
    nothing = {"question": None, "open": False, "mine": None}
    now = room.now
    try:
        asked = room.question(now)
        mine, outcome = room.ballot(now, telephone), room.outcome(now)
    except ClosedError:
        return nothing
    told = {
        "id": asked.id,
        "text": asked.text,
        "kind": asked.kind,
        "options": asked.options,
        "low": asked.low,
        "high": asked.high,
        "longest": asked.longest,
    }
    found = {"question": told, "open": outcome is None, "mine": mine}
    if outcome is not None:
        counts = room.tally(now).by_option
        found |= {"right": outcome.right, "said": outcome.said, "counts": counts}
    return found


def results(room: Room, question: str) -> dict[str, Any]:
    """What the teacher's screen is told: who is there, and each answer with how many gave it."""
    found: dict[str, Any] = {"phones": room.present, "open": True, "counts": [], "votes": 0}
    try:
        tally = room.tally(question)
    except ClosedError:
        return found
    counts = sorted(tally.counts.items(), key=lambda item: (isinstance(item[0], str), item[0]))
    return found | {"open": not tally.closed, "counts": counts, "votes": tally.total}


def routes() -> list[BaseRoute]:
    """Those of this server, for `st.App`."""
    return Phones().routes(str(st.get_option("server.baseUrlPath") or ""))


def is_phones(path: str) -> bool:
    """Whether an address is one of these: a telephone takes no session's place."""
    parts = path.strip("/").split("/")
    return FOLDER in (parts[-1], *parts[-2:-1], *parts[-3:-2])


def _answered(endpoint: Endpoint) -> Endpoint:
    """An endpoint whose refusals are answers."""

    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refusal as refusal:
            more = {"Retry-After": str(RETRY)} if refusal.status == 429 else {}
            return Response(status_code=refusal.status, headers=HEADERS | more)
        except ClosedError:
            return Response(status_code=409, headers=HEADERS)
        except FullError:
            return Response(status_code=403, headers=HEADERS)
        except BallotError:
            return Response(status_code=422, headers=HEADERS)
        except MoliereError:  # the disk: it will be tried again
            return Response(status_code=503, headers=HEADERS)

    return answered


async def _vote(request: Request) -> Vote:
    """What was sent, within its bounds.

    A page of another site can send no JSON without asking first, and this server lets none.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refusal(415)
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Refusal(403)
    come = b""
    try:
        async with asyncio.timeout(SILENCE):
            async for piece in request.stream():
                come += piece
                if len(come) > MOST_BYTES:
                    raise Refusal(413)
    except TimeoutError as error:
        raise Refusal(408) from error
    except ClientDisconnect as error:
        raise Refusal(400) from error
    try:
        document = records.mapping(records.parse(come))
    except DamagedError as error:
        raise Refusal(400) from error
    question = document.get("question")
    if not isinstance(question, str):
        raise Refusal(400)
    return Vote(question, document.get("answer"))


def _tagged(request: Request, document: dict[str, Any]) -> Response:
    """A document, or that it is the one which the browser has."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = HEADERS | {"ETag": tag}
    if request.headers.get("if-none-match", "").removeprefix("W/") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def _page(code: str, door: str, language: str) -> Response:
    """The page of a telephone in a room; where no code is one, the field for it."""
    body, policy = _document(code, door, language)
    headers = HEADERS | {"Content-Security-Policy": policy, "Vary": "Accept-Language"}
    return Response(body, media_type="text/html", headers=headers)


@cache
def _parts() -> tuple[str, str, str]:
    """The document, its styles and its script, which starts by itself."""
    page, style, script = (
        (HERE / f"phone.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")
    )
    script = script.replace("export default ", "")
    return page, style, f'{script}\nsit(document.getElementById("room"));\n'


def _document(code: str, door: str, language: str) -> tuple[str, str]:
    page, style, script = _parts()
    said = {name: i18n.translated(label, language) for name, label in LABELS.items()}
    told = {
        "language": language,
        "title": i18n.translated(TITLE, language),
        "code": code,
        "labels": json.dumps(said, ensure_ascii=False),
        "door": door,
        "enter": i18n.translated(ENTER, language),
        "go": i18n.translated(GO, language),
        "noscript": i18n.translated(WITHOUT_SCRIPT, language),
    }
    for name, value in told.items():
        page = page.replace(f"{{{name}}}", html.escape(value))
    page = page.replace("{style}", style).replace("{script}", script)
    policy = (
        f"default-src 'none'; script-src {digest(script)}; style-src {digest(style)}; "
        "connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'self'"
    )
    return page, policy


def _language(request: Request) -> str:
    accepted = request.headers.get("accept-language", "").lower()
    return "en" if accepted.startswith("en") else "fr"


def _network(request: Request) -> str:
    return network(request.client.host if request.client else None)
