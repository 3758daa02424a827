"""The caches of the discussion."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.bridge.cached import RETRY_SECONDS
from dashboard.shared import cached

if TYPE_CHECKING:
    from concurrent.futures import Future

    from moliere_core.pretrained import Attention, Request


def margins(reference: str, names: tuple[str, ...]) -> Future[dict[str, float]]:
    """The margins of a model on some sentences, in bits by name, measured in the background.

    Measured again where that failed a while ago: the worker may have had no memory then.
    """
    found = _measuring(reference, names)
    if found.failed_at + RETRY_SECONDS < time.monotonic():
        _measuring.clear(reference, names)
        found = _measuring(reference, names)
    return found.future


@dataclass
class _Measuring:
    """A measure in the background, and when it failed; never, as long as it has not."""

    future: Future[dict[str, float]]
    failed_at: float = math.inf

    def end(self, future: Future[dict[str, float]]) -> None:
        if future.exception() is not None:
            self.failed_at = time.monotonic()


@st.cache_resource(show_spinner=False, max_entries=256)
def _measuring(reference: str, names: tuple[str, ...]) -> _Measuring:
    from moliere_core.measures import pairs

    wanted = [pair for pair in pairs.PAIRS if pair.name in names]
    found = _Measuring(cached.background().submit(pairs.measure, reference, wanted))
    found.future.add_done_callback(found.end)
    return found


@st.cache_resource(show_spinner=False, max_entries=32)
def attention(reference: str, text: str) -> Request[Attention]:
    """Where each token of a text looks."""
    from moliere_core import pretrained

    return pretrained.attention(reference, text)
