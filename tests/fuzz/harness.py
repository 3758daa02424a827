"""Tries of one target, made in a process with limits, and counted."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import queue
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzz import targets
from tests.fuzz.mutations import Files, mutated

ROOT = Path(__file__).parents[2]
MEMORY_MB = 500  # on top of what the sound files take
SECONDS = 10  # of processor, for one try: a busy machine does not count
SILENCE_SECONDS = 300.0  # of the clock: a loader that waits for something uses no processor
MOST_FAILURES = 10  # after which a run ends


@dataclass(frozen=True)
class Target:
    """A loader, and what to bring to it.

    Attributes:
        name: in small letters, joined by hyphens.
        seeds: makes sound files, of each kind that is read.
        load: reads files, or raises a MoliereError; the folder is empty, for loaders that read
            from disk, and is MOLIERE_HOME as long as it runs.
        tokens: words of the format.
        tries: of a run of the tests, about five seconds' worth.
    """

    name: str
    seeds: Callable[[], Sequence[Files]]
    load: Callable[[Files, Path], object]
    tokens: tuple[bytes, ...] = ()
    tries: int = 200


@dataclass(frozen=True)
class Failure:
    """A try that neither was read nor was refused in a sentence; `number` -1 is a sound file."""

    target: str
    seed: int
    number: int
    reason: str

    def __str__(self) -> str:
        which = f"--target {self.target} --seed {self.seed} --only {self.number}"
        return f"python -m tools.fuzz {which}\n{self.reason}"


@dataclass
class Report:
    """What became of the tries of a target.

    Attributes:
        counts: of those "read", "refused" and "failed".
        failures: the last ones in full.
    """

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    @property
    def tries(self) -> int:
        """All of them."""
        return self.counts.total()


def known_targets() -> dict[str, Target]:
    """The targets of all modules of `targets`, by name."""
    found: dict[str, Target] = {}
    for module in pkgutil.iter_modules(targets.__path__):
        for target in importlib.import_module(f"{targets.__name__}.{module.name}").TARGETS:
            assert target.name not in found, f"two targets are called {target.name}"
            found[target.name] = target
    return found


def files_of(target: Target, seed: int, number: int) -> Files:
    """The files of one try, the same whenever they are asked for."""
    return mutated(target.seeds(), target.tokens, Random(f"{target.name} {seed} {number}"))


def run(name: str, seed: int, first: int, tries: int) -> Report:
    """Make tries `first` to `first + tries` of a target.

    A process that a try kills is replaced, and the next try is made in its stead.
    """
    report, number, end = Report(), first, first + tries
    while number < end and len(report.failures) < MOST_FAILURES:
        begun = number - 1  # the process has not come to a try yet
        lines = Lines(name, seed, number, end)
        for line in lines:
            if "begun" in line:
                begun = line["begun"]
                continue
            report.counts[line["outcome"]] += 1
            if line["outcome"] == "failed":
                report.failures.append(Failure(name, seed, line["number"], line["reason"]))
            if line["number"] < 0:  # a sound file: there is nothing to be tried
                return report
            number = line["number"] + 1
        if number < end and lines.reason:
            report.counts["failed"] += 1
            report.failures.append(Failure(name, seed, begun, lines.reason))
            if begun < number:
                break  # it cannot even begin
            number = begun + 1
    return report


class Lines:
    """What a process says, line by line; `reason` is why it ended too early."""

    def __init__(self, name: str, seed: int, first: int, end: int) -> None:
        self.reason = ""
        command = [sys.executable, "-m", "tests.fuzz.child", name, *map(str, (seed, first, end))]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._queue: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._pump, daemon=True).start()

    def _pump(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                self._queue.put(line)
        self._queue.put("")

    def __iter__(self) -> Iterator[dict[str, Any]]:
        try:
            while line := self._queue.get(timeout=SILENCE_SECONDS):
                yield json.loads(line)
            status = self._process.wait(SILENCE_SECONDS)
        except (queue.Empty, subprocess.TimeoutExpired):
            self.reason = f"nothing for {SILENCE_SECONDS:.0f} s"
        finally:
            self._process.kill()
            self._process.wait()
        if not self.reason and status:
            self.reason = f"the process ended with status {status}"
            if status == -getattr(signal, "SIGPROF", 0):
                self.reason = f"more than {SECONDS} s of processor"
