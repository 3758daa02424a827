"""How long it will take to specialise a model: from a short measure of one block of its width."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from moliere_core.config import ModelConfig
from moliere_core.networks.arrays import Array, log_sum_exp, softmax
from moliere_core.networks.initial import initial_weights
from moliere_core.networks.transformer import TransformerConfig, TransformerNetwork
from moliere_core.networks.transformer_gradients import blocks_backward, blocks_forward
from moliere_core.pretrained import catalogue
from moliere_core.pretrained.language import SCORE_CONTEXT
from moliere_core.pretrained.tokenizer_files import backend_of, guarded
from moliere_core.system.machine import threads
from moliere_core.training.specialise.client import Request
from moliere_core.training.specialise.loop import OWN_CHARS, POINTS, WINDOW, measured_chars

SAMPLE = 8_000  # characters of the text whose tokens are counted
LAUNCH_SECONDS = 2.0
ALONE = 4  # times what a token takes among others, where it is written one after the other
HEAD_SIZE = 64  # of a head, as GPT-2's
SYMBOLS = 2_048  # of the output that is measured: the time grows with them in a straight line
TRIES = 3


@dataclass(frozen=True)
class Speed:
    """Seconds that a token takes on one core of this machine.

    Attributes:
        forward: through one block.
        backward: back through it, its weights' gradient included.
        scores: of one symbol of the output, and its share of what a loss is held against.
        slope: back from one symbol's score, its share of the softmax included.
    """

    forward: float
    backward: float
    scores: float
    slope: float


def seconds(request: Request) -> float:
    """How long it will take, about, on this machine.

    Raises:
        ModelError: the model is not here, or its tokenizer cannot be read.
    """
    length = chars_per_token(request.base, catalogue.check(request.base), request.train[:SAMPLE])
    card, settings = catalogue.card(request.base), request.settings
    layers, vocab = max(card.layers, 1), card.vocab_size
    speed = measured(width_of(card))
    trained = layers if settings.method == "lora" else 1
    through, said = layers * speed.forward, vocab * speed.scores
    learned = trained * (speed.forward + speed.backward) + said + vocab * speed.slope
    tokens = len(request.train) / length
    window = min(WINDOW, card.context_length)
    tokens -= tokens % window if tokens > window else 0  # what does not fill one is not learned
    training = tokens * (settings.epochs * learned + (layers - trained) * speed.forward)
    old = len(request.old.text) if request.old else OWN_CHARS
    scored = 0.0
    for chars in (len(request.held), old):
        tokens = min(chars, measured_chars(card.parameters)) / length
        read = tokens_read(tokens, min(card.context_length, SCORE_CONTEXT))
        scored += (POINTS + 1) * (read * through + tokens * said)
    written = 0 if request.old else OWN_CHARS / length * ALONE * (through + said)
    return LAUNCH_SECONDS + (training + scored + written) / threads()


@lru_cache(maxsize=8)
def chars_per_token(base: str, folder: Path, sample: str) -> float:
    """How long the tokens of a text are: in French some 2.6 characters of GPT-2's, 3 of mini-gpt's.

    Args:
        base: for messages.
        folder: of the model.
        sample: of the text, not empty.
    """
    backend = guarded(lambda: backend_of(folder), base)
    return len(sample) / max(len(backend.encode(sample, add_special_tokens=False)), 1)


def tokens_read(tokens: float, window: int) -> float:
    """How many tokens are read where so many are scored, see `LanguageModel.bits`.

    Once where one window holds them; each window after it begins half of one after the one before,
    so that what it adds is read twice.
    """
    return tokens + max(tokens - window, 0)


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
        scores=_least(lambda: log_sum_exp(network.logits(seen.stream[0]))) / symbols,
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
