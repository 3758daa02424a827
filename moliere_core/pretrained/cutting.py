"""Texts cut by every tokenizer on this machine; neither weights nor a framework are needed.

The library reads a tokenizer's file without letting other threads run: some 30 ms a megabyte on
a quiet machine, and Gemma's has 33. So a page reads a small one by itself, and leaves a large one
to the worker.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from moliere_core.errors import ModelError
from moliere_core.models.references import HUB
from moliere_core.pretrained import catalogue, client, folders
from moliere_core.pretrained.client import Request
from moliere_core.pretrained.results import Event
from moliere_core.pretrained.tokenizer import Cut, Tokenizer
from moliere_core.text.tokenisation import SHIPPED_TOKENIZER, Token

SMALL = 8_000_000  # bytes of a tokenizer's file that a page reads by itself


def tokenizers() -> list[str]:
    """References of the tokenizers that are on this machine: ours, those offered, then others."""
    cache, found = folders.hub_cache(), dict[str, Path]()
    names = [path.name for path in sorted(cache.glob("models--*"))] if cache.is_dir() else []
    others = [HUB + name.removeprefix("models--").replace("--", "/") for name in names]
    for reference in (*catalogue.OFFERED, *others):
        path = _folder(reference)
        if path is not None and path not in found.values():  # under one name, of two
            found[reference] = path
    return [SHIPPED_TOKENIZER, *found]


def cut(reference: str, text: str) -> Cut | Request[Cut]:
    """A text cut by the tokenizer of a model: at once where its file is small.

    Args:
        reference: `hf:NAME`, or `mini-gpt`.
        text: that is cut, as it is.

    Raises:
        ModelError: the tokenizer is not on this machine, or cannot be read.
    """
    path = _here(reference)
    tokenizer = _small(reference, path)
    if tokenizer is not None:
        return tokenizer.cut(text)
    message: Event = {"op": "tokens", "reference": reference, "folder": str(path), "text": text}
    return client.ask(message, Cut(), lambda _, answer: from_event(answer))


def count(reference: str, texts: Sequence[str]) -> int | None:
    """How many tokens some texts have, each cut by itself; None where the file is large.

    Raises:
        ModelError: as `cut`.
    """
    tokenizer = _small(reference, _here(reference))
    return None if tokenizer is None else tokenizer.count(texts)


def to_event(found: Cut) -> Event:
    """A text that was cut, as the worker answers with it."""
    pieces = [[piece.id, piece.data.hex()] for piece in found.pieces]
    return {"event": "done", "size": found.size, "pieces": pieces}


def from_event(answer: Event) -> Cut:
    """The inverse of `to_event`."""
    pieces = tuple(Token(i, bytes.fromhex(data)) for i, data in answer["pieces"])
    return Cut(answer["size"], pieces)


def _here(reference: str) -> Path:
    ours = reference == SHIPPED_TOKENIZER
    path = catalogue.folder(reference) if ours else _folder(reference)
    if path is None:
        raise ModelError(
            "the tokenizer of {reference} is not on this machine: fetch the model first, "
            "or choose {shipped}",
            reference=reference,
            shipped=SHIPPED_TOKENIZER,
        )
    return path


def _small(reference: str, path: Path) -> Tokenizer | None:
    """The tokenizer of a folder, None where its file is large."""
    files = [path / "tokenizer.json", path / "vocab.json"]
    info = next(file.stat() for file in files if file.is_file())
    return _read(reference, path, info.st_mtime_ns) if info.st_size <= SMALL else None


@lru_cache(maxsize=8)
def _read(reference: str, path: Path, _time: int) -> Tokenizer:
    return Tokenizer.read(reference, path)


def _folder(reference: str) -> Path | None:
    """The folder of a model of the hub that has a whole tokenizer, with weights or without."""
    name = reference.removeprefix(HUB)
    path = folders.snapshot_of(name) if folders.is_name(name) else None
    if path is None or not path.is_dir():
        return None
    names = {file.name for file in path.iterdir() if file.is_file()}
    return None if folders.missing_tokenizer(names) else path
