"""How far a long computation is: what a caller may ask to be told."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float], None]  # called with the share that is done, 0 to 1
