"""The websocket between a browser and the server, with a hand on it.

On a busy machine what the server tells comes late, and the browser goes on asking as before. `Wire`
keeps what it tells until the test lets it go.
"""

from __future__ import annotations

import re
import time
from collections import deque

from playwright.sync_api import Page, WebSocketRoute
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.patience import PATIENCE

PAINTED = "() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))"


class Wire:
    """What a page and the server say to each other; to be made before the page is opened.

    Attributes:
        asked: what the browser has asked for, in its order.
        busy: whether what the server tells is held back.
    """

    def __init__(self, page: Page) -> None:
        self.asked: list[ClientState] = []
        self.busy = False
        self._page = page
        self._held = deque[tuple[WebSocketRoute, str | bytes]]()
        page.route_web_socket(re.compile("/_stcore/stream"), self._connect)

    def wait_for_fragment(self) -> None:
        """Wait until the browser asks for a part of the page alone, from now on."""
        before, end = len(self.asked), time.monotonic() + PATIENCE
        while not any(state.fragment_id for state in self.asked[before:]):
            assert time.monotonic() < end, "it asked for none"
            self._page.evaluate(PAINTED)

    def release(self, at_once: bool) -> None:
        """Let what was held back go.

        Args:
            at_once: whether the browser hears of all of it before it draws anything; else it draws
                each run before it hears of the next.
        """
        while self._held:
            browser, message = self._held.popleft()
            assert isinstance(message, bytes)
            if not at_once and ForwardMsg.FromString(message).HasField("new_session"):
                self._page.evaluate(PAINTED)
            browser.send(message)
        self.busy = False

    def _connect(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()

        def answer(message: str | bytes) -> None:
            if self.busy:
                self._held.append((browser, message))
            else:
                browser.send(message)

        def ask(message: str | bytes) -> None:
            if isinstance(message, bytes):
                self.asked.append(BackMsg.FromString(message).rerun_script)
            server.send(message)

        browser.on_message(ask)
        server.on_message(answer)
