"""How a tokenizer of the library spells: the bytes of a token, from the parts it is made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tokenizers import Tokenizer as Backend
from tokenizers import models

from moliere_core.pretrained.tokenizer_files import BYTE, Json
from moliere_core.text.tokenisation import letter_bytes

Speller = Callable[[str], bytes | None]

# Pre-tokenizers that take spaces away, so that tokens do not spell the text.
_DROPPING = {"BertPreTokenizer", "CharDelimiterSplit", "Whitespace", "WhitespaceSplit"}


def _part(component: Any) -> Json:
    """A part of a tokenizer as it stands in `tokenizer.json`; {} for none."""
    part: Json = {} if component is None else json.loads(component.__getstate__())
    return part


def _parts(part: Json) -> Iterator[Json]:
    """The single parts of which a part is made, itself where it is no sequence."""
    for name in ("normalizers", "pretokenizers", "decoders"):
        if part.get("type") == "Sequence" and name in part:
            for inner in part[name]:
                yield from _parts(inner)
            return
    if part:
        yield part


def without_added_spaces(backend: Backend) -> None:
    """Have a tokenizer put no space before a text."""
    normalizers = [p for p in _parts(_part(backend.normalizer)) if p["type"] != "Prepend"]
    cutters = list(_parts(_part(backend.pre_tokenizer)))
    for part in cutters:
        if part["type"] == "ByteLevel":
            part["add_prefix_space"] = False
        elif part["type"] == "Metaspace":
            part["prepend_scheme"] = "never"
    document = {
        "model": {"type": "BPE", "vocab": {}, "merges": []},
        "normalizer": {"type": "Sequence", "normalizers": normalizers} if normalizers else None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": cutters} if cutters else None,
    }
    made = Backend.from_str(json.dumps(document))
    backend.normalizer, backend.pre_tokenizer = made.normalizer, made.pre_tokenizer


def speller(backend: Backend, vocab: Mapping[str, int]) -> Speller | None:
    """The function from a token to its bytes; None of a tokenizer that loses some of the text."""
    normalizers = list(_parts(_part(backend.normalizer)))
    cutters = list(_parts(_part(backend.pre_tokenizer)))
    decoders = list(_parts(_part(backend.decoder)))
    kinds = {part["type"] for part in (decoders or normalizers + cutters)}
    if "ByteLevel" in kinds:
        letters = letter_bytes()

        def lettered(token: str) -> bytes | None:
            known = [letters.get(letter) for letter in token]
            return None if None in known else bytes(b for b in known if b is not None)

        return lettered

    sentencepiece = bool(kinds & {"ByteFallback", "Metaspace"})
    if not sentencepiece and (
        isinstance(backend.model, models.WordPiece)
        or getattr(backend.model, "continuing_subword_prefix", None)
        or getattr(backend.model, "end_of_word_suffix", None)
        or any(p["type"] in _DROPPING or p.get("behavior") == "Removed" for p in cutters)
        or kinds & {"BPEDecoder", "CTC", "WordPiece"}
    ):
        return None
    replaced = [
        (part["pattern"]["String"], part["content"])
        for part in decoders
        if part["type"] == "Replace" and "String" in part["pattern"]
    ]
    replaced += [(p["replacement"], " ") for p in decoders + cutters if p["type"] == "Metaspace"]
    if not decoders:
        replaced += [
            (part["content"], part["pattern"]["String"])
            for part in normalizers
            if part["type"] == "Replace" and part["pattern"].get("String") == " "
        ]
    single = "ByteFallback" in kinds or all(f"<0x{byte:02X}>" in vocab for byte in range(256))

    def spelt(token: str) -> bytes | None:
        if single and token.startswith("<0x") and (byte := BYTE.fullmatch(token)):
            return bytes([int(byte[1], 16)])
        for written, meant in replaced:
            token = token.replace(written, meant)
        return token.encode("utf-8", "replace")

    return spelt


def unknown_token(backend: Backend, vocab: Mapping[str, int]) -> int | None:
    """The number of the token for text that no token spells; None without one."""
    named = getattr(backend.model, "unk_token", None)
    if named:
        return vocab.get(named)
    if not isinstance(backend.model, models.Unigram):
        return None
    # The library does not tell which it is; its model shows it for a character that nothing spells.
    nobody = chr(0x10FFFF)
    try:
        tokens = backend.model.tokenize(nobody)
    except Exception:  # it has none
        return None
    return tokens[0].id if len(tokens) == 1 and nobody not in vocab else None
