from __future__ import annotations

import random
from pathlib import Path

import pytest

from moliere_core.corpus import EMBEDDED, load_corpus
from moliere_core.errors import ModelError
from moliere_core.text import tokenisation
from moliere_core.text.normalise import normalise
from moliere_core.text.tokenisation import (
    SubwordTokenizer,
    Token,
    byte_letters,
    char_counts,
    load_tokenizer,
    prune,
    segments,
    token_bytes,
    utf8_bytes,
)
from moliere_core.text.vocabulary import Vocabulary

TEXTS = [
    "",
    "Ah ! Çà, monsieur, l'œil à demi fermé...",
    "\n\n  deux espaces  \n\nfin ",
    "Emoji 🎭, 漢字 et fin\u0000de\ttexte",
    "<|endoftext|>",
    "naïve cœur \u200d\U0001f469",
]


@pytest.fixture(scope="module")
def tokenizer() -> SubwordTokenizer:
    return load_tokenizer()


# The alphabet


def test_counts_are_in_order() -> None:
    assert list(char_counts("babccca\n").items()) == [("c", 3), ("a", 2), ("b", 2), ("\n", 1)]


@pytest.mark.parametrize("least", [1, 2, 3, 50, 10_000_000])
def test_pruning_is_the_vocabulary_of_training(least: int) -> None:
    text = load_corpus(EMBEDDED).text()
    pruning = prune(char_counts(text), least)
    assert pruning.vocabulary == Vocabulary.from_text(text, least)
    unknown = int((pruning.vocabulary.encode(text) == 0).sum())
    assert pruning.unknown_chars == unknown
    assert pruning.unknown_share == pytest.approx(unknown / len(text))
    assert len(pruning.removed) + len(pruning.vocabulary.chars) == len(set(text))


def test_pruning_nothing() -> None:
    assert prune({}, 1).unknown_share == 0


# Bytes


def test_the_bytes_of_e_acute() -> None:
    first, second = utf8_bytes("é")
    assert (first.value, first.marker, first.payload, first.letter) == (0xC3, "110", "00011", "Ã")
    assert (second.value, second.marker, second.payload) == (0xA9, "10", "101001")
    assert second.letter == "©"


@pytest.mark.parametrize("char", ["a", "\n", "é", "œ", "€", "漢", "🎭", "\u07ff", "\u0800"])
def test_the_payloads_make_up_the_code_point(char: str) -> None:
    found = utf8_bytes(char)
    assert bytes(b.value for b in found) == char.encode()
    assert int("".join(b.payload for b in found), 2) == ord(char)
    assert all(b.marker == "10" for b in found[1:])
    assert found[0].marker == ("0" if len(found) == 1 else "1" * len(found) + "0")


def test_a_lone_surrogate_is_the_replacement_character() -> None:
    assert [b.value for b in utf8_bytes("\ud800")] == list("\ufffd".encode())


def test_every_byte_has_its_own_letter() -> None:
    letters = byte_letters()
    assert len(set(letters)) == 256
    assert (letters[32], letters[10], letters[65]) == ("Ġ", "Ċ", "A")
    assert [token_bytes(letter) for letter in letters] == [bytes([i]) for i in range(256)]
    pre_tokenizers = pytest.importorskip("tokenizers").pre_tokenizers
    assert set(letters) == set(pre_tokenizers.ByteLevel.alphabet())


# Tokens


def test_the_shipped_tokenizer(tokenizer: SubwordTokenizer) -> None:
    assert tokenizer.vocab_size == 2048
    assert len(tokenizer.merges) == 2048 - 256 - 1
    assert [p.data for p in tokenizer.pieces("Vous êtes, Madame")] == [
        b"Vous",
        " êtes".encode(),
        b",",
        b" Madame",
    ]


@pytest.mark.parametrize("text", [*TEXTS, "a\ud800b"])
def test_nothing_is_lost_on_the_way(tokenizer: SubwordTokenizer, text: str) -> None:
    pieces = tokenizer.pieces(text)
    whole = text.replace("\ud800", "\ufffd")
    assert b"".join(p.data for p in pieces).decode() == whole
    assert "".join(s.text for s in segments(pieces)) == whole
    assert [p for s in segments(pieces) for p in s.pieces] == pieces
    assert tokenizer.count([text]) == len(pieces)


def test_a_typed_special_token_is_text(tokenizer: SubwordTokenizer) -> None:
    assert 0 not in [p.id for p in tokenizer.pieces("<|endoftext|>")]


def test_a_character_that_two_tokens_share(tokenizer: SubwordTokenizer) -> None:
    [segment] = segments(tokenizer.pieces("漢"))
    assert segment.text == "漢"
    assert [p.data for p in segment.pieces] == [bytes([b]) for b in "漢".encode()]


def test_bytes_that_are_no_text() -> None:
    [segment] = segments([Token(5, b"\xc3")])
    assert segment.text == "\ufffd"


@pytest.mark.parametrize("text", TEXTS)
def test_with_all_merges_it_is_the_library(tokenizer: SubwordTokenizer, text: str) -> None:
    assert tokenizer.pieces_after(text, len(tokenizer.merges)) == tokenizer.pieces(text)
    assert [p.data for p in tokenizer.pieces_after(text, 0)] == [bytes([b]) for b in text.encode()]


def test_with_all_merges_on_the_embedded_plays(tokenizer: SubwordTokenizer) -> None:
    cues = load_corpus(EMBEDDED).frame["cue"].tolist()
    text = "\n".join(random.Random(1).sample(cues, 60))
    assert tokenizer.pieces_after(text, len(tokenizer.merges)) == tokenizer.pieces(text)


def test_each_merge_can_only_shorten(tokenizer: SubwordTokenizer) -> None:
    text = normalise("Mon frère, s'il vous plaît, ne discourons point tant,")
    lengths = [len(tokenizer.pieces_after(text, merges)) for merges in range(0, 1792, 64)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] == len(text.encode())
    assert lengths[-1] < len(text) / 2


def test_what_was_learned_first(tokenizer: SubwordTokenizer) -> None:
    left, right = tokenizer.merges[0]
    assert tokenizer.learned[0] == token_bytes(left) + token_bytes(right)
    assert "é".encode() in tokenizer.learned


def test_a_damaged_file_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenisation, "SHIPPED_PATH", tmp_path)
    for content in ("", "{}"):
        (tmp_path / "tokenizer.json").write_text(content)
        with pytest.raises(ModelError, match="the tokenizer of mini-gpt cannot be read"):
            load_tokenizer()
