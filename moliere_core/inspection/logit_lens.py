"""What each layer would already say: the last norm and the output matrix, applied to every layer.

The logit lens of nostalgebraist ("interpreting GPT: the logit lens", LessWrong, 2020): every block
adds to one residual stream, so what the stream holds after any of them can be read as if the others
did nothing. Layer 0 is the embedding alone. The reading of the last layer is what the network says;
those before are what it would say, of a stream that was not trained to be read there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moliere_core.inspection.transformer_trace import TransformerTrace
from moliere_core.networks.arrays import Array, log_softmax, log_sum_exp
from moliere_core.networks.transformer import TransformerNetwork
from moliere_core.system.progress import Progress


@dataclass(frozen=True)
class LayerGuesses:
    """What each layer would say at one place.

    Attributes:
        symbols: the likeliest next symbols of each layer, best first, shape (layers + 1, count).
        probs: their probabilities, same shape.
        entropy: bits of each layer's whole distribution, shape (layers + 1,).
        distance: bits from it to the last layer's (Kullback-Leibler divergence of the last from
            it), shape (layers + 1,); 0 for the last.
    """

    symbols: NDArray[np.int64]
    probs: Array
    entropy: NDArray[np.float64]
    distance: NDArray[np.float64]


@dataclass(frozen=True)
class NextByLayer:
    """What each layer would give to the symbol that really follows, all along a text.

    Attributes:
        ranks: of the symbol that follows each place, 1 for the first choice, shape (layers + 1,
            time - 1).
        bits: its surprisal, same shape.
    """

    ranks: NDArray[np.int64]
    bits: NDArray[np.float64]

    @property
    def decided(self) -> NDArray[np.int64]:
        """The first layer from which on what follows is the first choice, shape (time - 1,).

        Layers + 1 where the last layer does not choose it.
        """
        wrong = self.ranks > 1
        return np.where(wrong.any(axis=0), len(wrong) - wrong[::-1].argmax(axis=0), 0)


def layer_logits(network: TransformerNetwork, stream: Array, never: Sequence[int] = ()) -> Array:
    """Logits of the next symbol from any layer's stream, shape (..., width) to (..., vocab).

    Args:
        network: whose last norm and output matrix they are.
        stream: the residual stream.
        never: indices of symbols that are never drawn (the unknown one); theirs are -inf.
    """
    logits = network.logits(network.norm(stream))
    logits[..., list(never)] = -np.inf
    return logits


def guesses(
    network: TransformerNetwork,
    seen: TransformerTrace,
    position: int,
    count: int = 5,
    never: Sequence[int] = (),
) -> LayerGuesses:
    """What each layer would say after the symbol at `position`.

    Args:
        network: what was traced.
        seen: from `transformer_trace.read`.
        position: in the context, from 0.
        count: symbols of each layer.
        never: as in `layer_logits`.
    """
    logits = layer_logits(network, seen.stream[:, position], never)
    log_probs = log_softmax(logits).astype(np.float64)
    probs = np.exp(log_probs)
    best = np.argsort(-logits, axis=-1, kind="stable")[:, :count]
    drawn = probs[-1] > 0  # 0 log 0 is 0
    entropy = -(probs[:, drawn] * log_probs[:, drawn]).sum(axis=-1)
    apart = (probs[-1, drawn] * (log_probs[-1, drawn] - log_probs[:, drawn])).sum(axis=-1)
    return LayerGuesses(
        best,
        np.take_along_axis(probs, best, axis=-1).astype(np.float32),
        entropy / np.log(2),
        np.maximum(apart, 0) / np.log(2),
    )


def next_by_layer(
    network: TransformerNetwork,
    seen: TransformerTrace,
    never: Sequence[int] = (),
    progress: Progress | None = None,
) -> NextByLayer:
    """What each layer would give to each symbol of a text but the first.

    A layer at a time: all of them would hold a number a layer, a place and a symbol.

    Args:
        network: what was traced.
        seen: from `transformer_trace.read`.
        never: as in `layer_logits`; where one of these follows, its bits are infinite.
        progress: told the share done, from 0 to 1.
    """
    targets = seen.ids[1:, None]
    ranks, bits = [], []
    for layer, stream in enumerate(seen.stream):
        logits = layer_logits(network, stream[:-1], never)
        chosen = np.take_along_axis(logits, targets, axis=-1)
        ranks.append(1 + (logits > chosen).sum(axis=-1))
        bits.append((log_sum_exp(logits) - chosen[:, 0]) / np.log(2))
        if progress is not None:
            progress((layer + 1) / len(seen.stream))
    return NextByLayer(np.stack(ranks), np.stack(bits))
