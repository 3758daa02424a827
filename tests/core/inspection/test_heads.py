"""Where heads look: the trace beside the engine and transformers, names on texts made by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moliere_core.assets import ASSETS
from moliere_core.config import ModelConfig
from moliere_core.errors import ModelError
from moliere_core.inspection import heads as named
from moliere_core.inspection.heads import (
    EVERYWHERE,
    PATTERNS,
    HeadTable,
    Measured,
    load_heads,
    name_character_heads,
    name_heads,
    name_of,
    passages,
    save_heads,
)
from moliere_core.inspection.transformer_trace import MOST_TOKENS, read, weights_digest
from moliere_core.models.networks import TransformerModel
from moliere_core.networks.arrays import Array
from moliere_core.networks.transformer import TransformerConfig, TransformerNetwork
from moliere_core.networks.window import WindowedTransformer
from moliere_core.pretrained.weights import read_weights
from tests.core.inspection.transformers import IDS, KINDS, TIME, VOCAB, small
from tests.gpts import looking_back, random_gpt2, write_gpt2
from tests.networks import LETTERS as LETTERS_OF_RUNS
from tools import name_heads as name_heads_tool

ROOT = Path(__file__).parents[3]

LETTERS = [*"\n .", *(chr(ord("a") + i) for i in range(VOCAB - 3))]


@pytest.mark.parametrize("settings", KINDS, ids=str)
def test_a_trace_is_what_the_engine_computes(settings: dict[str, Any]) -> None:
    network = small(**settings)
    seen = read(network, IDS)
    watched: list[Array] = []
    stream, _ = network.run(IDS[None], watched=watched)
    np.testing.assert_allclose(network.norm(seen.stream[-1]), stream[0], atol=1e-6)
    np.testing.assert_allclose(seen.logits, network.logits(stream)[0], atol=1e-5)
    for found, expected in zip(seen.weights, watched, strict=True):
        np.testing.assert_allclose(found, expected[0], atol=1e-6)
    for block, before, middle, after in zip(
        network.blocks, seen.stream, seen.middle, seen.stream[1:], strict=False
    ):
        moved = block.attend(block.norm_1(before[None]), None)[0][0]
        np.testing.assert_allclose(before + moved, middle, atol=1e-5)
        np.testing.assert_allclose(middle + block.think(middle[None])[0], after, atol=1e-5)


def test_the_beginning_of_a_trace_is_the_trace_of_the_beginning() -> None:
    network = small()
    cut, short = read(network, IDS).first(5), read(network, IDS[:5])
    for name in ("ids", "stream", "middle", "weights", "logits"):
        np.testing.assert_allclose(getattr(cut, name), getattr(short, name), atol=1e-5, rtol=1e-5)


def test_streams_and_heads_are_those_of_transformers(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    folder = write_gpt2(tmp_path / "tiny")
    theirs = transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    config = TransformerConfig.of(json.loads((folder / "config.json").read_text("utf-8")))
    assert config is not None
    seen = read(TransformerNetwork(read_weights(folder, "tiny"), config), IDS)
    with torch.inference_mode():
        output = theirs(torch.tensor(IDS[None]), output_attentions=True, output_hidden_states=True)
    for found, expected in zip(seen.weights, output.attentions, strict=True):
        np.testing.assert_allclose(found, expected[0].numpy(), atol=1e-4)
    # The last of theirs has gone through the last norm.
    for found, expected in zip(seen.stream[:-1], output.hidden_states[:-1], strict=True):
        np.testing.assert_allclose(found, expected[0].numpy(), atol=1e-4)
    np.testing.assert_allclose(seen.logits, output.logits[0].numpy(), atol=1e-4)


@pytest.mark.parametrize("count", [0, 65])
def test_a_text_has_a_length_that_can_be_looked_at(count: int) -> None:
    with pytest.raises(ModelError, match=f"{count} tokens cannot be looked at, but from 1 to 64"):
        read(small(), [1] * count)


def test_what_heads_look_at_is_bounded() -> None:
    config = TransformerConfig(2)
    network = TransformerNetwork(random_gpt2(VOCAB, n_positions=MOST_TOKENS + 9), config)
    with pytest.raises(ModelError, match=f"from 1 to {MOST_TOKENS}"):
        read(network, [1] * (MOST_TOKENS + 1))


def test_another_network_has_another_digest() -> None:
    assert weights_digest(small()) == weights_digest(small())
    assert weights_digest(small()) != weights_digest(small(1.001))


# Places


def looks(pattern: str, symbols: list[str]) -> dict[int, list[int]]:
    """Where each place looks, those that look anywhere."""
    found = PATTERNS[pattern](symbols)
    assert found.shape == (len(symbols),) * 2
    assert not np.triu(found, 1).any()  # nobody looks ahead
    return {q: np.flatnonzero(row).tolist() for q, row in enumerate(found) if row.any()}


def test_simple_places() -> None:
    letters = list("abcd")
    assert looks("itself", letters) == {q: [q] for q in range(4)}
    assert looks("previous", letters) == {1: [0], 2: [1], 3: [2]}
    assert looks("first", letters) == {2: [0], 3: [0]}
    assert looks("nearby", list("abcdefghijkl"))[11] == [3, 4, 5, 6, 7, 8, 9]
    assert looks("nearby", letters) == {2: [0], 3: [0, 1]}


def test_the_beginning_of_a_word_is_its_first_letter_and_the_gap_before() -> None:
    #                                 0123456789
    assert looks("word_start", list("\nle chat, ô")) == {
        5: [3],  # "h": the gap, the "c" is right before
        6: [3, 4],
        7: [3, 4],
    }
    assert looks("word_start", ["\n", " Mon", "si", "eur", " a"]) == {3: [1]}
    assert looks("word_start", list("\nl'ami.")) == {4: [2], 5: [2, 3]}  # the apostrophe is the gap
    assert looks("word_start", ["\n", "t", "\ufffd", "\ufffd", "t", "e"]) == {
        3: [1],
        4: [1],
        5: [1],
    }


def test_the_beginning_of_a_line_is_unknown_in_the_first() -> None:
    assert looks("line_start", list("ab\ncd\n\ne")) == {
        4: [2],
        5: [2, 3],  # the break ends the line; what is right before is another name's
    }
    assert looks("line_start", ["x", ".\n", "Ah", " !", "\n"]) == {3: [1], 4: [1, 2]}


def test_the_same_symbol_and_what_followed_it() -> None:
    assert looks("same_before", list("xabcab")) == {4: [1], 5: [2]}
    assert looks("after_same", list("xabcab")) == {4: [2], 5: [3]}
    # Neither the first place, nor the one before, nor itself: those are other names'.
    assert looks("same_before", list("aaaa")) == {3: [1]}
    assert looks("after_same", list("aaaa")) == {3: [1]}


# Names


def test_shares_are_the_mean_of_what_each_head_gives() -> None:
    network = small()
    rng = np.random.default_rng(0)
    texts = [rng.integers(0, VOCAB, TIME).tolist() for _ in range(6)]
    table = name_heads(network, texts, texts[:2], LETTERS, "random")
    assert (table.found_on, table.checked_on) == (6 * TIME, 2 * TIME)
    for head in table.heads:
        for name, pattern in PATTERNS.items():
            shares, even = [], []
            for ids in texts:
                weights = read(network, ids).weights[head.layer, head.head].astype(float)
                for q, places in enumerate(pattern([LETTERS[i] for i in ids])):
                    if places.any():
                        shares.append(sum(weights[q, k] for k in range(TIME) if places[k]))
                        even.append(places.sum() / (q + 1))
            assert head.found[name].share == pytest.approx(np.mean(shares), abs=1e-4)
            assert head.found[name].chance == pytest.approx(np.mean(even), abs=1e-4)
        spread = []
        for ids in texts:
            for q, row in enumerate(
                read(network, ids).weights[head.layer, head.head].astype(float)
            ):
                entropy = -sum(w * math.log(w) for w in row if w > 0)
                spread.append(math.exp(entropy) / (q + 1))
        assert head.spread == pytest.approx(np.mean(spread), abs=1e-3)


def test_heads_built_to_look_somewhere_are_named_for_it() -> None:
    weights = looking_back(VOCAB)
    network = TransformerNetwork(weights, TransformerConfig(2))
    rng = np.random.default_rng(0)
    texts = [rng.integers(0, VOCAB, network.context_length).tolist() for _ in range(4)]
    table = name_heads(network, texts[:2], texts[2:], LETTERS, "built")
    assert [head.name for head in table.heads] == ["previous", "first"]
    assert table.named("first") == [table.head(0, 1)]
    assert table.head(0, 0).checked["previous"].share > 0.9
    weights["h.0.attn.c_attn.weight"][:] = 0
    flat = name_heads(
        TransformerNetwork(weights, TransformerConfig(2)), texts[:2], texts[2:], LETTERS, "flat"
    )
    assert [head.name for head in flat.named(EVERYWHERE)] == [EVERYWHERE] * 2
    assert flat.head(0, 0).spread == pytest.approx(1, abs=1e-3)
    with pytest.raises(KeyError):
        table.head(1, 0)


def test_a_network_of_characters_is_read_over_two_texts() -> None:
    config = ModelConfig(cell="transformer", units=16, layers=2, heads=2, context=16)
    weights = random_gpt2(len(LETTERS_OF_RUNS), n_positions=16)
    network = WindowedTransformer(weights, config)
    model = TransformerModel("tiny", network, LETTERS_OF_RUNS)
    find, check = (passages(text, 4, 16) for text in ("la cassette\n" * 20, "le malade\n" * 6))
    table = name_character_heads(model, find, check, "made up", ["Le Malade"])
    assert (table.found_on, table.checked_on, table.corpus) == (64, 48, "made up")
    assert table.plays == ("Le Malade",)
    symbols = ["\ufffd", *LETTERS_OF_RUNS.chars]
    found, again = (
        [LETTERS_OF_RUNS.encode(text).tolist() for text in texts] for texts in (find, check)
    )
    expected = name_heads(network.transformer, found, again, symbols, "made up", ["Le Malade"])
    assert table == expected


def measured(**shares: float) -> dict[str, Measured]:
    return {name: Measured(shares.get(name, 0.02), 0.02) for name in PATTERNS}


def test_a_name_is_earned_above_chance_ahead_of_the_next_and_twice() -> None:
    clear = measured(previous=0.5)
    assert name_of(clear, clear) == "previous"
    assert name_of(clear, measured(previous=0.05)) == ""  # luck
    assert name_of(measured(previous=0.5, itself=0.4), clear) == ""  # either of two
    weak = measured(previous=0.1)
    assert name_of(weak, weak) == ""
    crowded = {**measured(), "nearby": Measured(0.5, 0.3)}  # near is most of a short text
    assert name_of(crowded, crowded) == ""
    begins = {**measured(word_start=0.6), "nearby": Measured(0.5, 0.1)}  # of a word: mostly near
    assert name_of(begins, begins) == "word_start"


def test_skill_runs_from_an_even_look_to_certainty() -> None:
    assert Measured(0.2, 0.2).skill == 0
    assert Measured(1.0, 0.2).skill == 1
    assert Measured(0.1, 0.2).skill < 0
    assert Measured(0.6, 0.2).lift == pytest.approx(3)
    assert Measured(0.0, 0.0).lift == 0


def test_a_table_is_kept(tmp_path: Path) -> None:
    texts = [IDS.tolist()]
    told: list[float] = []
    table = name_heads(small(), texts, texts, LETTERS, "random", progress=told.append)
    assert told[-1] == 1
    assert load_heads(tmp_path) is None
    save_heads(tmp_path, table)
    assert load_heads(tmp_path) == table
    assert HeadTable.from_json(json.loads(json.dumps(table.to_json()))) == table


def without_a_head(table: dict[str, Any]) -> None:
    table["heads"] = [head for head in table["heads"] if head["layer"] or head["head"]]


def with_too_much(table: dict[str, Any]) -> None:
    table["heads"][0]["checked"]["first"]["share"] = 1.5


def with_nothing_that_is_a_number(table: dict[str, Any]) -> None:
    table["heads"][0]["found"]["first"]["chance"] = math.nan


def with_another_name(table: dict[str, Any]) -> None:
    table["heads"][0]["name"] = "clever"


def without_plays(table: dict[str, Any]) -> None:
    del table["plays"]


def without_heads(table: dict[str, Any]) -> None:
    table["heads"] = []


@pytest.mark.parametrize(
    "damage",
    [
        without_a_head,
        with_too_much,
        with_nothing_that_is_a_number,
        with_another_name,
        without_plays,
        without_heads,
    ],
)
def test_a_table_that_says_what_cannot_be_is_damaged(tmp_path: Path, damage: Any) -> None:
    texts = [IDS.tolist()]
    table = name_heads(small(), texts, texts, LETTERS, "random").to_json()
    damage(table)
    (tmp_path / named.HEADS).write_text(json.dumps(table))
    with pytest.raises(ModelError, match="delete it, and it will be computed again"):
        load_heads(tmp_path)


def test_passages_are_spread_and_apart() -> None:
    letters = "".join(map(chr, range(100)))
    assert [ord(found[0]) for found in passages(letters, 3, 10)] == [0, 45, 90]
    assert len(passages(letters[:25], 9, 10)) == 2
    with pytest.raises(ModelError, match="give at least 200"):
        passages(letters, 3, 200)
    with pytest.raises(ModelError, match="cannot be looked at"):
        name_heads(small(), [[1] * (MOST_TOKENS + 1)], [], LETTERS, "long")


def test_the_documents_tell_what_was_measured_of_the_shipped_heads() -> None:
    told = (ROOT / "docs" / "training.md").read_text("utf-8")
    for name in name_heads_tool.NAMES:
        table = load_heads(ASSETS / name)
        assert table is not None
        for row in name_heads_tool.rows(name, table):
            assert row in told


def test_the_shipped_heads_are_those_of_the_shipped_weights() -> None:
    config = TransformerConfig.of(json.loads((ASSETS / "mini-gpt" / "config.json").read_text()))
    assert config is not None
    network = TransformerNetwork(read_weights(ASSETS / "mini-gpt", "mini-gpt"), config)
    table = load_heads(ASSETS / "mini-gpt")
    assert table is not None
    assert table.weights == weights_digest(network)
    assert len(table.heads) == len(network.blocks) * config.heads
    for head in table.heads:
        if head.name in PATTERNS:
            assert head.name == name_of(head.found, head.checked)
