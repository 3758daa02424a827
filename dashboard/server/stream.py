"""Streamlit's websocket, on which nothing of a page that was left reaches the page that is there.

A part of a page that is drawn again alone, a fragment, is asked for under the page that the browser
has. Where the server steps on meanwhile (`st.switch_page`), Streamlit 1.67 still runs the part, and
tells the browser of a run of the page before (`ScriptRunner._run_script`). The browser takes that
for another page and empties its own (`handleNewSession`); nothing fills it again, since the part
alone is drawn. `Stream` therefore

- keeps from the server what a browser asks of a part after it was told of another page: what asks
  by itself, a clock say, begins anew there;
- keeps from the browser that a part of another page begins and ends. What the part draws goes
  through: where the page that is there has it, it is the same.

To tell it under the page that is there would not do: a browser that hears of both in one go still
compares it with the page of before.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Stream:
    """What one browser and the server say to each other, as ASGI has it.

    Args:
        receive: what the browser says next.
        send: says something to the browser.
    """

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._page = ""  # the hash of the page that the browser was told of last
        self._kept = ""  # the run of a part of another page that it does not hear of

    async def receive(self) -> Message:
        """What the browser says next to the page that is there."""
        while True:
            message = await self._receive()
            if not self._is_late(message.get("bytes") or b""):
                return message

    async def send(self, message: Message) -> None:
        """Say something to the browser, unless it is about another page."""
        if not self._is_of_another_page(message.get("bytes") or b""):
            await self._send(message)

    def _is_late(self, data: bytes) -> bool:
        try:
            asked = BackMsg.FromString(data).rerun_script
        except DecodeError:
            return False  # no browser of ours: Streamlit says what it thinks of it
        elsewhere = asked.page_script_hash not in ("", self._page)
        return bool(self._page and asked.fragment_id and elsewhere)

    def _is_of_another_page(self, data: bytes) -> bool:
        told = ForwardMsg.FromString(data)
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
