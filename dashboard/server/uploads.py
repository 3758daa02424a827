"""What uploads may hold in memory, for each session and in all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from moliere_core.system import machine

Sizes = Callable[[], dict[str, dict[str, int]]]  # session -> file -> bytes held

BESIDE = 20_000_000  # bytes that a session may hold beside a file of the largest size
SHARE = 0.25  # of the memory that is free at the start, for all uploads
LEAST = 100_000_000  # bytes for all uploads, however little is free


@dataclass
class Uploads:
    """What uploads may hold in memory, in bytes.

    Attributes:
        each: of one session.
        total: of all sessions.
        held: what Streamlit holds now.
        known: whether a session is connected; nobody else uploads.
        coming: what is on its way, by session.
    """

    each: int
    total: int
    held: Sizes
    known: Callable[[str], bool] = lambda _session: True
    coming: Counter[str] = field(default_factory=Counter)

    def refuses(self, session: str, size: int) -> str:
        """Whose share another file of `size` bytes would exceed: "session", "server" or ""."""
        held = {name: sum(files.values()) for name, files in self.held().items()}
        if held.get(session, 0) + self.coming[session] + size > self.each:
            return "session"
        if sum(held.values()) + self.coming.total() + size > self.total:
            return "server"
        return ""


def allowed() -> Uploads:
    """What uploads may hold on this machine."""
    largest = int(st.get_option("server.maxUploadSize")) * 1024 * 1024
    free = (machine.free_megabytes() or 0) * 1_000_000
    return Uploads(largest + BESIDE, max(int(SHARE * free), LEAST), held, connected)


def held() -> dict[str, dict[str, int]]:
    """Bytes of the uploads that Streamlit holds, by session and file."""
    manager = st.runtime.get_instance().uploaded_file_mgr
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for session, files in list(manager.file_storage.items()):  # type: ignore[attr-defined]
        found[session] = {name: len(file.data) for name, file in list(files.items())}
    return found


def connected(session: str) -> bool:
    """Whether Streamlit has this session, and a browser is connected to it."""
    return st.runtime.get_instance().is_active_session(session)
