"""The same training with torch in the place of TensorFlow, where Keras is told so."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from moliere_core.config import RECURRENT_CELLS, Cell
from moliere_core.runs.run import Run
from moliere_core.training.session import train
from tests.core.trainings import CORPUS, STREAMS

pytest.importorskip("torch")
pytest.importorskip("keras")

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("cell", RECURRENT_CELLS)
def test_torch_learns_what_tensorflow_learns(cell: Cell, tmp_path: Path) -> None:
    # What is drawn is the framework's own: no dropout, and both begin where a short training ended.
    model = replace(STREAMS.model, cell=cell, dropout=0.0, recurrent_dropout=0.0)
    short = replace(STREAMS, model=model, training=replace(STREAMS.training, epochs=1))
    begun = train(short, CORPUS, out=tmp_path / "begun")
    config = replace(STREAMS, model=model, initial=str(begun.path))
    script = f"""
        import keras
        from moliere_core.config import ModelConfig, RunConfig, TrainingConfig
        from moliere_core.training.session import train
        from tests.core.trainings import CORPUS
        assert keras.backend.backend() == "torch"
        train({config!r}, CORPUS, out={str(tmp_path / "torch")!r})
    """
    with_torch = {**os.environ, "KERAS_BACKEND": "torch"}
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True, env=with_torch)
    found, expected = Run.open(tmp_path / "torch"), train(config, CORPUS, out=tmp_path / "own")
    assert len(found.history) == len(expected.history) == config.training.epochs
    first, *_, last = (record["validation_bits_per_char"] for record in expected.history)
    assert last < first
    weights = load_file(expected.snapshots[-1].path)
    for name, array in load_file(found.snapshots[-1].path).items():
        np.testing.assert_allclose(array, weights[name], atol=1e-3, err_msg=name)
