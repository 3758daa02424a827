"""What was found in a network, kept as JSON beside its weights or in the store."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from moliere_core.errors import ModelError
from moliere_core.system.storage import write_atomically

T = TypeVar("T")


def save(path: Path, document: object) -> None:
    """Write a document that JSON can say."""
    write_atomically(path, json.dumps(document, ensure_ascii=False).encode())


def load(path: Path, parse: Callable[[Any], T]) -> T | None:
    """Read and parse it; None where there is none, ModelError where it is damaged."""
    if not path.is_file():
        return None
    try:
        return parse(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            "{path} is damaged ({error}): delete it, and it will be computed again",
            path=path,
            error=error,
        ) from error
