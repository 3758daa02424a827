"""How long a test waits for a condition, the same everywhere.

A condition that comes at once on a quiet machine may take long on one that thirty pupils share: the
wait ends when it comes, and a test fails only after a minute without it. No test waits for a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 60.0  # seconds
FRAMEWORK = 5 * PATIENCE  # where TensorFlow or torch is imported first, and computes


def wait_until(condition: Callable[[], Any], patience: float = PATIENCE) -> None:
    """Look at a condition again and again until it is true.

    Raises:
        AssertionError: it never was, in `patience` seconds.
    """
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "this never came"
        time.sleep(0.02)
