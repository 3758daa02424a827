"""The table of the layers, written without Keras, against Keras' own."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from moliere_core.config import CELLS, Cell, ModelConfig
from moliere_core.networks.summary import summary

CASES = [
    (ModelConfig(cell, 64, 128, layers, dropout), 95, batch, length)
    for cell, layers, (dropout, batch, length) in itertools.product(
        CELLS, (1, 2, 3), ((0.2, 32, 50), (0.0, None, None))
    )
]


@pytest.fixture(scope="module")
def model() -> Any:
    pytest.importorskip("keras")
    from moliere_core.networks import keras_model as model

    return model


@pytest.mark.parametrize(("config", "symbols", "batch", "length"), CASES)
def test_the_table_is_the_one_that_keras_prints(
    model: Any,
    monkeypatch: pytest.MonkeyPatch,
    config: ModelConfig,
    symbols: int,
    batch: int | None,
    length: int | None,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    network = model.build(
        config, symbols, batch, length, stateful=batch is not None and not config.is_transformer
    )
    assert summary(config, symbols, batch, length) == model.summary(network)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize(("embedding", "units", "symbols"), [(1, 1, 2), (256, 512, 1200)])
def test_small_and_large_counts_are_written_as_keras_does(
    model: Any,
    monkeypatch: pytest.MonkeyPatch,
    cell: Cell,
    embedding: int,
    units: int,
    symbols: int,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    config = ModelConfig(cell, embedding, units, dropout=0.0)
    assert summary(config, symbols) == model.summary(model.build(config, symbols))


def test_no_line_is_cut_at_the_largest_sizes() -> None:
    text = summary(ModelConfig("lstm", 2048, 4096, 3, 0.9), 9999, 8192, 2000)
    lines = text.splitlines()
    assert {len(line) for line in lines if line[0] in "┏┃┡│├└"} == {76}
    assert " Total params: 430," in text  # 430 millions: as many as keras counts in gigabytes
    assert "GB" in text
