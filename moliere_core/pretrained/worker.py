"""The process of the pretrained models: `python -m moliere_core.pretrained.worker`.

It answers requests (see `client`) one at a time; between two steps of a background request it
answers those that somebody waits for. It exits at once when standard input closes, so that a
server killed by SIGKILL leaves no orphan.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, Protocol

from moliere_core.errors import ModelError, MoliereError, one_line
from moliere_core.pretrained import catalogue
from moliere_core.pretrained.results import Event, unexpected
from moliere_core.system.processes import limit_resources, read_input

Say = Callable[[Event], None]
READ_SIZE = 1 << 16
_MEMORY_SIGNS = ("not enough memory", "can't allocate memory", "out of memory", "bad_alloc")


class Operations(Protocol):
    """What answers: `operations.Operations`, or a stand-in without models."""

    def run(self, request: Event) -> Iterator[Event]:
        """The events of a request, the last of them `done`; closed when it is cancelled."""


class RequestRunner:
    """Runs the requests that another thread has read, one at a time.

    Args:
        operations: makes what answers, at the first request: an import may take seconds.
        say: writes an event.
    """

    def __init__(self, operations: Callable[[], Operations], say: Say) -> None:
        self._make, self._say = operations, say
        self._operations: Operations | None = None
        self._changed = threading.Condition()
        self._asked: dict[bool, deque[Event]] = {False: deque(), True: deque()}
        self._cancelled: set[int] = set()
        self._rest = b""

    def take(self, data: bytes) -> None:
        """Queue the requests in what came on standard input, and note what is cancelled."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        with self._changed:
            for line in lines:
                with contextlib.suppress(ValueError):
                    message = json.loads(line)
                    if "cancel" in message:
                        self._cancelled.add(message["cancel"])
                    else:
                        self._asked[bool(message.get("background"))].append(message)
            self._changed.notify()

    def run_next(self) -> None:
        """Answer the next request, which is waited for."""
        with self._changed:
            while not any(self._asked.values()):
                self._changed.wait()
            request = (self._asked[False] or self._asked[True]).popleft()
        self.run(request)

    def run(self, request: Event) -> None:
        """Answer a request, or say why that is impossible."""
        number = request["id"]

        def say(event: Event) -> None:
            self._say({"id": number, **event})

        try:
            if self._operations is None:
                self._operations = self._make()
            events = self._operations.run(request)
            for event in events:
                say(event)
                if number in self._cancelled:
                    events.close()  # type: ignore[attr-defined]  # of generators
                    say({"event": "cancelled"})
                    break
                while request.get("background") and self._asked[False]:
                    self.run(self._asked[False].popleft())
        except MoliereError as error:
            say({"event": "failed", **error.to_json()})
        except Exception as error:
            traceback.print_exc()  # to the log
            say({"event": "failed", **explained(error, request["reference"]).to_json()})
        finally:
            self._cancelled.discard(number)


def explained(error: Exception, reference: str) -> MoliereError:
    """What to say of an error that a framework raised."""
    if isinstance(error, ImportError):
        return ModelError(
            "torch or transformers cannot be loaded here ({reason}): choose mini-gpt or a GPT-2, "
            "such as hf:gpt2, or install them again as the README tells",
            reason=one_line(error),
        )
    if isinstance(error, MemoryError) or any(s in str(error).lower() for s in _MEMORY_SIGNS):
        return catalogue.too_large(reference)
    return unexpected(reference, error)


def serve(operations: Callable[[], Operations]) -> NoReturn:
    """Answer until standard input closes."""
    # Libraries print: what they write to standard output goes to the log instead.
    lines = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)

    def say(event: Event) -> None:
        lines.write(json.dumps(event).encode() + b"\n")

    runner = RequestRunner(operations, say)
    threading.Thread(target=read_input, args=(runner.take, READ_SIZE), daemon=True).start()
    limit_resources()
    while True:
        runner.run_next()


def _operations() -> Any:
    from moliere_core.pretrained.operations import Operations

    return Operations()


if __name__ == "__main__":
    serve(_operations)
