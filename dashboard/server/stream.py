"""Streamlit's websocket, where it loses what it says and believes what it hears.

A part of a page that is drawn again alone, a fragment, is asked for by itself: by a clock, or where
a page follows work that is done elsewhere. Two such questions go wrong in Streamlit 1.67.

One comes late. It is asked for under the page that the browser has. Where the server steps on
meanwhile (`st.switch_page`), Streamlit still runs the part, and tells the browser of a run of the
page before (`ScriptRunner._run_script`). The browser takes that for another page and empties its
own (`handleNewSession`); nothing fills it again, since the part alone is drawn. `Stream` therefore

- keeps from the server what a browser asks of a part after it was told of another page: what asks
  by itself, a clock say, begins anew there;
- keeps from the browser that a part of another page begins and ends. What the part draws goes
  through: where the page that is there has it, it is the same.

To tell it under the page that is there would not do: a browser that hears of both in one go still
compares it with the page of before.

One comes just when a run has ended, and a busy server has not yet told it. Streamlit begins another
thread for the part, and what it had not told of the run it never tells
(`AppSession._handle_scriptrunner_event_on_event_loop`): the page stands half drawn, and the clocks
that the browser put away as the run began do not come back. A run that begins before the end of the
one before was told shows it. `Stream` then gives the browser a clock that strikes once, for the
whole page.

Nor is everybody who speaks here a browser of ours: who asks too often waits, a clock that strikes
too often is passed over, and what is no message, or too long, ends the talk without a traceback.
For what of the rest Streamlit hears, see `asked`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.server.asked import Asked
from dashboard.server.rates import Rate

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

WHOLE = "whole"  # the fragment of the clock that strikes once
STRIKES = 0.1  # seconds after which it does
BURST, EACH_SECOND = 60, 20  # what a browser may ask at once, and from then on; the rest waits
ONE = 100_000  # bytes that count as much as one thing asked
MOST_BYTES = 15_000_000  # of what it asks: four million letters of any script, and room to spare
UNREADABLE, TOO_LONG = 1003, 1009  # reasons to close a websocket, see RFC 6455, 7.4.1

_LOGGER = logging.getLogger(__name__)


class Stream:
    """What one browser and the server say to each other, as ASGI has it.

    Args:
        receive: what the browser says next.
        send: says something to the browser.
        asked: what browsers may ask; the same for all of a server.
        pace: how often this browser may ask.
        pause: waits so many seconds, for tests.
    """

    def __init__(
        self,
        receive: Receive,
        send: Send,
        asked: Asked | None = None,
        pace: Rate | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._receive, self._send, self._pause = receive, send, pause
        self._asked, self._pace = asked or Asked(), pace or Rate(BURST, EACH_SECOND)
        self._left = False  # whether the browser has gone, or was sent away
        self._page = ""  # the hash of the page that the browser was told of last
        self._kept = ""  # the run of a part of another page that it does not hear of
        self._open = ""  # the run that has begun, and not ended
        self._wound = False  # whether the browser has a clock that has not struck

    async def receive(self) -> Message:
        """What the browser says next to the page that is there."""
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            data = message.get("bytes")
            size = len(data or b"")
            if size > MOST_BYTES:
                return await self._send_away(TOO_LONG)
            asked = _read(data)
            if asked is None:
                return await self._send_away(UNREADABLE)
            due = await self._wait(asked, size)
            if not due or not self._asked.refine(asked) or self._is_late(asked):
                continue
            if asked.rerun_script.fragment_id == WHOLE:
                if not self._wound:
                    continue
                self._wound = False
                asked.rerun_script.fragment_id, asked.rerun_script.is_auto_rerun = "", False
            return {**message, "bytes": asked.SerializeToString()}

    async def send(self, message: Message) -> None:
        """Say something to the browser, unless it is about another page."""
        told = ForwardMsg.FromString(message.get("bytes") or b"")
        self._asked.learn(told)
        lost = self._has_lost(told)
        if not self._is_of_another_page(told):
            await self._say(message)
        if lost:
            _LOGGER.info("the end of a run was not told: the page is asked for again")
            await self._say({**message, "bytes": _clock().SerializeToString()})

    async def _wait(self, asked: BackMsg, size: int) -> bool:
        """Wait until so many bytes may be heard; False for a clock that strikes too soon.

        It strikes again by itself. If each stroke waited, a browser that sends a long text with
        them would be heard later and later.
        """
        while not self._pace.allows("", min(1 + size // ONE, BURST)):
            await self._pause(1 / EACH_SECOND)
            if asked.rerun_script.is_auto_rerun:
                return False
        return True

    async def _say(self, message: Message) -> None:
        """Say it to a browser that is there.

        One that went in the middle of a word is heard of when it is listened to next; Streamlit
        would take the error for something that it said.
        """
        if self._left:
            return
        try:
            await self._send(message)
        except OSError:
            self._left = True

    async def _send_away(self, reason: int) -> Message:
        """End it with who speaks another language; Streamlit would do so with a traceback."""
        _LOGGER.warning("a client that is no browser of ours was sent away (%d)", reason)
        await self._say({"type": "websocket.close", "code": reason})
        self._left = True
        return {"type": "websocket.disconnect", "code": reason}

    def _is_late(self, asked: BackMsg) -> bool:
        rerun = asked.rerun_script
        elsewhere = rerun.page_script_hash not in ("", self._page)
        return bool(self._page and rerun.fragment_id and elsewhere)

    def _has_lost(self, told: ForwardMsg) -> bool:
        """Whether a part's run begins before the end of the run before was told."""
        run, lost = told.metadata.run, False
        if told.HasField("new_session"):
            lost = bool(self._open and run.fragment_ids)
            self._open = run.script_run_id
            self._wound = bool(run.fragment_ids) and (lost or self._wound)
        elif told.HasField("script_finished"):
            self._open = ""
        return lost

    def _is_of_another_page(self, told: ForwardMsg) -> bool:
        run = told.metadata.run
        if told.HasField("navigation"):
            self._page = told.navigation.page_script_hash
        elif told.HasField("new_session") and not run.fragment_ids:
            self._page = told.new_session.page_script_hash
        elif told.HasField("new_session"):
            late = self._page not in ("", told.new_session.page_script_hash)
            self._kept = run.script_run_id if late else ""
            return late
        return told.HasField("script_finished") and run.script_run_id == self._kept != ""


def _read(data: bytes | None) -> BackMsg | None:
    """What a browser asks; None where it is nothing that one of ours says."""
    try:
        return None if data is None else BackMsg.FromString(data)
    except DecodeError:
        return None


def _clock() -> ForwardMsg:
    told = ForwardMsg()
    told.auto_rerun.fragment_id, told.auto_rerun.interval = WHOLE, STRIKES
    return told
