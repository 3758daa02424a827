"""Asking for a model to be specialised, and following it; a process does it, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from moliere_core.corpus import Corpus, Split
from moliere_core.errors import ModelError, MoliereError
from moliere_core.models.references import MINI, SHIPPED
from moliere_core.pretrained import catalogue
from moliere_core.runs.ownership import Owner
from moliere_core.system.machine import is_public
from moliere_core.system.work import Work
from moliere_core.system.workers import WorkerProcess, command, not_started
from moliere_core.training.memory import OldText, old_text
from moliere_core.training.specialise import stored
from moliere_core.training.specialise.loop import (
    MOST_CHARS,
    Point,
    Settings,
)
from moliere_core.training.specialise.methods import suited

COMMAND = command("moliere_core.training.specialise.worker")
STOP = b"stop"


@dataclass(frozen=True)
class Request:
    """What is asked of the worker.

    Attributes:
        base: the reference of the model that is specialised.
        name: of the model that it becomes.
        text: what people call the text.
        train: what is read.
        held: the end of the same text, which is scored.
        old: what tells of the old text; None where the model writes it itself.
        settings: how.
        owner: who asks.
    """

    base: str
    name: str
    text: str
    train: str
    held: str
    old: OldText | None
    settings: Settings
    owner: Owner | None = None

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Request:
        """From what `asdict` makes."""
        owner = data["owner"]
        return cls(
            **{
                **data,
                "old": OldText.from_json(data["old"]),
                "settings": Settings(**data["settings"]),
                "owner": None if owner is None else Owner(**owner),
            }
        )


class Specialising(Work[str]):
    """A model that is being specialised, or was; its result is the reference of the new one.

    Attributes:
        request: what was asked.
        stage: "loading", "writing" (the model, its own text), "training" or "saving".
        points: where it stood, the last of them now; scored ones and others.
    """

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request, self.stage = request, "loading"
        self.points: list[Point] = []
        self.stopping = False
        self.set_running_or_notify_cancel()
        self._worker: WorkerProcess | None = None

    def start(self) -> None:
        """Start the process and the thread that listens to it."""
        try:
            self._worker = WorkerProcess(COMMAND)
        except OSError as error:
            self.set_exception(not_started(error, ModelError))
            return
        self._worker.send(asdict(self.request))
        threading.Thread(target=self._listen, name="moliere-specialise", daemon=True).start()

    def stop(self) -> None:
        """End the training after this update; what it has learned until then is stored."""
        self.stopping = True
        if self._worker is not None:
            self._worker.write(STOP + b"\n")

    def kill(self) -> None:
        """End the process; nothing is stored."""
        if self._worker is not None:
            self._worker.kill()

    @property
    def left(self) -> float | None:
        """Seconds that are left, about."""
        return self.points[-1].left if self.points else None

    def _listen(self) -> None:
        assert self._worker is not None
        error: MoliereError | None = ModelError(
            "the training of {name} ended before its end: ask for it again",
            name=self.request.name,
        )
        for event in self._worker.messages():
            match event.pop("event", ""):
                case "stage":
                    self.stage = str(event["stage"])
                case "point":
                    point = Point(**event)
                    self.points.append(point)
                    self.told(point.update / point.updates)
                case "failed":
                    error = ModelError.from_json(event)
                case "finished":
                    error = None
        if error is None:
            self.set_result(stored.reference_of(self.request.name))
        else:
            self.set_exception(error)


def prepare(
    base: str,
    text: str,
    texts: Split,
    settings: Settings | None = None,
    known: Iterable[Corpus] = (),
    owner: Owner | None = None,
) -> Request:
    """What to ask for; nothing is started yet.

    Args:
        base: the reference of a GPT-2 or its like.
        text: what people call the text that it learns.
        texts: what is read, and what is held out to be scored.
        settings: how; by default what suits the size of the model.
        known: corpora among which may be what mini-gpt has read, which then tells what it forgets;
            of the other models, what they write themselves does.
        owner: who asks.

    Raises:
        ModelError: the model is not here, torch runs it, or this server is public.
    """
    if is_public():
        raise ModelError(
            "no GPT is specialised on a public server: run the application on your own machine"
        )
    folder = catalogue.check(base)
    if catalogue.needs_torch(folder):
        raise ModelError(
            "{reference} is of an architecture that is not specialised here: choose {mini}, or a "
            "GPT-2 such as hf:gpt2",
            reference=base,
            mini=MINI,
        )
    catalogue.precision(base)
    chosen = settings or Settings(suited(catalogue.card(base).parameters))
    read = texts.train_text[:MOST_CHARS]
    name = stored.name_of(base, text, read, chosen)
    # mini-gpt has read what petit has, and the same plays were held out.
    old = old_text(SHIPPED[0], texts, known) if base == MINI else None
    return Request(base, name, text, read, texts.validation_text, old, chosen, owner)


_lock = threading.Lock()
_last: Specialising | None = None


def begin(request: Request) -> Specialising:
    """Specialise a model, or follow the one that is being made.

    Raises:
        ModelError: another one is being made on this server.
    """
    global _last
    with _lock:
        if _last is not None and not _last.done():
            if _last.request.name == request.name:
                return _last
            raise ModelError(
                "{name} is being specialised: wait for its end, or stop it", name=_last.request.name
            )
        _last = Specialising(request)
        if stored.is_there(request.name):
            _last.set_result(stored.reference_of(request.name))
            return _last
        asked = _last
    asked.start()
    return asked


def current() -> Specialising | None:
    """The last one that was asked for here, ended or not."""
    return _last


def close() -> None:
    """End and forget it."""
    global _last
    with _lock:
        last, _last = _last, None
    if last is not None and not last.done():
        last.kill()
