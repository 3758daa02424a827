"""A network of characters, of whatever kind, from the weights that a run stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from moliere_core.config import ModelConfig
from moliere_core.errors import ModelError
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.networks.window import WindowedTransformer

CharNetwork = RecurrentNetwork | WindowedTransformer


class MixedFilesError(ModelError):
    """Weights of another network than the one that their settings describe."""


def load_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """A snapshot's weights in single precision; ModelError if they cannot be read."""
    try:
        return {name: array.astype(np.float32) for name, array in load_file(path).items()}
    except (OSError, SafetensorError) as error:
        raise ModelError(
            "{path} cannot be read as safetensors weights: {error}", path=path, error=error
        ) from error


def network_of(weights: Mapping[str, NDArray[Any]], config: ModelConfig) -> CharNetwork:
    """The network that these weights make, if it is the one that the settings describe.

    Raises:
        ModelError: a tensor is missing, or shapes do not follow from one another.
        MixedFilesError: the network is another than that of `config`, of which dropouts leave no
            trace in weights.
    """
    network: CharNetwork = (
        WindowedTransformer(weights, config) if config.is_transformer else RecurrentNetwork(weights)
    )
    if network.config != replace(config, dropout=0.0, recurrent_dropout=0.0):
        raise MixedFilesError(
            "these weights are of another architecture than their settings: the files of two "
            "models were mixed, fetch or train it again"
        )
    return network


def load_network(path: Path, config: ModelConfig) -> CharNetwork:
    """The network of a snapshot, see `network_of`."""
    return network_of(load_weights(path), config)
