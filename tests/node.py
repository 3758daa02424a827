"""JavaScript outside a browser."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.patience import PATIENCE

node = pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")


def run_node(script: str, *arguments: str) -> str:
    done = subprocess.run(
        ["node", "--input-type=module", *arguments],
        input=script,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-1000:]
    return done.stdout
