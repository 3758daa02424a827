"""A transformer that reads characters without end: windows, streams side by side, Keras, GPT-2."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from moliere_core.config import ModelConfig, RunConfig, SamplingConfig, TrainingConfig
from moliere_core.errors import ConfigError, ModelError
from moliere_core.models.networks import TransformerModel
from moliere_core.models.sampling import generate
from moliere_core.networks.arrays import Array
from moliere_core.networks.loading import MixedFilesError, network_of
from moliere_core.networks.window import WindowedTransformer
from tests.core.windowed import CONFIG, TEXT, weights
from tests.networks import LETTERS


def network(config: ModelConfig = CONFIG) -> WindowedTransformer:
    return WindowedTransformer(weights(config), config)


def model(config: ModelConfig = CONFIG) -> TransformerModel:
    return TransformerModel("test", network(config), LETTERS)


def by_the_rule(config: ModelConfig, ids: Any) -> Array:
    """Logits after each character, each from a window that is read afresh."""
    transformer, found = network(config).transformer, []
    half = config.context // 2
    for at in range(len(ids)):
        begin = max(at - config.context, 0)
        begin = -(-(at + 1 - config.context) // half) * half if at >= config.context else 0
        stream = transformer.run(np.array([ids[begin : at + 1]]))[0]
        found.append(transformer.logits(stream[0, -1]))
    return np.array(found)


@pytest.mark.parametrize("context", [8, 9, 64])
def test_a_full_window_begins_again_with_its_last_half(context: int) -> None:
    config = ModelConfig("transformer", units=8, layers=2, dropout=0.0, heads=2, context=context)
    ids = LETTERS.encode(TEXT)
    net, expected = network(config), by_the_rule(config, ids)
    state, logits = net.zero_state(1), np.empty(0, np.float32)
    for at, one in enumerate(ids):
        logits, state = net.step(np.array([one]), state)
        np.testing.assert_allclose(logits[0], expected[at], atol=1e-5)
    run, last = net.run(ids[None], net.zero_state(1))
    np.testing.assert_allclose(run[0], expected, atol=1e-5)
    np.testing.assert_array_equal(last.ids, state.ids)


@pytest.mark.parametrize("context", [8, 9, 64])
@pytest.mark.parametrize("chars", [1, 2, 7, 8, 9, 12, 13, 55])
def test_a_text_costs_what_writing_it_would_have_found(context: int, chars: int) -> None:
    config = ModelConfig("transformer", units=8, layers=1, dropout=0.0, heads=2, context=context)
    ours, text = model(config), TEXT[:chars]
    told: list[float] = []
    bits = ours.surprisal(text, told.append)
    logits, state = ours.start([""])
    for at, one in enumerate(LETTERS.encode(text)):
        known = logits[0, 1:].astype(np.float64)
        expected = (np.log(np.exp(known).sum()) - logits[0, one]) / np.log(2)
        assert bits[at] == pytest.approx(expected, abs=1e-4)
        logits, state = ours.step(np.array([one]), state)
    assert told[-1] == 1


def test_streams_of_any_length_write_side_by_side_what_each_writes_alone() -> None:
    prompts = ["", "la belle", "vos beaux yeux me font", "vos beaux"]
    settings = [SamplingConfig()] * len(prompts)
    seeds = [3, 4, 5, 6]
    together = generate(model(), prompts, settings, seeds, 40)
    alone = [
        generate(model(), [p], [SamplingConfig()], [s], 40)[0]
        for p, s in zip(prompts, seeds, strict=True)
    ]
    assert together == alone


def test_a_state_is_not_changed_by_what_follows_it() -> None:
    ours = model()
    _, state = ours.start(["la belle marquise"])
    first = ours.step(np.array([3]), state)[0]
    ours.step(np.array([4]), state)
    np.testing.assert_array_equal(ours.step(np.array([3]), state)[0], first)


def test_weights_and_settings_belong_together() -> None:
    assert network_of(weights(), CONFIG).config == CONFIG
    for other in ({"context": 16}, {"layers": 1}, {"units": 16}):
        wanted = ModelConfig(**{**vars(CONFIG), **other})
        with pytest.raises(MixedFilesError, match="another architecture"):
            network_of(weights(), wanted)
    with pytest.raises(ModelError, match="lack wte"):
        network_of({}, CONFIG)
    assert network().parameters == CONFIG.parameter_count(len(LETTERS))


def test_one_network_has_one_description() -> None:
    assert ModelConfig("transformer", units=8, embedding_dim=3, recurrent_dropout=0.2, heads=2) == (
        ModelConfig("transformer", units=8, heads=2)
    )
    assert ModelConfig("gru", heads=4, context=64) == ModelConfig("gru")
    config = RunConfig(CONFIG, TrainingConfig(seq_length=50))
    assert config.training.seq_length == CONFIG.context
    assert RunConfig.from_json(config.to_json()) == config
    with pytest.raises(ConfigError, match=r"choose 6 or 9"):
        ModelConfig("transformer", units=8, heads=3)
    with pytest.raises(ConfigError, match="layers is 4"):
        ModelConfig("lstm", layers=4)


@pytest.mark.slow
def test_agrees_with_keras() -> None:
    pytest.importorskip("keras")
    from moliere_core.networks import keras_model as km

    config = ModelConfig("transformer", units=12, layers=3, dropout=0.3, heads=3, context=130)
    keras_model = km.build(config, len(LETTERS), seed=2)
    assert keras_model.count_params() == config.parameter_count(len(LETTERS))
    km.set_weights_by_name(keras_model, weights(config))
    ids = np.random.default_rng(0).integers(0, len(LETTERS), (3, 130)).astype(np.int32)
    net = network(config)
    expected, _ = net.run(ids, net.zero_state(3))
    np.testing.assert_allclose(np.asarray(keras_model(ids)), expected, atol=1e-4)
    last = km.build(config, len(LETTERS), last_only=True)
    km.set_weights_by_name(last, weights(config))
    np.testing.assert_allclose(np.asarray(last(ids)), expected[:, -1], atol=1e-4)


@pytest.mark.slow
def test_the_written_out_gradients_are_those_of_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("keras")
    from moliere_core.networks import keras_attention, keras_model

    ids = np.random.default_rng(0).integers(0, len(LETTERS), (2, 8)).astype(np.int32)
    results = []
    for explicit in (True, False):
        monkeypatch.setattr(keras_attention, "writes_gradients_out", lambda on=explicit: on)
        trained = keras_model.build(CONFIG, len(LETTERS))
        keras_model.set_weights_by_name(trained, weights())
        keras_model.compile_model(trained, TrainingConfig(), updates=9)
        losses = [float(trained.train_on_batch(ids, ids)) for _ in range(3)]
        results.append((losses, keras_model.weights_by_name(trained)))
    (losses, found), (expected_losses, expected) = results
    assert losses == pytest.approx(expected_losses, abs=1e-4)
    for name, array in found.items():
        np.testing.assert_allclose(array, expected[name], atol=1e-3, err_msg=name)
