"""The transformer in NumPy, against its definition written out and against transformers."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moliere_core.errors import ModelError
from moliere_core.networks.arrays import Array
from moliere_core.networks.transformer import ACTIVATIONS, TransformerConfig, TransformerNetwork
from tests.gpts import CONFIG, activated, random_gpt2, write_gpt2

VOCAB = 30
IDS = np.random.default_rng(1).integers(0, VOCAB, (2, 12))
KINDS: list[dict[str, Any]] = [
    {},
    {"tie_word_embeddings": False},
    {"activation_function": "relu", "n_inner": 24},
    {"activation_function": "gelu", "layer_norm_epsilon": 1e-3},
    {"scale_attn_by_inverse_layer_idx": True},
    {"scale_attn_weights": False, "activation_function": "silu"},
    {"n_head": 4, "activation_function": "quick_gelu"},
]


def network(**settings: Any) -> TransformerNetwork:
    config = TransformerConfig.of(CONFIG | settings)
    assert config is not None
    return TransformerNetwork(random_gpt2(VOCAB, **settings), config)


def written_out(ids: list[int], **settings: Any) -> Any:
    """Logits after each token: the formulas of the paper, in float64, one token at a time."""
    config = CONFIG | settings
    w = {name: t.astype(np.float64) for name, t in random_gpt2(VOCAB, **settings).items()}

    def normed(x: Any, name: str) -> Any:
        scale = np.sqrt(x.var() + config["layer_norm_epsilon"])
        return (x - x.mean()) / scale * w[f"{name}.weight"] + w[f"{name}.bias"]

    def linear(x: Any, name: str) -> Any:
        return x @ w[f"{name}.weight"] + w[f"{name}.bias"]

    xs = [w["wte.weight"][i] + w["wpe.weight"][at] for at, i in enumerate(ids)]
    size = config["n_embd"] // config["n_head"]
    for block in range(config["n_layer"]):
        name = f"h.{block}"
        read = [np.split(linear(normed(x, f"{name}.ln_1"), f"{name}.attn.c_attn"), 3) for x in xs]
        after = []
        for at, x in enumerate(xs):
            heads = []
            for part in (slice(h * size, (h + 1) * size) for h in range(config["n_head"])):
                scores = np.array([read[at][0][part] @ read[b][1][part] for b in range(at + 1)])
                if config.get("scale_attn_weights", True):
                    scores /= math.sqrt(size)
                if config.get("scale_attn_by_inverse_layer_idx"):
                    scores /= block + 1
                shares = np.exp(scores) / np.exp(scores).sum()
                heads.append(sum(s * read[b][2][part] for b, s in enumerate(shares)))
            x = x + linear(np.concatenate(heads), f"{name}.attn.c_proj")
            wide = linear(normed(x, f"{name}.ln_2"), f"{name}.mlp.c_fc")
            wide = np.array([activated(v, config["activation_function"]) for v in wide])
            after.append(x + linear(wide, f"{name}.mlp.c_proj"))
        xs = after
    output = w.get("lm_head.weight", w["wte.weight"])
    return np.array([output @ normed(x, "ln_f") for x in xs])


def logits(model: TransformerNetwork, ids: Any) -> Array:
    return model.logits(model.run(np.array(ids))[0])


@pytest.mark.parametrize("settings", KINDS, ids=str)
def test_logits_are_those_of_the_definition(settings: dict[str, Any]) -> None:
    found = logits(network(**settings), IDS)
    assert found.dtype == np.float32
    for row, ids in zip(found, IDS, strict=True):
        np.testing.assert_allclose(row, written_out(list(ids), **settings), atol=1e-4)


@pytest.mark.parametrize("settings", KINDS, ids=str)
def test_logits_are_those_of_transformers(settings: dict[str, Any], tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    folder = write_gpt2(tmp_path / "tiny", **settings)
    theirs = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    rows = theirs.config.vocab_size
    config = TransformerConfig.of(CONFIG | settings)
    assert config is not None
    ours = TransformerNetwork(random_gpt2(rows, **settings), config)
    with torch.inference_mode():
        expected = theirs(torch.tensor(IDS)).logits.numpy()
    np.testing.assert_allclose(logits(ours, IDS), expected, atol=1e-4)


def test_what_was_read_before_is_remembered() -> None:
    model = network()
    whole = logits(model, IDS)
    stream, past = model.run(IDS[:, :5])
    np.testing.assert_allclose(model.logits(stream), whole[:, :5], atol=1e-5)
    for begin, end in ((5, 6), (6, 10), (10, 12)):  # one token, several, to the end
        stream, past = model.run(IDS[:, begin:end], past)
        np.testing.assert_allclose(model.logits(stream), whole[:, begin:end], atol=1e-5)
    assert past[0][0].shape == (2, 2, 12, 8)


@pytest.mark.parametrize("rows", [1, 2, 8, 9, 20])
def test_rows_side_by_side_are_rows_one_by_one(rows: int) -> None:
    model = network()
    ids = np.random.default_rng(rows).integers(0, VOCAB, (rows, 3))
    alone = np.concatenate([logits(model, row[None]) for row in ids])
    np.testing.assert_allclose(logits(model, ids), alone, atol=1e-5)


def test_each_head_shares_its_look_among_what_came_before() -> None:
    model = network()
    watched: list[Array] = []
    model.run(IDS, watched=watched)
    assert [w.shape for w in watched] == [(2, 2, 12, 12)] * 2
    for weights in watched:
        np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-5)
        assert not np.triu(weights, 1).any()


def test_more_than_it_reads_at_once_is_one_sentence() -> None:
    model = network()
    _, past = model.run(np.zeros((1, 64), np.int64))
    with pytest.raises(ModelError, match="64 tokens at most, not 65"):
        model.run(np.zeros((1, 1), np.int64), past)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activations_are_finite_and_close_to_what_they_stand_for(name: str) -> None:
    x = np.linspace(-40, 40, 2001, dtype=np.float32)
    found = ACTIVATIONS[name](x)
    assert found.dtype == np.float32
    if name == "tanh":
        np.testing.assert_allclose(found, np.tanh(x))
        return
    kind = {"swish": "silu"}.get(name, name)
    expected = [activated(float(v), kind) for v in x]
    np.testing.assert_allclose(found, expected, atol=1e-5, rtol=1e-6)


@pytest.mark.parametrize(
    "change",
    [
        {"model_type": "llama"},
        {"activation_function": "mish"},
        {"n_head": "two"},
        {"n_head": 0},
        {"layer_norm_epsilon": None},
        {"add_cross_attention": True},
        {"quantization_config": {"bits": 4}},
    ],
    ids=str,
)
def test_other_architectures_are_left_to_others(change: dict[str, Any]) -> None:
    assert TransformerConfig.of(CONFIG) is not None
    assert TransformerConfig.of(CONFIG | change) is None


def test_of_a_tensor_under_both_names_it_is_transformers_own_that_counts() -> None:
    weights = random_gpt2(20)
    both = weights | {f"transformer.{name}": array for name, array in weights.items()}
    both["wte.weight"] = np.zeros_like(weights["wte.weight"])
    config = TransformerConfig.of(CONFIG)
    assert config is not None
    found = TransformerNetwork(both, config)
    np.testing.assert_array_equal(found.tokens, weights["wte.weight"])


def test_names_may_begin_as_transformers_writes_them() -> None:
    weights = {f"transformer.{name}": w for name, w in random_gpt2(VOCAB).items()}
    weights["transformer.h.0.attn.bias"] = np.ones((1, 1, 64, 64), np.float32)  # a mask
    config = TransformerConfig.of(CONFIG)
    assert config is not None
    model = TransformerNetwork(weights, config)
    np.testing.assert_array_equal(logits(model, IDS), logits(network(), IDS))
    assert model.parameters == sum(w.size for w in random_gpt2(VOCAB).values())


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("wte.weight", None, "lack wte.weight"),
        ("h.1.mlp.c_fc.bias", None, "lack h.1.mlp.c_fc.bias"),
        ("h.0.ln_1.weight", None, "lack h.0.ln_1.weight"),
        ("wpe.weight", np.zeros((64, 8)), "wpe.weight of these weights has shape 64×8"),
        ("wpe.weight", np.zeros((0, 16)), "has shape 0×16"),
        ("h.0.attn.c_attn.weight", np.zeros(16), "has shape 16,"),
    ],
)
def test_damaged_weights_are_one_sentence(name: str, value: Any, said: str) -> None:
    weights: dict[str, Any] = dict(random_gpt2(VOCAB))
    del weights[name]
    if value is not None:
        weights[name] = value
    with pytest.raises(ModelError, match=said):
        TransformerNetwork(weights, TransformerConfig(2))


def test_blocks_beyond_those_of_the_configuration_are_not_run() -> None:
    config = TransformerConfig.of(CONFIG | {"n_layer": 1})
    assert config is not None
    found = TransformerNetwork(random_gpt2(VOCAB), config)
    weights = {n: w for n, w in random_gpt2(VOCAB).items() if not n.startswith("h.1.")}
    expected = TransformerNetwork(weights, TransformerConfig(2))
    np.testing.assert_array_equal(logits(found, IDS), logits(expected, IDS))


def test_whole_numbers_are_no_weights() -> None:
    config = TransformerConfig.of(CONFIG)
    assert config is not None
    weights = random_gpt2(VOCAB)
    name = "h.0.mlp.c_fc.weight"
    quantised = weights | {name: (weights[name] * 10).astype(np.int8)}
    with pytest.raises(ModelError, match=r"c_fc\.weight .*quantised"):
        TransformerNetwork(quantised, config)


def test_blocks_that_the_weights_lack_are_one_sentence() -> None:
    config = TransformerConfig.of(CONFIG | {"n_layer": 3})
    assert config is not None
    with pytest.raises(ModelError, match=r"these weights lack h\.2\."):
        TransformerNetwork(random_gpt2(VOCAB), config)


def test_a_head_of_its_own_is_not_replaced_by_the_tokens() -> None:
    config = TransformerConfig.of(CONFIG | {"tie_word_embeddings": False})
    assert config is not None
    with pytest.raises(ModelError, match=r"lack lm_head\.weight"):
        TransformerNetwork(random_gpt2(VOCAB), config)


def test_a_head_that_is_the_tokens_again_is_held_once() -> None:
    weights = random_gpt2(VOCAB)
    model = TransformerNetwork(
        weights | {"lm_head.weight": weights["wte.weight"].copy()}, TransformerConfig(2)
    )
    assert model.output is model.tokens
    assert model.parameters == network().parameters
    np.testing.assert_array_equal(logits(model, IDS), logits(network(), IDS))


def test_heads_divide_the_width() -> None:
    with pytest.raises(ModelError, match="width of 16, which 3 heads do not divide"):
        TransformerNetwork(random_gpt2(VOCAB), TransformerConfig(3))
