"""Reading what strangers bring, in a process of its own.

Every reader takes time that goes by the length of what it reads. That is tested, and not proven:
what is slow all the same, takes all memory or crashes a library of C ends one small process, never
the server, whose interpreter would stand still for everybody as long as it lasts. The process
costs a quarter of a second, for small files as for large ones.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from pathlib import Path
from typing import Any

from moliere_core.corpus.formats import MAX_BYTES, Parsed
from moliere_core.corpus.left_out import LeftOut
from moliere_core.corpus.names import printable
from moliere_core.errors import CorpusError
from moliere_core.system.machine import usable_cores
from moliere_core.system.workers import NoAnswerError, answer, command

SECONDS = 10  # of processor; all of Molière in TEI takes two
PATIENCE_SECONDS = 60.0  # of the clock, on a machine that does much else
MEMORY_MB = 500
COMMAND = command("moliere_core.corpus.parse_worker")

_LOGGER = logging.getLogger(__name__)
_PACKAGES = str(Path(__file__).parents[2])  # the process has the same code as the server
_places = threading.BoundedSemaphore(max(usable_cores() // 2, 1))  # files read at once


def read_apart(data: bytes, name: str, most_bytes: int = MAX_BYTES, whole: bool = False) -> Parsed:
    """`formats.read_bytes` in a process with limits; it waits for its turn where many read.

    Raises:
        CorpusError: as there, or too much time or memory was needed.
    """
    request = {
        "name": name,
        "most_bytes": most_bytes,
        "whole": whole,
        "megabytes": MEMORY_MB,
        "seconds": SECONDS,
    }
    with _places:
        try:
            found = answer(
                COMMAND,
                PATIENCE_SECONDS,
                json.dumps(request).encode() + b"\n" + data,
                {"PYTHONPATH": _search_path(), "OMP_NUM_THREADS": "1"},
            )
        except TimeoutError:
            raise _too_much(name) from None
        except NoAnswerError as error:
            if "MemoryError" not in error.said and error.status > 0:
                _LOGGER.error("reading has failed (%s)", error)
            raise _too_much(name) from None
        except OSError as error:  # no memory, or no process left
            raise _cannot_start(name, error) from error
    if "error" in found:
        raise CorpusError.from_json(found["error"])
    return _from_json(found)


def _from_json(answer: dict[str, Any]) -> Parsed:
    """The inverse of `parse_worker.to_json`."""
    return Parsed(
        {
            name: [column["cells"][row] for row in column["rows"]]
            for name, column in answer["columns"].items()
        },
        tuple(map(CorpusError.from_json, answer["notes"])),
        tuple(LeftOut(*kind) for kind in answer["left_out"]),
    )


def _search_path() -> str:
    inherited = os.environ.get("PYTHONPATH", "")
    return os.pathsep.join([_PACKAGES, inherited] if inherited else [_PACKAGES])


def _too_much(name: str) -> CorpusError:
    return CorpusError(
        "{name} could not be read within {seconds} s and {megabytes} MB of memory: give a smaller "
        "file, with fewer plays in it",
        name=printable(name),
        seconds=SECONDS,
        megabytes=MEMORY_MB,
    )


def _cannot_start(name: str, error: OSError) -> CorpusError:
    return CorpusError(
        "{name} cannot be read now, this machine has no room for another process ({reason}): "
        "try again in a moment",
        name=printable(name),
        reason=error.strerror or type(error).__name__,
    )
