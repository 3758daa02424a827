"""One LSTM layer over a window, as fast as the machine allows: cuDNN on a GPU, bfloat16 on a CPU.

On a CPU the step is written out: products of bfloat16 matrices run three to four times as fast as
float32's (AVX512-BF16, AMX), and the gradient of the recurrent weights is one product a window.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import torch

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
HALF = torch.float16 if DEVICE.type == "cuda" else torch.bfloat16
LayerState = tuple[torch.Tensor, torch.Tensor]


def cell_forward(z: torch.Tensor, c: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """h, c and the activated gates from the gate inputs (batch, 4 * units)."""
    i, f, g, o = z.float().chunk(4, 1)
    i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
    c = f * c + i * g
    return (o * torch.tanh(c)).to(HALF), c, torch.cat((i, f, g, o), 1).to(HALF)


def cell_backward(
    dh_out: torch.Tensor,
    dh_next: torch.Tensor,
    dc: torch.Tensor,
    gates: torch.Tensor,
    c_before: torch.Tensor,
    c: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Gradients of the gate inputs and of the cell state before."""
    i, f, g, o = gates.float().chunk(4, 1)
    dh, tanh_c = dh_out.float() + dh_next.float(), torch.tanh(c)
    dc = dc + dh * o * (1 - tanh_c * tanh_c)
    parts = (
        dc * g * i * (1 - i),
        dc * c_before * f * (1 - f),
        dc * i * (1 - g * g),
        dh * tanh_c * o * (1 - o),
    )
    return torch.cat(parts, 1).to(HALF), dc * f


@cache
def compiled() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Both of them in machine code, made when a layer first needs it."""
    return tuple(torch.compile(step, dynamic=False) for step in (cell_forward, cell_backward))  # type: ignore[return-value]


class LSTMSequence(torch.autograd.Function):
    """A layer over a whole window: per step only the recurrent product, the rest at once."""

    @staticmethod
    def forward(  # type: ignore[override]
        ctx: Any,
        x: torch.Tensor,  # (time, batch, inputs)
        kernel: torch.Tensor,  # (inputs, 4 * units)
        recurrent: torch.Tensor,  # (units, 4 * units)
        bias: torch.Tensor,  # (4 * units,)
        h: torch.Tensor,  # (batch, units)
        c: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        time_, batch, _ = x.shape
        units = recurrent.shape[0]
        projected = torch.addmm(bias, x.reshape(time_ * batch, -1), kernel)
        projected = projected.view(time_, batch, 4 * units)
        hs = torch.empty(time_ + 1, batch, units, dtype=HALF)
        cs = torch.empty(time_ + 1, batch, units)
        gates = torch.empty(time_, batch, 4 * units, dtype=HALF)
        hs[0], cs[0] = h, c
        step, _ = compiled()
        for t in range(time_):
            z = torch.addmm(projected[t], hs[t], recurrent)
            hs[t + 1], cs[t + 1], gates[t] = step(z, cs[t])
        ctx.save_for_backward(x, kernel, recurrent, hs, cs, gates)
        return hs[1:].clone(), hs[time_].clone(), cs[time_].clone()

    @staticmethod
    def backward(ctx: Any, dy: torch.Tensor, _h: Any, _c: Any) -> tuple[torch.Tensor | None, ...]:  # type: ignore[override]
        x, kernel, recurrent, hs, cs, gates = ctx.saved_tensors
        time_, batch, inputs = x.shape
        units = recurrent.shape[0]
        dz = torch.empty(time_, batch, 4 * units, dtype=HALF)
        dh, dc = torch.zeros(batch, units, dtype=HALF), torch.zeros(batch, units)
        transposed = recurrent.t().contiguous()
        _, step = compiled()
        for t in range(time_ - 1, -1, -1):
            dz[t], dc = step(dy[t], dh, dc, gates[t], cs[t], cs[t + 1])
            dh = dz[t] @ transposed
        flat = dz.view(time_ * batch, -1)
        return (
            (flat @ kernel.t()).view(time_, batch, inputs),
            x.reshape(time_ * batch, inputs).t() @ flat,
            hs[:-1].reshape(time_ * batch, units).t() @ flat,
            flat.sum(0),
            None,
            None,
        )


def layer(
    x: torch.Tensor,
    kernel: torch.Tensor,
    recurrent: torch.Tensor,
    bias: torch.Tensor,
    state: LayerState,
) -> tuple[torch.Tensor, LayerState]:
    """The outputs of a layer, (time, batch, units), and its state after, without gradient.

    Args:
        x: (time, batch, inputs), in the precision that the layer multiplies in.
        kernel: (inputs, 4 * units), the gates in Keras' order, as the others.
        recurrent: (units, 4 * units).
        bias: (4 * units,).
        state: h and c, each (batch, units).
    """
    h, c = state
    if x.dtype is torch.bfloat16:
        dtype = x.dtype
        y, h, c = LSTMSequence.apply(
            x, kernel.to(dtype), recurrent.to(dtype), bias.to(dtype), h.to(dtype), c.float()
        )
        return y, (h.detach(), c.detach())
    matrices = [matrix.t().to(x.dtype).contiguous() for matrix in (kernel, recurrent)]
    biases = [bias.to(x.dtype), torch.zeros_like(bias, dtype=x.dtype)]
    before = (h[None].to(x.dtype), c[None].to(x.dtype))
    learns = torch.is_grad_enabled()
    y, h, c = torch.lstm(x, before, [*matrices, *biases], True, 1, 0.0, learns, False, False)
    return y, (h[0].detach(), c[0].detach())
