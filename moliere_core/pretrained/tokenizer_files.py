"""The files of a model's tokenizer: the library's object they make, and their special tokens.

Repositories write the same thing in many places and ways; whatever the library or a file raises
becomes one sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from tokenizers import AddedToken, models, pre_tokenizers
from tokenizers import Tokenizer as Backend

from moliere_core.errors import N_, ModelError

T = TypeVar("T")
Json = dict[str, Any]

MOST_IDS = 4_000_000  # a file with more, or with numbers beyond, is damaged
NAMED = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")
NUMBERED = ("bos_token_id", "eos_token_id", "pad_token_id")
BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")  # a token for a single byte
_USUAL_ENDS = ("<|endoftext|>", "</s>", "<eos>")  # where no file says which it is


def backend_of(folder: Path) -> Backend:
    """The library's tokenizer of a model's folder.

    Raises:
        Exception: of any kind, where its files cannot be read: call it through `guarded`.
    """
    file = folder / "tokenizer.json"
    if file.is_file():
        return _sound(Backend.from_file(str(file)))
    vocab, merges = folder / "vocab.json", folder / "merges.txt"
    for needed in (vocab, merges):
        if not needed.is_file():
            raise FileNotFoundError(needed.name)
    backend = Backend(models.BPE.from_file(str(vocab), str(merges)))
    config = _object(folder / "tokenizer_config.json")
    spaced = config.get("add_prefix_space") is True
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=spaced)
    extra = _object(folder / "added_tokens.json")
    for token, _ in sorted(extra.items(), key=lambda pair: int(pair[1])):
        backend.add_tokens([AddedToken(token, normalized=False)])
    return _sound(backend)


def _sound(backend: Backend) -> Backend:
    """The same, if its numbers are near each other and its letters can be joined.

    Raises:
        ValueError: a number is beyond `MOST_IDS`: the library keeps a list of all that are left
            out below, 16 GB for a token with the number 4,000,000,000. Or there are tokens of
            several letters and nothing that joins letters: each text would be cut into letters, of
            which the model was hardly ever shown any.
    """
    numbers = backend.get_vocab(with_added_tokens=True).values()
    if max(numbers, default=0) >= MOST_IDS:
        raise ValueError(N_("the number of a token is beyond all that models have"))
    model = json.loads(backend.to_str())["model"]
    if model["type"] == "BPE" and not model["merges"] and not model.get("ignore_merges"):
        added = {token.content for token in backend.get_added_tokens_decoder().values()}
        spelt = (token for token in model["vocab"] if token not in added)
        if any(len(token) > 1 and not BYTE.fullmatch(token) for token in spelt):
            raise ValueError(N_("it has no merges"))
    return backend


def settings_of(reference: str, folder: Path) -> Json:
    """What the configurations of a folder say of special tokens.

    Where two disagree, `tokenizer_config.json` counts. The names of `NUMBERED` have lists: every
    number that some configuration gives.
    """
    found: Json = {}
    numbers: dict[str, list[Any]] = {name: [] for name in NUMBERED}

    def read() -> None:
        for name in ("special_tokens_map.json", "tokenizer_config.json"):
            found.update(_object(folder / name))
        config = _object(folder / "config.json")
        inner = config.get("text_config")  # of a model that also sees
        for said in (
            _object(folder / "generation_config.json"),
            config,
            inner if isinstance(inner, dict) else {},
        ):
            for name, values in numbers.items():
                value = said.get(name)
                values.extend(value if isinstance(value, list) else [value])

    guarded(read, reference)
    return {**found, **numbers}


def _object(file: Path) -> Json:
    """The object in a JSON file, {} where there is no file; TypeError where it is no object."""
    if not file.is_file():
        return {}
    document = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise TypeError(file.name)
    return document


def content(value: Any) -> str:
    """The text of a special token, written as a text or as an object with one; "" for neither."""
    if isinstance(value, dict):
        value = value.get("content")
    return value if isinstance(value, str) else ""


def named_tokens(settings: Json, vocab: Mapping[str, int]) -> set[str]:
    """The tokens of a vocabulary that configurations name as special, by text or by number."""
    values: list[Any] = [settings.get(name) for name in NAMED]
    for name in ("additional_special_tokens", "extra_special_tokens"):
        more = settings.get(name) or []
        values += more.values() if isinstance(more, dict) else more
    listed = settings.get("added_tokens_decoder") or {}
    values += [token for token in listed.values() if token.get("special")]
    numbers = [i for name in NUMBERED for i in settings[name] if i is not None]
    numbered = {token for token, i in vocab.items() if i in numbers} if numbers else set()
    return {name for name in map(content, values) if name in vocab} | numbered


def ends_of(settings: Json, vocab: Mapping[str, int], size: int) -> frozenset[int]:
    """Ids of the tokens that end a text."""
    ids = {i for i in settings["eos_token_id"] if i is not None}
    if not all(isinstance(i, int) and not isinstance(i, bool) and i >= 0 for i in ids):
        raise ValueError(N_("eos_token_id is not the number of a token"))
    named = content(settings.get("eos_token"))
    if named in vocab:
        ids.add(vocab[named])
    if not ids:
        ids = {vocab[token] for token in _USUAL_ENDS if token in vocab}
    return frozenset(i for i in ids if i < size)


def guarded(call: Callable[[], T], reference: str) -> T:
    """The result of a call of the library; whatever it raises becomes a ModelError."""
    try:
        return call()
    except (KeyboardInterrupt, SystemExit, MemoryError, ModelError):
        raise
    except BaseException as error:  # its panics are no Exception
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]
        if isinstance(error, (AttributeError, TypeError, UnicodeDecodeError)):
            reason = N_("a value in it is of the wrong kind")
        elif isinstance(error, FileNotFoundError):
            reason = N_("a file of it is missing")
        raise damaged(reference, reason) from error


def damaged(reference: str, reason: str) -> ModelError:
    """What to say of a tokenizer that cannot be read."""
    return ModelError(
        "the tokenizer of {reference} cannot be read ({reason}): fetch the model again",
        reference=reference,
        reason=reason,
    )
