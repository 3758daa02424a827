"""How long it will take to specialise a model: from a short measure of one block of its width."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from moliere_core.config import ModelConfig
from moliere_core.networks.arrays import Array, softmax
from moliere_core.networks.initial import initial_weights
from moliere_core.networks.transformer import TransformerConfig, TransformerNetwork
from moliere_core.networks.transformer_gradients import blocks_backward, blocks_forward
from moliere_core.pretrained import catalogue
from moliere_core.system.machine import threads
from moliere_core.training.specialise.client import Request
from moliere_core.training.specialise.loop import OWN_CHARS, POINTS, WINDOW, measured_chars

CHARS_PER_TOKEN = 2.6  # of French, for mini-gpt and GPT-2; the worker alone counts them
LAUNCH_SECONDS = 2.0
ALONE = 4  # times what a token takes among others, where it is written one after the other
SCORED_TWICE = 2  # a token of a scored text is read in two windows, see `LanguageModel.bits`
HEAD_SIZE = 64  # of a head, as GPT-2's
SYMBOLS = 2_048  # of the output that is measured: the time grows with them in a straight line
TRIES = 3


@dataclass(frozen=True)
class Speed:
    """Seconds that a token takes on one core of this machine.

    Attributes:
        forward: through one block.
        backward: back through it, its weights' gradient included.
        scores: of one symbol of the output.
        slope: back from one symbol's score, its share of the softmax included.
    """

    forward: float
    backward: float
    scores: float
    slope: float


def seconds(request: Request) -> float:
    """How long it will take, about, on this machine."""
    card, settings = catalogue.card(request.base), request.settings
    layers, vocab = max(card.layers, 1), card.vocab_size
    speed = measured(width_of(card))
    trained = layers if settings.method == "lora" else 1
    read = layers * speed.forward + vocab * speed.scores
    learned = trained * (speed.forward + speed.backward) + vocab * (speed.scores + speed.slope)
    tokens = len(request.train) / CHARS_PER_TOKEN
    training = tokens * (settings.epochs * learned + (layers - trained) * speed.forward)
    old = len(request.old.text) if request.old else OWN_CHARS
    texts = [min(chars, measured_chars(card.parameters)) for chars in (len(request.held), old)]
    scored = SCORED_TWICE * (POINTS + 1) * sum(texts) / CHARS_PER_TOKEN * read
    written = 0 if request.old else OWN_CHARS / CHARS_PER_TOKEN * ALONE * read
    return LAUNCH_SECONDS + (training + scored + written) / threads()


def width_of(card: catalogue.Card) -> int:
    """The width of a GPT-2, from its number of parameters: 12 of its square a block."""
    outside = card.vocab_size + card.context_length
    root = (outside**2 + 48 * max(card.layers, 1) * card.parameters) ** 0.5
    return round((root - outside) / (24 * max(card.layers, 1)))


@lru_cache(maxsize=8)
def measured(width: int) -> Speed:
    """The speed of a block of that width, from a window read and learned by one; some 50 ms.

    A block of GPT-2's 768 takes half a second.
    """
    heads = max(width // HEAD_SIZE, 1)
    units = max(width // heads, 1) * heads
    model = ModelConfig("transformer", units=units, layers=1, heads=heads, context=WINDOW)
    network = TransformerNetwork(initial_weights(model, SYMBOLS), TransformerConfig(heads))
    x: Array = np.random.default_rng(0).standard_normal((1, WINDOW, units)).astype(np.float32)
    seen = blocks_forward(network, x)
    probs: Array = softmax(network.logits(seen.stream[0]))
    symbols = WINDOW * SYMBOLS
    return Speed(
        forward=_least(lambda: blocks_forward(network, x)) / WINDOW,
        backward=_least(lambda: blocks_backward(network, seen, x)) / WINDOW,
        scores=_least(lambda: network.logits(seen.stream[0])) / symbols,
        slope=_least(lambda: softmax(probs) @ network.output) / symbols,
    )


def _least(work: Callable[[], object]) -> float:
    """Seconds of processor that it takes, whoever else computes here: the least of some tries."""
    found = []
    for _ in range(TRIES):
        began = time.thread_time()
        work()
        found.append(time.thread_time() - began)
    return min(found)
