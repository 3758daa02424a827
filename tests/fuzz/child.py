"""The process in which tries are made: `python -m tests.fuzz.child TARGET SEED FIRST END`.

It says a line of JSON when a try has begun, and one when it is done.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from random import Random
from typing import Any, TextIO

from moliere_core.errors import MoliereError
from tests.fuzz.harness import MEMORY_MB, SECONDS, Target, known_targets
from tests.fuzz.mutations import Files, mutated

MOST_CHARS = 1_000  # of a refusal: it is read from a screen


def main(name: str, seed: int, first: int, end: int) -> None:
    """Make the tries of a target, one after the other."""
    said = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what loaders print is nobody's line
    target = known_targets()[name]
    seeds = target.seeds()
    for files in seeds:
        outcome = attempt(target, files)
        if outcome["outcome"] != "read":
            _say(said, outcome | {"outcome": "failed", "number": -1})
            return
    _limit_memory()
    for number in range(first, end):
        files = mutated(seeds, target.tokens, Random(f"{name} {seed} {number}"))
        _say(said, {"begun": number})
        _limit_time(SECONDS)
        outcome = attempt(target, files)
        _limit_time(0)
        _say(said, outcome | {"number": number})


def attempt(target: Target, files: Files) -> dict[str, Any]:
    """What becomes of one try: "read", or "refused" or "failed" with a reason."""
    with tempfile.TemporaryDirectory(prefix="moliere-fuzz-") as folder:
        os.environ["MOLIERE_HOME"] = folder
        try:
            target.load(files, Path(folder))
        except MoliereError as refusal:
            sentence = str(refusal)
            if len(sentence) > MOST_CHARS:
                return {"outcome": "failed", "reason": f"not one sentence: {sentence[:MOST_CHARS]}"}
            return {"outcome": "refused", "reason": sentence}
        except MemoryError:
            return {"outcome": "failed", "reason": f"more than {MEMORY_MB} MB"}
        except Exception:
            return {"outcome": "failed", "reason": traceback.format_exc()}
        return {"outcome": "read"}


def _say(file: TextIO, line: dict[str, Any]) -> None:
    print(json.dumps(line), file=file, flush=True)


def _limit_memory() -> None:
    """Let the process have `MEMORY_MB` more than it has, where the system keeps such accounts."""
    with contextlib.suppress(ImportError, OSError, ValueError, StopIteration):
        import resource

        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        kilobytes = next(line.split()[1] for line in lines if line.startswith("VmData"))
        size = int(kilobytes) * 1024 + MEMORY_MB * 1_000_000
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def _limit_time(seconds: float) -> None:
    """End the process after that much processor time, wherever it is; 0 takes the limit off."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, seconds)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
