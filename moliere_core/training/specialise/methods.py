"""Which numbers of a GPT are trained when it is specialised, and how the network is made of them.

Training them all would move twelve times what is needed, and on a processor nobody would wait for
it. Two ways are offered, both of which leave the embedding alone:

- `LastBlock`: the last block and the last norm are trained, and what is below is computed once.
- `LoRA` (Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models"): each matrix W of
  each block becomes W + s A B, where A B has a low rank; A begins at random, B at zero. W stays,
  and the sum is written where W was: what reads a GPT reads the result.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from moliere_core.networks.arrays import Array, Weights
from moliere_core.networks.transformer import TransformerNetwork
from moliere_core.networks.transformer_gradients import transformer_weights

RANK = 8
SCALE = 2.0  # s: alpha / rank, with the alpha of 16 that goes with a rank of 8
_ADAPTED = re.compile(r"h\.\d+\.(attn|mlp)\.\w+\.weight")


class Method(ABC):
    """What is trained of a network.

    Args:
        network: as it was before.
        seed: of what begins at random.

    Attributes:
        parameters: what is trained, as it begins.
        lowest: the number of the first block that a gradient is wanted of.
        rate: AdamW's learning rate that suits it (measured on mini-gpt).
    """

    parameters: Weights
    lowest: int
    rate: ClassVar[float]

    def __init__(self, network: TransformerNetwork, seed: int = 0) -> None:
        self.before = transformer_weights(network)
        self._begin(network, np.random.default_rng(seed))

    @property
    def size(self) -> int:
        """How many numbers are trained."""
        return sum(array.size for array in self.parameters.values())

    @abstractmethod
    def _begin(self, network: TransformerNetwork, random: np.random.Generator) -> None:
        """Set `parameters` and `lowest`."""

    @abstractmethod
    def weights(self, parameters: Weights) -> Weights:
        """All weights of the network, of which these are trained."""

    @abstractmethod
    def gradient(self, parameters: Weights, by_weight: Weights) -> Weights:
        """The gradient by the parameters, from that by the weights of the blocks."""


class LastBlock(Method):
    """The last block, and the norm after it; see the module."""

    rate = 1e-3

    def _begin(self, network: TransformerNetwork, random: np.random.Generator) -> None:
        self.lowest = len(network.blocks) - 1
        names = (f"h.{self.lowest}.", "ln_f.")
        self.parameters = {n: w for n, w in self.before.items() if n.startswith(names)}

    def weights(self, parameters: Weights) -> Weights:
        """See `Method`."""
        return {**self.before, **parameters}

    def gradient(self, parameters: Weights, by_weight: Weights) -> Weights:
        """See `Method`."""
        return {name: by_weight[name] for name in parameters}


class LoRA(Method):
    """A change of low rank for each matrix of each block; see the module."""

    rate = 3e-3

    def _begin(self, network: TransformerNetwork, random: np.random.Generator) -> None:
        self.lowest, self.parameters = 0, {}
        self._adapted = [name for name in self.before if _ADAPTED.fullmatch(name)]
        for name in self._adapted:
            inputs, outputs = self.before[name].shape
            first = random.standard_normal((inputs, RANK)) / inputs**0.5
            self.parameters[f"{name}.A"] = first.astype(np.float32)
            self.parameters[f"{name}.B"] = np.zeros((RANK, outputs), np.float32)

    def weights(self, parameters: Weights) -> Weights:
        """See `Method`."""
        changed = {
            name: self.before[name] + np.float32(SCALE) * self._change(parameters, name)
            for name in self._adapted
        }
        return {**self.before, **changed}

    @staticmethod
    def _change(parameters: Weights, name: str) -> Array:
        return parameters[f"{name}.A"] @ parameters[f"{name}.B"]

    def gradient(self, parameters: Weights, by_weight: Weights) -> Weights:
        """See `Method`."""
        found: Weights = {}
        for name in self._adapted:
            slope: Array = by_weight[name] * np.float32(SCALE)
            found[f"{name}.A"] = slope @ parameters[f"{name}.B"].T
            found[f"{name}.B"] = parameters[f"{name}.A"].T @ slope
        return found


METHODS: dict[str, type[Method]] = {"lora": LoRA, "block": LastBlock}
LARGE = 20_000_000  # parameters from which a gradient through all blocks takes too long here


def suited(parameters: int) -> str:
    """The method for a network of that size."""
    return "block" if parameters >= LARGE else "lora"
