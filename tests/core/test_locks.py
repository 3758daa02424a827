"""Locks of the shared folder: one holder, seen by everybody, gone with its process."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from moliere_core.system.storage import is_locked, lock
from tests.patience import PATIENCE

HOLDER = """
import sys, time
from pathlib import Path
from moliere_core.system.storage import lock
held = lock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(600)
"""


def test_one_holder_that_another_thread_may_release(tmp_path: Path) -> None:
    path = tmp_path / "training.lock"
    assert not is_locked(path)
    assert not path.exists()  # who asks leaves nothing behind
    held = lock(path)
    assert held is not None
    assert is_locked(path)
    assert lock(path) is None
    thread = threading.Thread(target=held.release)
    thread.start()
    thread.join(PATIENCE)
    assert not is_locked(path)
    again = lock(path)
    assert again is not None
    again.release()


def test_those_who_ask_at_once_do_not_take_each_other_for_a_holder(tmp_path: Path) -> None:
    path = tmp_path / "training.lock"
    path.touch()
    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(lambda _: is_locked(path), range(400)))


def test_a_process_that_is_killed_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "training.lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            assert is_locked(path)
            assert lock(path) is None
        finally:
            holder.kill()
        holder.wait(PATIENCE)
        assert not is_locked(path)
