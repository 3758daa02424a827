"""Shapes, counts and bytes of a network that has no weights yet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from moliere_core.config import PRESETS, Cell, ModelConfig
from moliere_core.models.references import load_recurrent
from moliere_core.networks.architecture import (
    activation_bytes,
    layer_plans,
    one_hot_bytes,
    sparse_bytes,
    units_for,
)
from tests.networks import LETTERS, random_network

SHAPES = [("rnn", 2), ("lstm", 1), ("lstm", 3), ("gru", 1), ("gru", 2), ("transformer", 2)]


@pytest.mark.parametrize(("cell", "layers"), SHAPES[:-1])
def test_each_layer_has_the_parameters_of_its_weights(cell: Cell, layers: int) -> None:
    network = random_network(cell=cell, layers=layers, units=8, embedding=4)
    plans = layer_plans(ModelConfig(cell, 4, 8, layers), len(LETTERS))
    sizes = [
        network.embedding.size,
        *(layer.kernel.size + layer.recurrent.size + layer.bias.size for layer in network.layers),
        network.dense.size + network.dense_bias.size,
    ]
    assert [plan.parameters for plan in plans] == sizes
    assert [(plan.inputs, plan.outputs) for plan in plans] == [
        (len(LETTERS), 4),
        *[(4 if i == 0 else 8, 8) for i in range(layers)],
        (8, len(LETTERS)),
    ]


MODELS = [preset.model for preset in PRESETS.values()]  # the last is a transformer


@pytest.mark.parametrize("model", [*MODELS, *(replace(model, cell="gru") for model in MODELS[:-1])])
def test_the_layers_add_up_to_the_total(model: ModelConfig) -> None:
    assert sum(plan.parameters for plan in layer_plans(model, 95)) == model.parameter_count(95)


def test_petit_counts_as_its_file_does() -> None:
    petit = load_recurrent("petit")
    plans = layer_plans(petit.network.config, len(petit.vocabulary))
    assert [plan.parameters for plan in plans] == [95 * 128, 4 * 256 * 385, 95 * 257]
    assert sum(plan.parameters for plan in plans) == petit.network.parameters == 430_815


@pytest.mark.parametrize(("cell", "layers"), SHAPES)
def test_keras_counts_alike(cell: Cell, layers: int) -> None:
    pytest.importorskip("keras")
    from moliere_core.networks.keras_model import build

    config = ModelConfig(cell, 4, 8, layers, dropout=0.0)
    counted = [layer.count_params() for layer in build(config, 28).layers if layer.weights]
    assert counted == [plan.parameters for plan in layer_plans(config, 28)]


def test_memory_grows_with_the_batch_the_length_and_the_layers() -> None:
    model = ModelConfig("lstm", 128, 256, 1)
    one = 4 * (128 + 6 * 256 + 95)
    assert activation_bytes(model, 95, 1, 1) == one
    assert activation_bytes(model, 95, 64, 60) == one * 64 * 60
    two = ModelConfig("lstm", 128, 256, 2)
    assert activation_bytes(two, 95, 1, 1) == one + 4 * 6 * 256


def test_one_hot_targets_take_vocab_size_times_the_memory() -> None:
    assert one_hot_bytes(95, 64 * 60) == 95 * sparse_bytes(64 * 60) == 64 * 60 * 95 * 4


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_units_for_is_the_last_that_fits(cell: Cell) -> None:
    units = units_for(300_000, ModelConfig(cell, 128), 80)
    assert ModelConfig(cell, 128, units).parameter_count(80) <= 300_000
    assert ModelConfig(cell, 128, units + 1).parameter_count(80) > 300_000
