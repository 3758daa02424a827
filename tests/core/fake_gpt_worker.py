"""A worker of pretrained models without a framework; a model's name says what it does.

Run as a script. hf:echo writes its prompt again, a character a token, every FAKE_PAUSE seconds; if
FAKE_RELEASE names a file, it writes the last one once the file exists. hf:slow does nothing until
it is given up; hf:die is killed; hf:error fails; hf:memory runs out of memory.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from moliere_core.errors import ModelError
from moliere_core.pretrained import worker

PAUSE = float(os.environ.get("FAKE_PAUSE", "0.001"))
RELEASE = os.environ.get("FAKE_RELEASE", "")
STEPS = 60_000  # of hf:slow: ten minutes
Event = dict[str, Any]


class Operations:
    def run(self, request: Event) -> Iterator[Event]:
        print("a library talks on standard output")
        name = request["reference"].removeprefix("hf:")
        yield {"event": "stage", "stage": "loading"}
        if name == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "error":
            raise ValueError("two\nlines")
        if name == "known":
            raise ModelError("{reference} is {what}", reference="hf:known", what="ill")
        if name == "memory":
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        yield {"event": "stage", "stage": "running"}
        if name == "slow":
            for step in range(1, STEPS):
                time.sleep(0.01)
                yield {"event": "progress", "share": step / STEPS}
        yield from getattr(self, request["op"])(request)

    def generate(self, request: Event) -> Iterator[Event]:
        yield {"event": "partial", "prompt": [[request["prompt"], 1]]}
        text = (request["prompt"] or "a") * request["chars"]
        for i, char in enumerate(text[: request["chars"]], start=1):
            time.sleep(PAUSE)
            while RELEASE and i == request["chars"] and not Path(RELEASE).exists():
                time.sleep(0.005)
            yield {"event": "partial", "pieces": [[char, 1]], "tokens": i, "seconds": i / 10}
        yield {"event": "done", "ended": "length"}

    def next_chars(self, request: Event) -> Iterator[Event]:
        # The letter after the last one, most of the time.
        last, alphabet = request["text"][-1:], request["alphabet"]
        favourite = chr(ord(last) + 1) if last else "a"
        rest = 0.2 / len(alphabet)
        yield {
            "event": "done",
            "probs": [0.7 if char == favourite else rest for char in alphabet],
            "unknown": 0.3 + rest - 0.2 if favourite in alphabet else 0.8,
            "end": 0.0,
            "unresolved": 0.0,
            "outside": [["ß", 0.1]],
            "seconds": 0.01,
        }

    def score(self, request: Event) -> Iterator[Event]:
        for step in range(3):
            time.sleep(PAUSE)
            yield {"event": "progress", "share": step / 3}
        text = request["text"]
        pieces = [[char, 1] for char in text]
        yield {"event": "done", "bits": [2.0] * len(text), "pieces": pieces, "tokens": len(text)}


if __name__ == "__main__":
    worker.serve(Operations)
