"""What a GPT answers of its inside: as `inspection` finds it, by its tokens, through JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moliere_core.errors import ModelError
from moliere_core.inspection import logit_lens
from moliere_core.inspection.attention_step import AttentionStep, NormStep, spell_out
from moliere_core.inspection.contrast import contrast
from moliere_core.inspection.logit_lens import LayerGuesses, NextByLayer
from moliere_core.inspection.transformer_trace import read
from moliere_core.inspection.vectors import TokenVectors, neighbours, principal_plane
from moliere_core.pretrained import operations, results
from moliere_core.pretrained.language import LanguageModel
from moliere_core.pretrained.operations import opened
from moliere_core.pretrained.packing import pack_attention, packed, unpack_attention, unpacked
from moliere_core.pretrained.results import Inside
from moliere_core.pretrained.tokens import token_texts
from tests.gpts import TEXT, write_gpt2

SHORT = TEXT[:30]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    return opened("hf:tiny", write_gpt2(tmp_path_factory.mktemp("gpt") / "tiny"))


def asked(operation: Any, model: LanguageModel, make: Any, **request: Any) -> Inside[Any]:
    """What a page has of an operation: its last event, gone through a line of JSON."""
    *_, done = operation(model, request)
    assert done["event"] == "done"
    return Inside.of(json.loads(json.dumps(done)), make)


def same(found: Any, expected: Any) -> None:
    """Two dataclasses of arrays and numbers."""
    for name, value in vars(expected).items():
        if isinstance(value, NormStep):
            same(getattr(found, name), value)
        else:
            np.testing.assert_allclose(getattr(found, name), value, atol=1e-6, err_msg=name)


def test_a_step_arrives_whole(model: LanguageModel) -> None:
    where = {"position": 3, "layer": 1, "head": 0}
    step = asked(operations.attention_step, model, results.attention_step, text=SHORT, **where)
    ids = model.read(SHORT)
    assert "".join(step.tokens) == "\n" + SHORT
    assert len(step.tokens) == len(ids)
    assert isinstance(step.found, AttentionStep)
    same(step.found, spell_out(model.transformer, read(model.transformer, ids), **where))
    assert step.found.scores[4] == -np.inf


def test_what_each_layer_says_names_its_tokens(model: LanguageModel) -> None:
    found = asked(operations.guesses, model, LayerGuesses, text=SHORT, position=2, count=4)
    seen = read(model.transformer, model.read(SHORT))
    silent = [i for i, t in enumerate(model.vocabulary.tokens) if not t]
    silent = [i for i in silent if i not in model.vocabulary.ends]
    same(found.found, logit_lens.guesses(model.transformer, seen, 2, 4, silent))
    assert found.found is not None
    for symbol in found.found.symbols.ravel().tolist():
        assert found.others[symbol] == model.vocabulary.decode([symbol])
    along = asked(operations.next_by_layer, model, NextByLayer, text=SHORT)
    same(along.found, logit_lens.next_by_layer(model.transformer, seen, silent))


def test_a_contrast_cuts_all_as_one_text(model: LanguageModel) -> None:
    found = asked(
        operations.contrasted, model, results.contrast, context="Mon frère", ends=[" a", ", a"]
    )
    context = model.read("Mon frère")
    right, wrong = (model.read("Mon frère" + end)[len(context) :] for end in (" a", ", a"))
    space = model.vocabulary.tokens.index(b" ")
    same(found.found, contrast(model.transformer, context, right, wrong, space, never=()))
    assert found.tokens == tuple(token_texts(model.vocabulary, context))


def test_vectors_are_those_of_the_text_s_tokens(model: LanguageModel) -> None:
    found = asked(operations.vectors, model, TokenVectors, text="Mon Mon", count=3)
    near = found.found
    assert near is not None
    assert near.symbols.tolist() == list(dict.fromkeys(model.read("Mon Mon")))
    assert near.neighbours.shape == near.cosines.shape == (len(near.symbols), 3)
    table = model.transformer.tokens
    for symbol, others, cosines in zip(near.symbols, near.neighbours, near.cosines, strict=True):
        expected = neighbours(table, int(symbol), 3, never=())
        assert others.tolist() == [i for i, _ in expected]
        assert cosines.tolist() == pytest.approx([c for _, c in expected])
        assert {int(symbol), *others.tolist()} <= set(found.others)
    expected_positions = principal_plane(model.transformer.positions).points
    np.testing.assert_allclose(near.positions, expected_positions, atol=1e-6)


def test_the_last_text_is_traced_once(model: LanguageModel) -> None:
    assert model.trace(SHORT) is model.trace(SHORT)
    assert model.trace("Mon").ids.tolist() == model.read("Mon")


def test_too_much_to_look_into_is_one_sentence(tmp_path: Path) -> None:
    model = opened("hf:long", write_gpt2(tmp_path / "long", n_positions=600))
    long = "a " * 300
    with pytest.raises(ModelError, match="cannot be looked at, but from 1 to 256"):
        list(operations.attention(model, {"text": long}))
    with pytest.raises(ModelError, match="cannot be looked at, but from 1 to 256"):
        model.trace(long)


def test_what_torch_runs_is_not_opened(model: LanguageModel) -> None:
    class Other:
        vocab_size = len(model.vocabulary)
        context_length = parameters = 0

    other = LanguageModel("hf:other", Other(), model.tokenizer)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="whose inside is not shown: choose a GPT-2"):
        other.trace("a")


@pytest.mark.parametrize("text", ["œuf ô 日本", "", "\n"])
def test_each_token_has_its_text(model: LanguageModel, text: str) -> None:
    ids = model.read(text)
    texts = token_texts(model.vocabulary, ids)
    assert len(texts) == len(ids)
    assert "".join(texts) == "\n" + text
    assert token_texts(model.vocabulary, []) == []


def test_arrays_come_out_as_they_went_in() -> None:
    arrays = {
        "a": np.arange(6, dtype=np.float32).reshape(2, 3).T,
        "b": np.array([[np.inf, -0.5]]),
        "c": np.array([], np.int64),
    }
    back = unpacked(json.loads(json.dumps(packed([arrays["a"], arrays["b"], arrays["c"], 3]))))
    for found, array in zip(back, arrays.values(), strict=False):
        np.testing.assert_array_equal(found, array)
        assert found.dtype == array.dtype
    assert back[3] == 3
    assert packed(np.float32(0.5)) == 0.5
    with pytest.raises(ValueError, match="reshape"):
        unpacked({**packed(np.zeros(4)), "shape": [5]})


def test_attention_loses_next_to_nothing() -> None:
    weights = np.tril(np.random.default_rng(0).random((2, 3, 7, 7))).astype(np.float32)
    back = unpack_attention(json.loads(json.dumps(pack_attention(weights))))
    assert back.dtype == np.float32
    np.testing.assert_allclose(back, weights, atol=8e-6)
