"""The functions that long computations call with the share that is done."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float], None]  # called with the share that is done, 0 to 1


def part(progress: Progress, done: int, of: int) -> Progress:
    """Progress along one of several equal parts.

    Args:
        progress: along all of them.
        done: parts before this one.
        of: parts in all.
    """
    return lambda share: progress((done + share) / of)
