"""Text as integers: what an alphabet keeps, byte-pair tokens, and the bytes under both.

A byte-level BPE (Sennrich, Haddow and Birch 2016; Radford et al. 2019) starts from the 256 bytes
and joins, one after the other, the pairs that were most frequent in the text it was trained on.
Tokenizer files write each byte as one visible letter, so that "é", the bytes C3 A9, is "Ã©" there.

The library `tokenizers` cuts the text; it brings neither torch nor transformers, and nothing here
opens the network.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from moliere_core.assets import ASSETS
from moliere_core.errors import ModelError
from moliere_core.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SHIPPED_TOKENIZER = "mini-gpt"
SHIPPED_PATH = ASSETS / SHIPPED_TOKENIZER

_END = "<|endoftext|>"


# An alphabet and its frequencies


@dataclass(frozen=True)
class Pruning:
    """What `min_char_freq` does to an alphabet.

    Attributes:
        vocabulary: the characters that stay.
        removed: those that become unknown and their counts, the most frequent first.
        chars: length of the text.
    """

    vocabulary: Vocabulary
    removed: tuple[tuple[str, int], ...]
    chars: int

    @property
    def unknown_chars(self) -> int:
        """How many characters of the text become unknown."""
        return sum(count for _, count in self.removed)

    @property
    def unknown_share(self) -> float:
        """Their share of the text, from 0 to 1; 0 of an empty text."""
        return self.unknown_chars / self.chars if self.chars else 0.0


def char_counts(text: str) -> dict[str, int]:
    """How often each character occurs, the most frequent first, equal ones in code point order."""
    return dict(sorted(Counter(text).items(), key=lambda item: (-item[1], item[0])))


def prune(counts: Mapping[str, int], min_char_freq: int) -> Pruning:
    """The alphabet of the characters that occur at least `min_char_freq` times, and the others.

    The same alphabet as `Vocabulary.from_text`, from counts that were taken once.
    """
    kept = sorted(char for char, count in counts.items() if count >= min_char_freq)
    removed = tuple((char, count) for char, count in counts.items() if count < min_char_freq)
    return Pruning(Vocabulary(tuple(kept)), removed, sum(counts.values()))


# Bytes


@dataclass(frozen=True)
class Utf8Byte:
    """A byte of a character, in UTF-8.

    Attributes:
        value: 0 to 255.
        marker: its leading bits, which tell how many bytes the character has ("110"), or that
            this one continues it ("10"); "0" for a character of one byte.
        payload: the other bits: together, the code point.
        letter: how GPT-2's tokenizer files write the byte.
    """

    value: int
    marker: str
    payload: str
    letter: str


def utf8_bytes(char: str) -> tuple[Utf8Byte, ...]:
    """The bytes of a character (RFC 3629); a lone surrogate counts as U+FFFD."""
    data = _valid(char).encode()
    found = []
    for value in data:
        bits = f"{value:08b}"
        marker = bits[: bits.index("0") + 1]
        found.append(Utf8Byte(value, marker, bits[len(marker) :], byte_letters()[value]))
    return tuple(found)


@cache
def byte_letters() -> tuple[str, ...]:
    """GPT-2's letter of each of the 256 bytes.

    Visible Latin-1 characters stand for themselves; the other bytes are, in their order, the
    characters from U+0100 on: the space, byte 32, is "Ġ", the line break, byte 10, "Ċ".
    """
    visible = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return tuple(chr(byte if byte in visible else next(others)) for byte in range(256))


@cache
def letter_bytes() -> dict[str, int]:
    """The byte that each of these letters stands for."""
    return {letter: byte for byte, letter in enumerate(byte_letters())}


def token_bytes(token: str) -> bytes:
    """The bytes of a token as a tokenizer file writes it; a special token's own letters."""
    table = letter_bytes()
    if all(letter in table for letter in token) and token != _END:
        return bytes(table[letter] for letter in token)
    return token.encode()


def _valid(text: str) -> str:
    """The text with U+FFFD in the place of lone surrogates, which no encoding can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# Tokens


@dataclass(frozen=True)
class Token:
    """A token of a text: its index and the bytes it stands for."""

    id: int
    data: bytes


@dataclass(frozen=True)
class Segment:
    """The shortest run of whole characters that whole tokens make up.

    One token, unless a boundary falls inside a character: then the tokens that share it.
    """

    text: str
    pieces: tuple[Token, ...]


def segments(pieces: Iterable[Token]) -> list[Segment]:
    """The tokens of a text, grouped where a character is cut in two; nothing is lost."""
    found: list[Segment] = []
    waiting: list[Token] = []
    for piece in pieces:
        waiting.append(piece)
        try:
            text = b"".join(p.data for p in waiting).decode()
        except UnicodeDecodeError:
            continue
        found.append(Segment(text, tuple(waiting)))
        waiting = []
    if waiting:  # bytes that are no text: a token sequence that nobody typed
        text = b"".join(p.data for p in waiting).decode(errors="replace")
        found.append(Segment(text, tuple(waiting)))
    return found


class SubwordTokenizer:
    """A byte-level BPE tokenizer, read from a file of the `tokenizers` library."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        # Typed text is text, even where it spells a special token.
        tokenizer.encode_special_tokens = True
        self.vocab_size = tokenizer.get_vocab_size()
        self._tokenizer = tokenizer

    def pieces(self, text: str) -> list[Token]:
        """The tokens of `text`; their bytes joined are the text's own, in UTF-8."""
        encoding = self._tokenizer.encode(_valid(text), add_special_tokens=False)
        return [
            Token(i, token_bytes(token))
            for i, token in zip(encoding.ids, encoding.tokens, strict=True)
        ]

    def pieces_after(self, text: str, merges: int) -> list[Token]:
        """The tokens of `text` if the training had stopped after so many merges.

        With none, the bytes; with all, `pieces`. The rule is BPE's own: in each word, join the
        pair that was learned first, everywhere, until none is left.
        """
        words = self._tokenizer.pre_tokenizer.pre_tokenize_str(_valid(text))
        tokens = [token for word, _ in words for token in self._merged(word, merges)]
        return [Token(self._index[token], token_bytes(token)) for token in tokens]

    def count(self, texts: Sequence[str]) -> int:
        """How many tokens these texts have, each cut by itself."""
        batch = self._tokenizer.encode_batch_fast(
            [_valid(text) for text in texts], add_special_tokens=False
        )
        return sum(len(encoding.ids) for encoding in batch)

    @cached_property
    def merges(self) -> list[tuple[str, str]]:
        """The pairs in the order they were learned, as the file writes them."""
        return [(left, right) for left, right in self._model["merges"]]

    @cached_property
    def learned(self) -> list[bytes]:
        """The bytes of each merge's result, in the order they were learned."""
        return [token_bytes(left + right) for left, right in self.merges]

    @cached_property
    def _model(self) -> dict[str, list[list[str]]]:
        model: dict[str, list[list[str]]] = json.loads(self._tokenizer.to_str())["model"]
        return model

    @cached_property
    def _index(self) -> dict[str, int]:
        index: dict[str, int] = self._tokenizer.get_vocab()
        return index

    @cached_property
    def _ranks(self) -> dict[tuple[str, str], int]:
        return {pair: rank for rank, pair in enumerate(self.merges)}

    def _merged(self, word: str, merges: int) -> list[str]:
        parts = list(word)
        while len(parts) > 1:
            rank, pair = min((self._ranks.get(p, merges), p) for p in pairwise(parts))
            if rank >= merges:
                break
            joined: list[str] = []
            for part in parts:  # the leftmost first, as in "aaa": "aa", "a"
                if joined and (joined[-1], part) == pair:
                    joined[-1] += part
                else:
                    joined.append(part)
            parts = joined
        return parts


def load_tokenizer() -> SubwordTokenizer:
    """The tokenizer of `mini-gpt`; those of other models are read by `pretrained.cutting`.

    Raises:
        ModelError: its file cannot be read.
    """
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(SHIPPED_PATH / "tokenizer.json"))
    except Exception as error:  # the library raises plain Exception
        raise ModelError(
            "the tokenizer of {reference} cannot be read ({reason}): fetch the model again",
            reference=SHIPPED_TOKENIZER,
            reason=str(error),
        ) from error
    return SubwordTokenizer(tokenizer)
