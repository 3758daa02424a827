"""The process that reads one file: `python -m moliere_core.corpus.parse_worker`.

On standard input a line of JSON, the request, then the file; on standard output one JSON, the
reading or the refusal. Standard error has the traceback of what nobody foresaw.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from moliere_core.corpus.formats import Parsed, read_bytes
from moliere_core.errors import CorpusError
from moliere_core.system.processes import limit_memory, limit_processor


def main() -> None:
    """Keep to the limits of the request, and answer it."""
    request = json.loads(sys.stdin.buffer.readline())
    limit_memory(request["megabytes"])
    limit_processor(request["seconds"])
    try:
        answer = to_json(
            read_bytes(
                sys.stdin.buffer.read(), request["name"], request["most_bytes"], request["whole"]
            )
        )
    except CorpusError as refusal:
        answer = {"error": refusal.to_json()}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())


def to_json(parsed: Parsed) -> dict[str, Any]:
    """What was read as values of JSON: what comes back in a column is written once."""
    return {
        "columns": {name: _indexed(cells) for name, cells in parsed.columns.items()},
        "notes": [note.to_json() for note in parsed.notes],
        "left_out": [[kind.what, kind.count, kind.example] for kind in parsed.left_out],
    }


def _indexed(cells: list[str]) -> dict[str, list[Any]]:
    """The different cells of a column, in their order, and which of them each row has."""
    numbers: dict[str, int] = {}
    rows = [numbers.setdefault(cell, len(numbers)) for cell in cells]
    return {"cells": list(numbers), "rows": rows}


if __name__ == "__main__":
    main()
