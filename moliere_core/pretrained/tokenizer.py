"""A model's tokenizer, from its files and the library `tokenizers` alone.

What a language model over characters asks of a tokenizer is more than its tokens: the bytes that
each token writes, the tokens that end a text, those that every context begins with, and how much
of a text is cut for certain, whatever comes next. Its files and special tokens are read in
`tokenizer_files`, bytes in `spelling`, for the kinds of tokenizer that spell with bytes: GPT-2's
letters for bytes, SentencePiece's "▁" for a space, with or without tokens for single bytes
("<0x0A>").

Text is cut as it stands in the middle of a text: the space that some tokenizers put before every
text belongs to what contexts begin with, and special tokens that somebody types are letters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TypeVar

from tokenizers import AddedToken, Encoding, models
from tokenizers import Tokenizer as Backend

from moliere_core.errors import N_, ModelError
from moliere_core.pretrained.spelling import Speller, speller, unknown_token, without_added_spaces
from moliere_core.pretrained.tokenizer_files import (
    Json,
    backend_of,
    content,
    damaged,
    ends_of,
    guarded,
    named_tokens,
    settings_of,
)
from moliere_core.pretrained.tokens import TokenVocabulary, common_length
from moliere_core.text.tokenisation import Token

T = TypeVar("T")

LOOK_BACK = 16  # tokens that a beam reads at least where words are not cut apart beforehand
MOST_UNCERTAIN = 48  # and at most, however long the last word

UNSPELT = "\N{REPLACEMENT CHARACTER}".encode()  # shown for a token that spells nothing


@dataclass(frozen=True)
class Cut:
    """A text in tokens.

    Attributes:
        size: tokens of the vocabulary.
        pieces: of the text: their ids and bytes.
    """

    size: int = 0
    pieces: tuple[Token, ...] = ()


class Tokenizer:
    """A model's tokenizer: from text to tokens, and the bytes of each token.

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
        settings = settings_of(reference, folder)
        vocab: dict[str, int] = backend.get_vocab(with_added_tokens=True)
        added: dict[int, AddedToken] = backend.get_added_tokens_decoder()
        named = self._guarded(lambda: named_tokens(settings, vocab))
        backend.no_truncation()
        backend.no_padding()
        if isinstance(backend.model, models.BPE):
            backend.model.dropout = None  # merges left out at random are for training
        backend.encode_special_tokens = True
        self.size = self._rows(vocab, {*added, *(vocab[n] for n in named)}, rows)
        # What no row stands for cannot be read: typed, it is letters.
        beyond = [token for i, token in added.items() if i >= self.size and not token.special]
        backend.add_special_tokens([AddedToken(t.content, special=True) for t in beyond])
        spell = self._guarded(lambda: speller(backend, vocab))
        if spell is None:
            raise ModelError(
                "the tokenizer of {reference} does not spell with bytes: choose another model, "
                "such as hf:gpt2",
                reference=reference,
            )
        first = self._begin(settings, vocab)
        self._guarded(lambda: without_added_spaces(backend))
        self.token_bytes = self._spelt(spell, vocab, added, named)
        ends = self._guarded(lambda: ends_of(settings, vocab, self.size))
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
        return cls(reference, guarded(lambda: backend_of(folder), reference), folder, rows)

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
        pieces = tuple(Token(i, self.token_bytes[i] or UNSPELT) for i in self.encode(text))
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
        """How many of the first canonical tokens stay the same however the text goes on."""
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
            said, bos = settings.get("add_bos_token"), content(settings.get("bos_token"))
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
        return max(vocab.values()) + 1

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
        unknown = self._guarded(lambda: unknown_token(self._backend, vocab))
        if unknown is not None and unknown < self.size:
            found[unknown] = None
        return tuple(found)

    def _guarded(self, call: Callable[[], T]) -> T:
        return guarded(call, self.reference)

    def _damaged(self, reason: str) -> ModelError:
        return damaged(self.reference, reason)

    def _unfit(self, tokens: int, rows: int | None = None) -> ModelError:
        return ModelError(
            "{reference} has a tokenizer of {tokens} tokens and weights for {rows}: its files do "
            "not belong together, fetch it again or choose another model",
            reference=self.reference,
            tokens=tokens,
            rows=self.size if rows is None else rows,
        )


# Texts


def _head(text: str) -> str:
    """A text without its last word, the spaces around it, and all where it is one word."""
    words = text.split()
    body = text.rstrip()
    return body[: len(body) - len(words[-1])].rstrip() if words else ""


def _whole(data: bytes, at: int) -> bool:
    """Whether a character of UTF-8 begins there, or the text ends."""
    return at == len(data) or data[at] & 0xC0 != 0x80
