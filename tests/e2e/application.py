"""The application in a process of its own, as a school starts it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.helpers import ROOT
from tests.patience import PATIENCE, wait_until

RUN = ("-m", "streamlit", "run", "dashboard/Home.py", "--server.port")
STARTS = 3  # another may take a port between the time it is found free and the time it is used


@contextlib.contextmanager
def started(
    home: Path,
    log: int,
    command: tuple[str, ...] = RUN,
    code: Path = ROOT,
    host: str = "127.0.0.1",
    **settings: str,
) -> Iterator[str]:
    """A server of this store, healthy, and stopped afterwards; its address.

    Args:
        home: MOLIERE_HOME.
        log: a file descriptor, or subprocess.DEVNULL.
        command: of Python, to which the port is added.
        code: where the packages are, and where it is started.
        host: the address of this machine at which it listens.
        settings: more of the server's environment.
    """
    settings |= {"MOLIERE_HOME": str(home), "PYTHONPATH": str(code)}
    settings |= {"STREAMLIT_SERVER_ADDRESS": host, "STREAMLIT_SERVER_HEADLESS": "true"}
    for _ in range(STARTS):
        with socket.socket() as free:
            free.bind((host, 0))
            port = free.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, *command, str(port)],
            cwd=code,
            env={**os.environ, **settings},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        address = f"http://{host}:{port}"
        try:
            wait_until(lambda: process.poll() is not None or healthy(address))  # noqa: B023
            if process.poll() is None:
                yield address
                return
        finally:
            process.terminate()
            process.wait(PATIENCE)
    pytest.fail("the server did not start: see server.log")


def healthy(address: str) -> bool:
    """Whether a server answers there."""
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=PATIENCE):
            return True
    except OSError:
        return False
