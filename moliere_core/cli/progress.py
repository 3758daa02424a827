"""Progress bars on standard error; nothing where standard error is not a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STEPS = 1000


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[float], None]]:
    """A function that takes the fraction done, from 0 to 1."""
    if not sys.stderr.isatty():
        yield lambda fraction: None
        return
    import click

    with click.progressbar(length=STEPS, label=label, file=sys.stderr) as bar:

        def update(fraction: float) -> None:
            bar.update(int(fraction * STEPS) - bar.pos)

        yield update
