"""What this page draws in the browser; the .js and .css of a component stand beside this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.shared.components import Component

_windows = Component(__file__, "windows")
_streams = Component(__file__, "streams")
_batch = Component(__file__, "batch")
_unrolled = Component(__file__, "unrolled")


def windows(data: Mapping[str, Any], key: str) -> None:
    """The sliding window on numbers and on text, played in the browser; see windows.js."""
    _windows(data, key)


def streams(data: Mapping[str, Any], key: str) -> None:
    """Contiguous streams with their carried state, played in the browser; see streams.js."""
    _streams(data, key)


def batch(data: Mapping[str, Any], key: str) -> None:
    """A batch: characters over their integers, input beside target; see batch.js."""
    _batch(data, key)


def unrolled(data: Mapping[str, Any], key: str) -> None:
    """A network unrolled along a window; see unrolled.js."""
    _unrolled(data, key)
