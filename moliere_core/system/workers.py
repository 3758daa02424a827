"""Worker processes, from the side that starts them; they answer in lines of JSON.

Their own side is in `processes`: a worker ends as soon as its standard input closes, so that a
server that is killed leaves no orphan.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, TypeVar

from moliere_core.errors import N_, MoliereError

E = TypeVar("E", bound=MoliereError)

POLITE_SECONDS = 0.5  # to obey a word; a framework's import takes longer
TERMINATED_SECONDS = 2.0  # to die of SIGTERM


def command(module: str, *arguments: str) -> tuple[str, ...]:
    """How a module of this package is started as a process."""
    return (sys.executable, "-m", module, *arguments)


def _quiet_options() -> dict[str, Any]:
    """Options of `subprocess.Popen` for a worker: no window, and control-C is for the server."""
    if os.name == "nt":
        return {"creationflags": 0x00004000 | 0x08000000}  # below normal priority, no window
    return {"start_new_session": True}


def not_started(error: OSError, family: type[E]) -> E:
    """What a user is told of a worker process that the machine has refused.

    Args:
        error: what starting it raised.
        family: of errors, the caller's.
    """
    reason = error.strerror or type(error).__name__
    return family(N_("a worker cannot be started ({reason}): close other programs"), reason=reason)


class NoAnswerError(Exception):
    """A process ended without an answer.

    Attributes:
        status: its exit status, negative for a signal.
        said: the end of what it wrote to its standard error.
    """

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"status {status}: {said}")
        self.status, self.said = status, said


def answer(
    command: Sequence[str],
    seconds: float,
    data: bytes = b"",
    environment: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The answer of a process that is asked once: a JSON object, its last line.

    Args:
        command: that starts it.
        seconds: of the clock, after which it is killed.
        data: for its standard input.
        environment: variables that it has beside those of this process.

    Raises:
        TimeoutError: no answer came in time.
        NoAnswerError: it ended without one.
        OSError: it could not be started.
    """
    try:
        done = subprocess.run(
            command,
            input=data,
            capture_output=True,
            timeout=seconds,
            env={**os.environ, **(environment or {})},
            check=False,
            **_quiet_options(),
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(f"no answer after {seconds} s") from error
    try:
        found = json.loads(done.stdout.rstrip().rpartition(b"\n")[2])
    except ValueError:
        found = None
    if not isinstance(found, dict):
        said = done.stderr.decode(errors="replace")
        raise NoAnswerError(done.returncode, said[-4_000:])
    return found


class WorkerProcess:
    """A running worker process. `send`, `write` and `stop` may be called from any thread.

    Args:
        command: that starts it.
        environment: variables that it has beside those of this process.
        output: where its standard output goes; by default to `messages`.
        log: where its standard error goes, by default nowhere.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        output: IO[bytes] | int = subprocess.PIPE,
        log: IO[bytes] | int = subprocess.DEVNULL,
    ) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=log,
            env={**os.environ, **(environment or {})},
            **_quiet_options(),
        )
        self.stopping = False
        self._deadline = self._last_deadline = float("inf")

    @property
    def pid(self) -> int:
        """Process number."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""
        return self._process.returncode

    @property
    def signal(self) -> str:
        """The signal that ended it, such as "SIGKILL"; "" where it runs, or exited by itself."""
        code = self._process.returncode
        try:
            return signal.Signals(-code).name if code is not None and code < 0 else ""
        except ValueError:
            return ""

    def write(self, data: bytes) -> None:
        """Write to its standard input; nothing where it has just ended."""
        with contextlib.suppress(OSError, ValueError):  # of a pipe that is closed
            assert self._process.stdin is not None
            self._process.stdin.write(data)
            self._process.stdin.flush()

    def send(self, message: Mapping[str, Any]) -> None:
        """Write a line of JSON."""
        self.write(json.dumps(message).encode() + b"\n")

    def messages(self) -> Iterator[dict[str, Any]]:
        """The JSON objects that it writes, until it has ended; other lines are left out."""
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                with contextlib.suppress(ValueError):
                    message = json.loads(line)
                    if isinstance(message, dict):
                        yield message
        self._process.wait()
        self._close_input()

    def stop(self, word: bytes) -> None:
        """Ask it to stop, by a word on its standard input; `wait` makes sure that it does."""
        if not self.stopping:
            self.stopping = True
            self._deadline = time.monotonic() + POLITE_SECONDS
            self._last_deadline = self._deadline + TERMINATED_SECONDS
            self.write(word)

    def wait(self, seconds: float) -> bool:
        """Whether it has ended, after at most about `seconds`; signals end one that was stopped."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(min(seconds, 0.05) if self.stopping else seconds)
            self._close_input()
            return True
        if time.monotonic() > self._last_deadline:
            self._process.kill()
        elif time.monotonic() > self._deadline:
            self._process.terminate()
        return False

    def kill(self) -> None:
        """End it now."""
        self._process.kill()

    def end(self, patience: float = 2.0) -> None:
        """Close its standard input, at which it exits; kill it where it does not."""
        self._close_input()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _close_input(self) -> None:
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
