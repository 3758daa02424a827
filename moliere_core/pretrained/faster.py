"""The same network in less time: what its authors wrote for training, said in faster words.

A matrix that multiplies a handful of rows is slower in MKL, on processors that Intel did not make,
than in oneDNN with the matrix laid out beforehand: a third less for a prompt, half as much for two
to four rows as for one, for the price of some rounding in the last bits.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from transformers.pytorch_utils import Conv1D

PACKED_SIZE = 1 << 18  # numbers of a matrix from which it is packed; in small ones threads wait
PACKED_ROWS = 128  # that the layout is chosen for; it serves any number
LEAST_ROWS = 4  # below, oneDNN takes another way, half as long again
FEW_ROWS = 8  # for which a wide matrix is multiplied from the left, and half of the threads do


class PackedLinear(torch.nn.Module):  # type: ignore[misc]  # torch is not typed here
    """A linear layer whose matrix is laid out for oneDNN.

    Args:
        weight: of the layer, shape (outputs, inputs), float32.
        bias: shape (outputs,), or None.
    """

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor | None) -> None:
        super().__init__()
        weight = weight.detach().contiguous()
        self.packed = torch.ops.mkldnn._reorder_linear_weight(weight, PACKED_ROWS)
        self.bias = None if bias is None else bias.detach()

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """The outputs of states, shape (..., inputs), as (..., outputs)."""
        rows = states.reshape(-1, states.shape[-1])
        count = len(rows)
        if count < LEAST_ROWS:
            rows = torch.nn.functional.pad(rows, (0, 0, 0, LEAST_ROWS - count))
        found = torch.ops.mkldnn._linear_pointwise(rows, self.packed, self.bias, "none", [], "")
        return found[:count].reshape(*states.shape[:-1], -1)


class TallLinear(torch.nn.Linear):  # type: ignore[misc]
    """A linear layer to many outputs, of few rows: its matrix goes first, and is not copied."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """The outputs of states, shape (..., inputs), as (..., outputs)."""
        rows = input.reshape(-1, input.shape[-1])
        if not 1 < len(rows) <= FEW_ROWS or self.bias is not None:
            return super().forward(input)
        return (self.weight @ rows.t()).t().reshape(*input.shape[:-1], -1)


@contextlib.contextmanager
def fewer_threads(rows: int) -> Iterator[None]:
    """Read a few tokens with half of the threads: what they wait for is the memory.

    On two cores that takes a tenth more time where nothing else runs, a quarter less of processor,
    and less time as soon as a page wants the other core: each layer waits for its slowest thread.
    """
    threads = torch.get_num_threads()
    if rows > FEW_ROWS or threads == 1:
        yield
        return
    torch.set_num_threads(threads // 2)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def fuse_activation(config: Any) -> None:
    """Let GPT-2's activation be one operation rather than seven: the same formula."""
    if getattr(config, "activation_function", None) == "gelu_new":
        config.activation_function = "gelu_pytorch_tanh"


def pack(network: Any) -> None:
    """Replace the linear layers of a network of float32, where this torch can.

    The last one keeps its matrix, which is often the embeddings' too.
    """
    if not torch.backends.mkldnn.is_available() or not _packs():
        return
    last = network.get_output_embeddings()
    for parent in list(network.modules()):
        for name, layer in list(parent.named_children()):
            if layer is last and type(layer) is torch.nn.Linear:
                layer.__class__ = TallLinear
            elif type(layer) not in (torch.nn.Linear, Conv1D) or layer.weight.numel() < PACKED_SIZE:
                continue
            elif type(layer) is torch.nn.Linear:
                setattr(parent, name, PackedLinear(layer.weight, layer.bias))
            else:
                setattr(parent, name, PackedLinear(layer.weight.t(), layer.bias))


def _packs() -> bool:
    """Whether this torch has the operations, which are its compiler's and not documented."""
    try:
        layer = PackedLinear(torch.eye(2), None)
        return bool(torch.allclose(layer(torch.ones(1, 2)), torch.ones(1, 2)))
    except (AttributeError, RuntimeError):
        return False
