"""Tokenizers of every kind: their bytes, and the beam over them against what is true."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moliere_core.assets import ASSETS
from moliere_core.errors import ModelError
from moliere_core.pretrained.beam import CharacterBeam
from moliere_core.pretrained.tokenizer import Tokenizer
from tests.tokenizers_made import END, KINDS, SENTENCES

NOWHERE = Path("no such folder")


@cache
def made(kind: str) -> Tokenizer:
    return Tokenizer("hf:x", KINDS[kind](), NOWHERE)


class RandomModel:
    """Probabilities drawn at random for each context, the same every time."""

    def __init__(self, tokenizer: Tokenizer, spice: int = 0) -> None:
        self.vocabulary, self.begin = tokenizer.vocabulary, tokenizer.begin
        self.context, self.spice = 1000, spice
        self.encode, self.anchor = tokenizer.encode, tokenizer.anchor
        self.rows: dict[tuple[int, ...], np.ndarray] = {}

    def probs(self, contexts: Sequence[tuple[int, ...]], last: int = 1) -> list[np.ndarray]:
        sizes = range(last)[::-1]
        return [np.array([self.row(c[: len(c) - i]) for i in sizes]) for c in contexts]

    def row(self, context: tuple[int, ...]) -> np.ndarray:
        """Those of what can be written after a context, or end it, sum to 1."""
        if context not in self.rows:
            rng = np.random.default_rng(zlib.crc32(repr((self.spice, context[-3:])).encode()))
            row = rng.dirichlet(np.full(len(self.vocabulary), 0.1))
            possible = np.array([bool(token) for token in self.vocabulary.tokens])
            possible[self.vocabulary.ends] = True
            self.rows[context] = row * possible / row[possible].sum()
        return self.rows[context]


class WritingModel(RandomModel):
    """Writes one of some texts, drawn by their weights, in the tokens that are canonical."""

    def __init__(self, tokenizer: Tokenizer, texts: dict[str, float]) -> None:
        super().__init__(tokenizer)
        [end] = self.vocabulary.ends
        self.rows = {}
        for text, weight in texts.items():
            ids = [*self.begin, *self.encode(text), int(end)]
            for size in range(len(self.begin), len(ids)):
                row = self.rows.setdefault(tuple(ids[:size]), np.zeros(len(self.vocabulary)))
                row[ids[size]] += weight

    def row(self, context: tuple[int, ...]) -> np.ndarray:
        found = self.rows.get(context)
        return np.zeros(len(self.vocabulary)) if found is None else found / found.sum()


def mass(model: RandomModel, text: bytes, context: tuple[int, ...]) -> float:
    """P(text) by recursion over all sequences of tokens whose bytes begin with it."""
    if not text:
        return 1.0
    probs, total = model.row(context), 0.0
    for token, data in enumerate(model.vocabulary.tokens):
        if data and data.startswith(text):
            total += probs[token]
        elif data and text.startswith(data):
            total += probs[token] * mass(model, text[len(data) :], (*context, token))
    return total


def exact(model: RandomModel, anchored: bool, resolve: float) -> CharacterBeam:
    return CharacterBeam(model, width=10**9, prune=0, resolve=resolve, anchored=anchored)


@pytest.mark.parametrize("kind", KINDS)
def test_tokens_spell_the_text(kind: str) -> None:
    tokenizer = made(kind)
    for text in (*SENTENCES, "  deux", "\n\n\nfin \n", f"vi{END}la"):
        if kind.startswith(("unigram", "letters")) and END in text:
            continue  # no tokens for < and >
        ids = tokenizer.encode(text)
        assert b"".join(tokenizer.token_bytes[i] or b"?" for i in ids).decode() == text
    assert tokenizer.ends == {KINDS[kind]().token_to_id(END)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", "voi", "à !"])
def test_the_beam_is_the_sum_over_all_sequences_of_tokens(kind: str, text: str) -> None:
    model = RandomModel(made(kind), spice=len(text))
    found = exact(model, anchored=False, resolve=0.02).characters(text)
    whole = mass(model, text.encode(), model.begin)
    for char in {*"aiv '2\n", *found.probs} - {chr(i) for i in range(128)} | {*"aiv '2\n"}:
        expected = mass(model, (text + char).encode(), model.begin) / whole
        assert found.probs[char] == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert sum(found.probs.values()) + found.end + found.unresolved == pytest.approx(1, abs=1e-9)


ENDINGS = (
    *("", " ", "  ", "\n", "\n\n", " \n", "'", "!", " !", " ! ", "-", ",", ".\n", "..."),
    *("1", "12", "123", "1234", " 1", "a", "à", "e", "i", "l", "s", "le", "là", "la ", "lier"),
    *(" v", " vo", "  vo", "ois", "ois-tu", "\nvo", "\n\nv", "' v", "'h", "t", "est"),
)


def spells(tokenizer: Tokenizer, text: str) -> bool:
    """Whether it has tokens for every character: without bytes, some have none for a 4."""
    ids = tokenizer.encode(text)
    return b"".join(tokenizer.token_bytes[i] or b"" for i in ids) == text.encode()


def expected_after(texts: dict[str, float], prompt: str) -> dict[str, float]:
    """What follows a prompt in some texts: characters, and "" for the end."""
    found: dict[str, float] = {}
    for text, weight in texts.items():
        if text.startswith(prompt):
            char = text[len(prompt) :][:1]
            found[char] = found.get(char, 0.0) + weight
    total = sum(found.values())
    return {char: weight / total for char, weight in found.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_the_anchored_beam_is_exact_where_tokens_are_canonical(kind: str) -> None:
    tokenizer = made(kind)
    rng = random.Random(1)
    for sentence in SENTENCES:
        for cut in sorted(rng.sample(range(len(sentence)), 6)):
            begun = [sentence[:cut] + e for e in ENDINGS if spells(tokenizer, sentence[:cut] + e)]
            texts = {text: 1.0 + len(text) % 3 for text in begun}
            model = WritingModel(tokenizer, texts)
            for prompt in {begun[0], *rng.sample(begun, 4)}:
                found = exact(model, anchored=True, resolve=1e-9).characters(prompt)
                got = {char: prob for char, prob in found.probs.items() if prob > 1e-12}
                if found.end > 1e-12:
                    got[""] = found.end
                place = prompt[tokenizer.anchor(prompt)[0] :]
                assert got == pytest.approx(expected_after(texts, prompt)), (prompt, place)


# Files

SHIPPED: dict[str, Any] = json.loads((ASSETS / "mini-gpt" / "tokenizer.json").read_text())
MODEL = SHIPPED["model"]
MERGES = "\n".join(["#version: 0.2", *(" ".join(pair) for pair in MODEL["merges"])])


def folder_of(tmp_path: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        data = content if isinstance(content, (bytes, str)) else json.dumps(content)
        (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return tmp_path


def test_two_files_are_the_tokenizer_of_one(tmp_path: Path) -> None:
    whole = Tokenizer.read("mini-gpt", ASSETS / "mini-gpt")
    files = {
        "vocab.json": MODEL["vocab"],
        "merges.txt": MERGES,
        "special_tokens_map.json": {"eos_token": {"content": "<|endoftext|>"}},
        "added_tokens.json": {"<pad>": 2048},
    }
    found = Tokenizer.read("hf:x", folder_of(tmp_path, files), rows=2048)
    for text in (*SENTENCES, "a<|endoftext|>b<pad>c"):
        assert found.encode(text) == whole.encode(text)
    assert (found.begin, found.ends, found.size) == (whole.begin, frozenset({0}), 2048)
    assert found.token_bytes == whole.token_bytes
    assert found.anchor("Mon frère, ") == whole.anchor("Mon frère, ") == (10, 10)


@pytest.mark.parametrize("said", [True, False, None])
def test_what_stands_before_a_text(said: bool | None, tmp_path: Path) -> None:
    document = json.loads(KINDS["as Llama 2"]().to_str())
    config = {"bos_token": END} | ({} if said is None else {"add_bos_token": said})
    files = {"tokenizer.json": document, "tokenizer_config.json": config}
    found = Tokenizer.read("hf:x", folder_of(tmp_path, files))
    marks = [i for i in found.begin if found.token_bytes[i] is None]
    assert marks == ([] if said is False else [0])
    assert found.vocabulary.decode(found.begin) == " \n"
    assert found.vocabulary.decode(found.encode("vi")) == "vi"  # no space is added


def changed(**changes: Any) -> dict[str, Any]:
    return {"tokenizer.json": SHIPPED | {"model": MODEL | changes}}


DAMAGED: dict[str, dict[str, Any]] = {
    "cut short": {"tokenizer.json": json.dumps(SHIPPED)[:9999]},
    "empty": {"tokenizer.json": ""},
    "no object": {"tokenizer.json": "[]"},
    "no text": {"tokenizer.json": b"\xff\xfe\x00"},
    "a negative number": changed(vocab=MODEL["vocab"] | {"a": -1}),
    "a number twice": changed(vocab=MODEL["vocab"] | {"a": 5}),
    "a huge number": changed(vocab=MODEL["vocab"] | {"zzz": 4_000_000_000}),
    "a word for a number": changed(vocab=MODEL["vocab"] | {"a": "1"}),
    "no vocabulary": {"tokenizer.json": {"model": {"type": "BPE", "merges": []}}},
    "an unknown merge": changed(merges=[["qqq", "zzz"]]),
    "a merge of one": changed(merges=[["a"]]),
    "merges of another kind": changed(merges=5),
    "no merges": changed(merges=[]),
    "two files, no merges": {"vocab.json": MODEL["vocab"], "merges.txt": "#version: 0.2"},
    "one of two files": {"vocab.json": MODEL["vocab"]},
    "two files, an unknown merge": {"vocab.json": MODEL["vocab"], "merges.txt": "qq zz"},
    "two files, no text": {"vocab.json": MODEL["vocab"], "merges.txt": b"\xff\xfe"},
    "two files, a list": {"vocab.json": [], "merges.txt": MERGES},
    "a cut configuration": changed() | {"tokenizer_config.json": '{"eos'},
    "an end that is a word": changed() | {"config.json": {"eos_token_id": "x"}},
    "an end that is a list of lists": changed()
    | {"generation_config.json": {"eos_token_id": [[1]]}},
    "special tokens of another kind": changed()
    | {"tokenizer_config.json": {"added_tokens_decoder": 5}},
    "nothing": {},
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_damaged_files_are_one_sentence(kind: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="the tokenizer of hf:x cannot be read") as caught:
        Tokenizer.read("hf:x", folder_of(tmp_path, DAMAGED[kind]))
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of a process as Linux keeps them")
@pytest.mark.parametrize("rows", [None, 2048])
@pytest.mark.parametrize("name", ["tokenizer.json", "vocab.json"])
def test_a_number_beyond_all_takes_no_memory(name: str, rows: int | None, tmp_path: Path) -> None:
    vocab = MODEL["vocab"] | {"zzz": 4_000_000_000}
    parts = {"vocab.json": vocab, "merges.txt": MERGES}
    folder_of(tmp_path, changed(vocab=vocab) if name == "tokenizer.json" else parts)
    read = (
        "import sys; from pathlib import Path; "
        "from moliere_core.system.processes import limit_memory; "
        "from moliere_core.pretrained.tokenizer import Tokenizer; limit_memory(2_000); "
        f"Tokenizer.read('hf:x', Path(sys.argv[1]), {rows})"
    )
    done = subprocess.run(
        [sys.executable, "-c", read, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert "the number of a token is beyond all that models have" in done.stderr.splitlines()[-1]


def test_merges_left_out_at_random_are_for_training(tmp_path: Path) -> None:
    found = Tokenizer.read("hf:x", folder_of(tmp_path, changed(dropout=0.9)))
    whole = Tokenizer.read("mini-gpt", ASSETS / "mini-gpt")
    assert [found.encode(text) for text in SENTENCES] == [whole.encode(text) for text in SENTENCES]


def test_words_in_pieces_are_no_bytes(tmp_path: Path) -> None:
    model = {
        "type": "WordPiece",
        "vocab": {"a": 0, "[UNK]": 1},
        "unk_token": "[UNK]",
        "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100,
    }
    with pytest.raises(ModelError, match="does not spell with bytes: choose another"):
        Tokenizer.read("hf:x", folder_of(tmp_path, {"tokenizer.json": {"model": model}}))


def test_weights_of_fewer_tokens(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="a tokenizer of 2048 tokens and weights for 2000"):
        Tokenizer.read("hf:x", folder_of(tmp_path, changed()), rows=2000)


def test_special_tokens_that_a_configuration_tells_by_their_numbers_alone(tmp_path: Path) -> None:
    files = {
        "vocab.json": MODEL["vocab"],
        "merges.txt": MERGES,
        "config.json": {"bos_token_id": None, "eos_token_id": 0},
    }
    found = Tokenizer.read("hf:x", folder_of(tmp_path, files))
    assert (found.ends, found.token_bytes[0]) == (frozenset({0}), None)
    assert 0 not in found.vocabulary.order  # or its share would be a "<" and an end at once


def test_a_line_break_that_ends_an_answer_is_text(tmp_path: Path) -> None:
    newline = MODEL["vocab"]["Ċ"]
    files = changed() | {"generation_config.json": {"eos_token_id": [0, newline]}}
    found = Tokenizer.read("hf:x", folder_of(tmp_path, files))
    assert (found.ends, found.token_bytes[newline]) == (frozenset({0}), b"\n")


def test_a_token_that_pads_and_that_texts_have_is_text(tmp_path: Path) -> None:
    files = changed() | {"tokenizer_config.json": {"pad_token": "!", "eos_token": "<|endoftext|>"}}
    found = Tokenizer.read("hf:x", folder_of(tmp_path, files))
    assert found.token_bytes[found.encode("!")[0]] == b"!"
    assert found.token_bytes[0] is None
