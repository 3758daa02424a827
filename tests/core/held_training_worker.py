"""The real worker, with Keras; from the second epoch on it is held as FAKE_MODE "hold" holds."""

from __future__ import annotations

import sys
from typing import Any

import keras

from tests.core import fake_training_worker

train_on_batch = keras.Model.train_on_batch


def held(model: keras.Model, *batch: Any, **options: Any) -> Any:
    if fake_training_worker.has_an_epoch():
        fake_training_worker.hold()
    return train_on_batch(model, *batch, **options)


if __name__ == "__main__":
    keras.Model.train_on_batch = held
    sys.exit(fake_training_worker.serve())
