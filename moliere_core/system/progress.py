"""The type of the functions that long computations call with the share that is done."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float], None]  # called with the share that is done, 0 to 1
