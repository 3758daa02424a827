"""The process that specialises a model: `python -m moliere_core.training.specialise.worker`.

Its request is the first line of standard input (see `client.Request`); the word `stop` on another
line ends the training, and what it has learned until then is stored. It tells what it does in lines
of JSON: `stage`, `point`, then `finished` or `failed`. It exits when standard input closes.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from dataclasses import asdict
from queue import SimpleQueue
from typing import Any

from threadpoolctl import ThreadpoolController

from moliere_core.errors import MoliereError
from moliere_core.networks.transformer_gradients import transformer_weights
from moliere_core.pretrained import catalogue
from moliere_core.pretrained.operations import opened
from moliere_core.pretrained.worker import explained
from moliere_core.system.machine import threads
from moliere_core.system.processes import limit_resources, read_input
from moliere_core.training.specialise import stored
from moliere_core.training.specialise.client import STOP, Request
from moliere_core.training.specialise.loop import Point, own_text, specialise


class _Input:
    """Standard input, read by a thread: the request, then whether to stop."""

    def __init__(self) -> None:
        self.requests: SimpleQueue[bytes] = SimpleQueue()
        self.stopped = threading.Event()
        self._rest = b""
        threading.Thread(target=read_input, args=(self._take, 1 << 16), daemon=True).start()

    def _take(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if line == STOP:
                self.stopped.set()
            else:
                self.requests.put(line)


def main() -> int:
    """Do what the request asks; 0 if there is a model in the end."""
    lines = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)

    def say(event: str, **values: Any) -> None:
        lines.write(json.dumps({"event": event, **values}).encode() + b"\n")

    asked = _Input()
    request = Request.from_json(json.loads(asked.requests.get()))
    limit_resources()
    try:
        with ThreadpoolController().limit(limits=threads(), user_api="blas"):
            specialised(request, asked.stopped, say)
    except MoliereError as error:
        say("failed", **error.to_json())
        return 1
    except Exception as error:
        traceback.print_exc()
        say("failed", **explained(error, request.base).to_json())
        return 1
    say("finished")
    return 0


def specialised(request: Request, stopped: threading.Event, say: Any) -> None:
    """Specialise a model and store it; `say` is told an event and its values."""
    say("stage", stage="loading")
    if not catalogue.is_pretrained(request.base):
        catalogue.open_folder(request.base)  # a path, from the command line
    folder = catalogue.check(request.base)
    model = opened(request.base, folder)
    old = request.old
    if old is None:
        say("stage", stage="writing")
        old = own_text(model)
    say("stage", stage="training")
    points: list[Point] = []
    for point in specialise(
        model, request.train, request.held, old, request.settings, stopped.is_set
    ):
        say("point", **asdict(point))
        if point.new is not None or point.old is not None:
            points.append(point)
    say("stage", stage="saving")
    record = stored.Record(
        request.base,
        request.text,
        len(request.train),
        request.settings,
        old.kind,
        tuple(points),
    )
    weights = transformer_weights(model.transformer)
    stored.save(request.name, folder, weights, record, request.owner)


if __name__ == "__main__":
    sys.exit(main())
