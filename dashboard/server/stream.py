"""What Streamlit tells a browser over its websocket, and the one word in it that may be wrong.

A part of a page that is drawn again alone, a fragment, is told under the page that the browser had
when it asked for it. A server that steps on meanwhile (`st.switch_page`, or a click in the menu)
has told the browser of another page by then; the browser takes the part for a third one, empties
its page, and nothing fills it again: the part alone is drawn. `OnItsPage` tells every part under
the page that the browser has.

Streamlit 1.67: `ScriptRunner._run_script` in its server, `handleNewSession` in its client.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


class OnItsPage:
    """A `send` of ASGI for one browser, from which no part of another page empties its own.

    Args:
        send: what it sends with.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._page = ""  # the hash of the page that the browser was told of last

    async def __call__(self, message: Message) -> None:
        """Send a message, with the right page."""
        if data := message.get("bytes"):
            message["bytes"] = self._told(data)
        await self._send(message)

    def _told(self, data: bytes) -> bytes:
        told = ForwardMsg.FromString(data)
        if told.HasField("navigation"):
            self._page = told.navigation.page_script_hash
        elif told.HasField("new_session") and not told.metadata.run.fragment_ids:
            self._page = told.new_session.page_script_hash
        elif told.HasField("new_session") and self._page:
            told.new_session.page_script_hash = self._page
            return told.SerializeToString()
        return data
