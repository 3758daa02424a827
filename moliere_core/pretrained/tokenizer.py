"""A model's tokenizer, from its files and the library `tokenizers` alone.

What a language model over characters asks of a tokenizer is more than its tokens: the bytes that
each token writes, the tokens that end a text, those that every context begins with, and how much
of a text is cut for certain, whatever comes next. All of it is here, for the kinds of tokenizer
that spell with bytes: GPT-2's letters for bytes, SentencePiece's "▁" for a space, with or without
tokens for single bytes ("<0x0A>").

Text is cut as it stands in the middle of a text: the space that some tokenizers put before every
text belongs to what contexts begin with, and special tokens that somebody types are letters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

from tokenizers import AddedToken, Encoding, models, pre_tokenizers
from tokenizers import Tokenizer as Backend

from moliere_core.errors import N_, ModelError
from moliere_core.pretrained.tokens import TokenVocabulary, common_length
from moliere_core.text.tokenisation import Piece, letter_bytes

T = TypeVar("T")
Json = dict[str, Any]
Speller = Callable[[str], bytes | None]

MOST_TOKENS = 4_000_000  # of a vocabulary whose rows nobody told: beyond, its file is damaged
LOOK_BACK = 16  # tokens that a beam reads at least where words are not cut apart beforehand
MOST_UNCERTAIN = 48  # and at most, however long the last word

UNSPELT = "\N{REPLACEMENT CHARACTER}".encode()  # shown for a token that spells nothing
NAMED = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")
NUMBERED = ("bos_token_id", "eos_token_id", "pad_token_id")
_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")
_USUAL_ENDS = ("<|endoftext|>", "</s>", "<eos>")  # where no file says which it is
# Pre-tokenizers that take spaces away, so that tokens do not spell the text.
_DROPPING = {"BertPreTokenizer", "CharDelimiterSplit", "Whitespace", "WhitespaceSplit"}


@dataclass(frozen=True)
class Cut:
    """A text in tokens.

    Attributes:
        size: tokens of the vocabulary.
        pieces: of the text: their ids and bytes.
    """

    size: int = 0
    pieces: tuple[Piece, ...] = ()


class Tokenizer:
    """What a model's tokenizer says of texts and of tokens.

    Args:
        reference: of the model, for messages.
        backend: the tokenizer of the library; it is this object's from then on.
        folder: of the model, whose configurations name its special tokens.
        rows: tokens that the model has weights for: added tokens beyond are ignored; None for as
            many as the tokenizer has.

    Attributes:
        begin: ids that every context begins with: what the tokenizer puts before a text, then the
            line break; at least one.
        ends: ids of the tokens that end a text.
        token_bytes: the bytes of each token by its id; None for special ones, and for ids that
            have no token.

    Raises:
        ModelError: the tokenizer does not spell with bytes, or its files are damaged, or are not
            those of these weights.
    """

    def __init__(
        self, reference: str, backend: Backend, folder: Path, rows: int | None = None
    ) -> None:
        self.reference = reference
        self._backend = backend
        settings = _settings(reference, folder)
        vocab: dict[str, int] = backend.get_vocab(with_added_tokens=True)
        added: dict[int, AddedToken] = backend.get_added_tokens_decoder()
        named = self._guarded(lambda: _named_tokens(settings, vocab))
        backend.no_truncation()
        backend.no_padding()
        backend.encode_special_tokens = True
        self.size = self._rows(vocab, {*added, *(vocab[n] for n in named)}, rows)
        # What no row stands for cannot be read: typed, it is letters.
        beyond = [token for i, token in added.items() if i >= self.size and not token.special]
        backend.add_special_tokens([AddedToken(t.content, special=True) for t in beyond])
        spell = self._guarded(lambda: _speller(backend, vocab))
        if spell is None:
            raise ModelError(
                "the tokenizer of {reference} does not spell with bytes: choose another model, "
                "such as hf:gpt2",
                reference=reference,
            )
        first = self._begin(settings, vocab)
        self._guarded(lambda: _without_added_spaces(backend))
        self.token_bytes = self._spelt(spell, vocab, added, named)
        ends = self._guarded(lambda: _ends(settings, vocab, self.size))
        # One that texts have, such as a line break, writes; it cannot be both in a distribution.
        self.ends = frozenset(i for i in ends if self.token_bytes[i] is None)
        self.begin = first or tuple(sorted(self.ends))[:1]
        if not self.begin or max(self.begin) >= self.size:
            raise self._damaged(N_("it has no token that a text could begin with"))

    @classmethod
    def read(cls, reference: str, folder: Path, rows: int | None = None) -> Tokenizer:
        """The tokenizer of a model's folder: `tokenizer.json`, or `vocab.json` and `merges.txt`.

        Raises:
            ModelError: as the class, or the folder has neither.
        """
        return cls(reference, _guarded(lambda: _backend(folder), reference), folder, rows)

    def __len__(self) -> int:
        """Number of ids, `size`."""
        return self.size

    @cached_property
    def vocabulary(self) -> TokenVocabulary:
        """The tokens, sorted by their bytes."""
        return TokenVocabulary(self.token_bytes, self.ends)

    @cached_property
    def _words_apart(self) -> bool:
        """Whether it cuts words from each other before it looks for tokens."""
        return len(set(self._encoding("deux mots").word_ids)) > 1

    def encode(self, text: str) -> list[int]:
        """The canonical tokens of `text` in the middle of a text, nothing added to them."""
        return list(self._encoding(text).ids)

    def cut(self, text: str) -> Cut:
        """A text in tokens."""
        pieces = tuple(Piece(i, self.token_bytes[i] or UNSPELT) for i in self.encode(text))
        return Cut(self.size, pieces)

    def count(self, texts: Sequence[str]) -> int:
        """How many tokens these texts have, each cut by itself."""
        return sum(len(self.encode(text)) for text in texts)

    def anchor(self, text: str) -> tuple[int, int]:
        """Where a beam over `text` begins, and to where its canonical tokens are certain.

        A text that is being written ends inside a token: one that begins at some place near the
        end and goes on after it. Before that place stand the canonical tokens of what is before
        it. So the tokens that are certain are those that the cuts up to all such places have in
        common; places count only where some token begins with what follows them. (For tokens that
        are joined in a fixed order, or that are the likeliest together, a beginning that ends
        where a token does is cut as it is in the whole: Berglund and van der Merwe 2023,
        "Formalizing BPE Tokenization".)

        But a model expects other tokens than the canonical ones, too, and the beam is to weigh
        them in what it reads last: the last piece that the tokenizer cuts before it looks for
        tokens where such pieces are words; whole words of at least `LOOK_BACK` tokens where they
        are not. (At the start of a text Gemma expects "A" and "h" a thousand times more than "Ah".)

        Returns:
            Two indices of `text`, the second not before the first: the tokens of `text` up to
            either are the canonical ones of the whole, whatever comes after it.
        """
        encoding = self._encoding(text)
        ids, data = encoding.ids, text.encode("utf-8", "replace")
        starts = list(accumulate((len(self.token_bytes[i] or b"") for i in ids), initial=0))
        if b"".join(self.token_bytes[i] or b"" for i in ids) != data:
            return (len(_head(text)),) * 2  # what is not spelt cannot be aligned
        stops = [s for s in starts[: self._certain(text, ids) + 1] if _whole(data, s)]
        between: list[int] = []
        if self._words_apart:
            words = encoding.word_ids
            piece = starts[words.index(words[-1])] if words else 0
            begin = max((s for s in stops if s <= piece), default=0)
        else:  # what stays in doubt begins with a space
            last, back = len(_head(text).encode()), starts[-1 - min(LOOK_BACK, len(ids))]
            between = [s for s in stops if s <= last and data[s : s + 1].isspace()]
            begin = max((s for s in between if s <= back), default=0)
        if len(ids) > MOST_UNCERTAIN:  # in one word, which has to be cut somewhere
            most = starts[-1 - MOST_UNCERTAIN]
            begin = max((s for s in stops if begin < s <= most), default=begin)
        certain = max((s for s in between if s > begin), default=begin)
        return len(data[:begin].decode()), len(data[:certain].decode())

    def _certain(self, text: str, ids: Sequence[int]) -> int:
        """How many of the canonical tokens no continuation changes."""
        count, vocabulary = len(ids), self.vocabulary
        for at in range(len(text) - 1, -1, -1):
            rest = text[at:].encode("utf-8", "replace")
            if len(rest) > vocabulary.longest:
                break
            if vocabulary.begins(rest):
                count = common_length(self.encode(text[:at]), ids[:count])
        return count

    def _encoding(self, text: str) -> Encoding:
        """The library's encoding; ModelError where the tokenizer has no tokens for it."""
        # No encoding holds half a surrogate pair.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        encoding: Encoding = self._guarded(
            lambda: self._backend.encode(text, add_special_tokens=False)
        )
        if encoding.ids and max(encoding.ids) >= self.size:
            raise self._unfit(max(encoding.ids) + 1)
        return encoding

    def _begin(self, settings: Json, vocab: Mapping[str, int]) -> tuple[int, ...]:
        """What the tokenizer puts before a text, and the line break; () if it has neither."""

        def found() -> tuple[int, ...]:
            encoding = self._backend.encode("\n", add_special_tokens=True)
            said, bos = settings.get("add_bos_token"), _content(settings.get("bos_token"))
            own = [k for k, special in enumerate(encoding.special_tokens_mask) if not special]
            # What it puts after a text is not read.
            until = own[-1] + 1 if own else len(encoding.ids)
            if not isinstance(said, bool):
                return tuple(encoding.ids[:until])
            added = [vocab[bos]] if said and bos in vocab else []
            return (*added, *(encoding.ids[k] for k in own))

        ids: tuple[int, ...] = self._guarded(found)
        return ids

    def _rows(self, vocab: Mapping[str, int], optional: set[int], rows: int | None) -> int:
        """Ids that this tokenizer has; ModelError where they are not those of `rows` weights."""
        if not vocab:
            raise self._damaged(N_("it has no tokens"))
        if len(set(vocab.values())) < len(vocab):
            raise self._damaged(N_("two of its tokens have the same number"))
        needed = max((i for i in vocab.values() if i not in optional), default=0) + 1
        if rows is not None:
            if needed > rows:
                raise self._unfit(needed, rows)
            return rows
        most = max(vocab.values()) + 1
        if most > MOST_TOKENS:
            raise self._damaged(N_("the number of a token is beyond all that models have"))
        return most

    def _spelt(
        self,
        spell: Speller,
        vocab: Mapping[str, int],
        added: Mapping[int, AddedToken],
        named: set[str],
    ) -> tuple[bytes | None, ...]:
        """The bytes of each token; None where there are none."""
        found: list[bytes | None] = [None] * self.size
        for token, i in vocab.items():
            if i < self.size:
                found[i] = spell(token)
        for i, extra in added.items():
            if i < self.size:
                own = extra.normalized or self._backend.model.token_to_id(extra.content) == i
                if not own or found[i] is None:
                    found[i] = extra.content.encode()  # as it is typed
                if extra.special:
                    found[i] = None
        # A padding token can be one that texts have, such as "!": then it writes.
        for i in (vocab[name] for name in named if vocab[name] < self.size):
            data = found[i]
            if data is not None and self.encode(data.decode("utf-8", "replace")) != [i]:
                found[i] = None
        unknown = self._guarded(lambda: _unknown(self._backend, vocab))
        if unknown is not None and unknown < self.size:
            found[unknown] = None
        return tuple(found)

    def _guarded(self, call: Callable[[], T]) -> T:
        return _guarded(call, self.reference)

    def _damaged(self, reason: str) -> ModelError:
        return _damaged(self.reference, reason)

    def _unfit(self, tokens: int, rows: int | None = None) -> ModelError:
        return ModelError(
            "{reference} has a tokenizer of {tokens} tokens and weights for {rows}: its files do "
            "not belong together, fetch it again or choose another model",
            reference=self.reference,
            tokens=tokens,
            rows=self.size if rows is None else rows,
        )


# Files


def _backend(folder: Path) -> Backend:
    """The library's tokenizer of a model's folder; any error where it cannot be read."""
    file = folder / "tokenizer.json"
    if file.is_file():
        return Backend.from_file(str(file))
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
    return backend


def _settings(reference: str, folder: Path) -> Json:
    """What a folder's configurations say of special tokens, the most particular last.

    The numbers of special tokens are under the names of `NUMBERED`, each a list of what all say.
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

    _guarded(read, reference)
    return {**found, **numbers}


def _object(file: Path) -> Json:
    """The object in a JSON file, {} where there is no file; TypeError where it is no object."""
    if not file.is_file():
        return {}
    document = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise TypeError(file.name)
    return document


def _content(value: Any) -> str:
    """The text of a special token, which files write as it is or in an object; "" if none."""
    if isinstance(value, dict):
        value = value.get("content")
    return value if isinstance(value, str) else ""


def _named_tokens(settings: Json, vocab: Mapping[str, int]) -> set[str]:
    """The special tokens of a vocabulary: configurations name them, or tell their numbers."""
    values: list[Any] = [settings.get(name) for name in NAMED]
    for name in ("additional_special_tokens", "extra_special_tokens"):
        more = settings.get(name) or []
        values += more.values() if isinstance(more, dict) else more
    listed = settings.get("added_tokens_decoder") or {}
    values += [token for token in listed.values() if token.get("special")]
    numbers = [i for name in NUMBERED for i in settings[name] if i is not None]
    numbered = {token for token, i in vocab.items() if i in numbers} if numbers else set()
    return {name for name in map(_content, values) if name in vocab} | numbered


def _ends(settings: Json, vocab: Mapping[str, int], size: int) -> frozenset[int]:
    """Ids of the tokens that end a text."""
    ids = {i for i in settings["eos_token_id"] if i is not None}
    if not all(isinstance(i, int) and not isinstance(i, bool) and i >= 0 for i in ids):
        raise ValueError(N_("eos_token_id is not the number of a token"))
    named = _content(settings.get("eos_token"))
    if named in vocab:
        ids.add(vocab[named])
    if not ids:
        ids = {vocab[token] for token in _USUAL_ENDS if token in vocab}
    return frozenset(i for i in ids if i < size)


def _guarded(call: Callable[[], T], reference: str) -> T:
    """What a call of the library gives; ModelError in the place of whatever it raises."""
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
        raise _damaged(reference, reason) from error


def _damaged(reference: str, reason: str) -> ModelError:
    return ModelError(
        "the tokenizer of {reference} cannot be read ({reason}): fetch the model again",
        reference=reference,
        reason=reason,
    )


# Parts of the library's tokenizers


def _part(component: Any) -> Json:
    """What a part of a tokenizer is, as its file has it; {} for none."""
    part: Json = {} if component is None else json.loads(component.__getstate__())
    return part


def _parts(part: Json) -> Iterator[Json]:
    """A part, or the parts of a sequence of them."""
    for name in ("normalizers", "pretokenizers", "decoders"):
        if part.get("type") == "Sequence" and name in part:
            for inner in part[name]:
                yield from _parts(inner)
            return
    if part:
        yield part


def _without_added_spaces(backend: Backend) -> None:
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


def _speller(backend: Backend, vocab: Mapping[str, int]) -> Speller | None:
    """How the tokens of a tokenizer are turned into bytes; None where they cannot be."""
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
        if single and token.startswith("<0x") and (byte := _BYTE.fullmatch(token)):
            return bytes([int(byte[1], 16)])
        for written, meant in replaced:
            token = token.replace(written, meant)
        return token.encode("utf-8", "replace")

    return spelt


def _unknown(backend: Backend, vocab: Mapping[str, int]) -> int | None:
    """The token that stands for whatever has none."""
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


# Texts


def _head(text: str) -> str:
    """A text without its last word, the spaces around it, and all where it is one word."""
    words = text.split()
    body = text.rstrip()
    return body[: len(body) - len(words[-1])].rstrip() if words else ""


def _whole(data: bytes, at: int) -> bool:
    """Whether a character of UTF-8 begins there, or the text ends."""
    return at == len(data) or data[at] & 0xC0 != 0x80
