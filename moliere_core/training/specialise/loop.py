"""A GPT is continued on another text: the loop, in NumPy, as all that runs a GPT-2 here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from moliere_core.config import SamplingConfig, check_range
from moliere_core.errors import ConfigError, CorpusError
from moliere_core.networks.arrays import Array, Weights, log_sum_exp, softmax
from moliere_core.networks.gradients import Adam, clipped
from moliere_core.networks.transformer import Ids, TransformerNetwork
from moliere_core.networks.transformer_gradients import below, blocks_backward, blocks_forward
from moliere_core.pretrained.language import LanguageModel
from moliere_core.pretrained.network import PlainNetwork
from moliere_core.text.normalise import normalise
from moliere_core.training.memory import OldText
from moliere_core.training.specialise.methods import METHODS, Method

POINTS = 8  # places along the training where both texts are scored
WINDOW = 256  # tokens read in a row, which are an update
DECAY, CLIP = 0.01, 1.0
HEAD_LOGITS = 8_000_000  # computed at once: 32 MB, whatever the vocabulary
KEPT_BYTES = 400_000_000  # of what enters the last block, computed in the first epoch
OWN_CHARS = 800  # that a model writes itself, where nobody knows what it has read
MOST_CHARS, FEWEST_CHARS = 400_000, 200  # of the text that is learned
MEASURED_PARAMETERS = 1e11  # what scoring a text may take: characters times parameters
MEASURED_CHARS = 8_000


@dataclass(frozen=True)
class Settings:
    """How a model is specialised.

    Attributes:
        method: "lora" or "block", see `methods`.
        epochs: passes over the text.
        rate: AdamW's first learning rate, which falls to nothing in a straight line; 0 for what
            suits the method.
        seed: of the order of the windows, and of LoRA's first matrices.
    """

    method: str = "lora"
    epochs: int = 3
    rate: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ConfigError(
                "method is {method!r}: choose one of {methods}",
                method=self.method,
                methods=", ".join(METHODS),
            )
        check_range("epochs", self.epochs, 1, 100)
        check_range("rate", self.rate, 0, 1)
        if not self.rate:
            object.__setattr__(self, "rate", METHODS[self.method].rate)


@dataclass(frozen=True)
class Point:
    """Where a training stands.

    Attributes:
        update: updates made.
        updates: to be made in all.
        epoch: passes over the text so far.
        seconds: since it began.
        loss: nats a token, the mean since the point before; None before the first update.
        new: bits per character of the new text held out; None where it was not scored here.
        old: the same of the old text.
    """

    update: int
    updates: int
    epoch: float
    seconds: float
    loss: float | None = None
    new: float | None = None
    old: float | None = None

    @property
    def left(self) -> float | None:
        """Seconds that are left, about; None before the first update."""
        if not self.update:
            return None
        return self.seconds / self.update * (self.updates - self.update)


def own_text(model: LanguageModel, chars: int = OWN_CHARS, seed: int = 0) -> OldText:
    """What a model writes before it is specialised: a text that it knows, whatever it has read."""
    data = b""
    writing = model.write(list(model.begin), SamplingConfig(1.0), seed)
    for token in islice(writing, chars):  # some tokens write nothing
        data += model.vocabulary.tokens[token]
        if len(data) >= chars:
            break
    return OldText("own", normalise(data.decode(errors="ignore"))[:chars])


def specialise(
    model: LanguageModel,
    train: str,
    held: str,
    old: OldText | None,
    settings: Settings,
    should_stop: Callable[[], bool] = lambda: False,
) -> Iterator[Point]:
    """Continue a model on a text; `model` has the network as far as it is trained.

    Args:
        model: a GPT-2 or its like, changed in place.
        train: what it reads.
        held: the end of the same text, which it does not read.
        old: the text that tells what it forgets; None for none.
        settings: how.
        should_stop: asked after every update; true ends it there.

    Yields:
        Where it stands, after every update, and before the first.

    Raises:
        ModelError: torch runs this model.
        CorpusError: the text is too short.
    """
    train, held = normalise(train)[:MOST_CHARS], normalise(held)
    if len(train) < FEWEST_CHARS:
        raise CorpusError(
            "this text has {chars} characters, too few to learn from: give at least {least}",
            chars=len(train),
            least=FEWEST_CHARS,
        )
    network = model.transformer
    method = METHODS[settings.method](network, settings.seed)
    most = measured_chars(network.parameters)
    measured = [text[:most] for text in (held, old.text if old else "")]
    return _updates(model, method, _windows(model, train), measured, settings, should_stop)


def measured_chars(parameters: int) -> int:
    """Characters of each text that are scored along the training of a model of that size."""
    return int(min(MEASURED_CHARS, max(MEASURED_PARAMETERS / max(parameters, 1), 500)))


def _windows(model: LanguageModel, text: str) -> list[Ids]:
    """The text in windows that share one token: the last of one is the first of the next."""
    ids: Ids = np.array([*model.begin, *model.encode(text)], np.int64)
    size = min(WINDOW, model.trained_context)
    starts = range(0, len(ids) - 1, size)
    whole = [ids[at : at + size + 1] for at in starts if at + size + 1 <= len(ids)]
    return whole or [ids]


def _updates(
    model: LanguageModel,
    method: Method,
    windows: list[Ids],
    measured: list[str],
    settings: Settings,
    should_stop: Callable[[], bool],
) -> Iterator[Point]:
    began, updates = time.perf_counter(), settings.epochs * len(windows)
    random, adam = np.random.default_rng(settings.seed), Adam(settings.rate, DECAY)
    parameters, entering = dict(method.parameters), _Entering(model.transformer, method.lowest)
    marks = {round(updates * share / POINTS) for share in range(1, POINTS + 1)}
    update, losses = 0, []
    new, old = (_bits(model, text) for text in measured)
    yield Point(0, updates, 0.0, time.perf_counter() - began, None, new, old)
    for _epoch in range(settings.epochs):
        for number in random.permutation(len(windows)).tolist():
            network = model.transformer
            x = entering(windows, number)
            loss, by_weight = _gradient(network, windows[number], x, method.lowest)
            gradient = clipped(method.gradient(parameters, by_weight), CLIP)
            parameters = adam.updated(parameters, gradient, 1 - update / updates)
            _put(model, method.weights(parameters))
            update += 1
            losses.append(loss)
            stop = should_stop()
            point = Point(update, updates, update / len(windows), time.perf_counter() - began)
            if stop or update in marks:
                new, old = (_bits(model, text) for text in measured)
                seconds = time.perf_counter() - began
                point = replace(
                    point, seconds=seconds, loss=float(np.mean(losses)), new=new, old=old
                )
                losses = []
            yield point
            if stop:
                return


class _Entering:
    """What enters the first block that is trained: always the same, computed once."""

    def __init__(self, network: TransformerNetwork, lowest: int) -> None:
        self._network, self._lowest = network, lowest
        self._kept: dict[int, Array] = {}
        self._left = KEPT_BYTES

    def __call__(self, windows: list[Ids], number: int) -> Array:
        found = self._kept.get(number)
        if found is None:
            found = below(self._network, windows[number][None, :-1], self._lowest)
            if self._left >= found.nbytes:
                self._left -= found.nbytes
                self._kept[number] = found
        return found


def _gradient(
    network: TransformerNetwork, ids: Ids, x: Array, lowest: int
) -> tuple[float, Weights]:
    """The mean loss of a window, nats a token, and its gradient by the weights of the blocks.

    Args:
        network: as far as it is trained.
        ids: the window and the token after it, shape (tokens + 1,).
        x: what enters the block `lowest`, shape (1, tokens, width).
        lowest: the first block that a gradient is wanted of.
    """
    seen = blocks_forward(network, x, lowest=lowest)
    stream, targets = seen.stream[0], ids[1:]
    d_stream, loss = np.empty_like(stream), 0.0
    at_once = max(HEAD_LOGITS // network.vocab_size, 1)
    for start in range(0, len(stream), at_once):
        piece = slice(start, start + at_once)
        probs, wanted = network.logits(stream[piece]), targets[piece]
        rows = np.arange(len(wanted))
        loss += float((log_sum_exp(probs) - probs[rows, wanted]).sum())
        softmax(probs, out=probs)
        probs[rows, wanted] -= 1
        d_stream[piece] = probs @ network.output
    d_stream /= np.float32(len(stream))
    return loss / len(stream), blocks_backward(network, seen, d_stream[None])[0]


def _put(model: LanguageModel, weights: Weights) -> None:
    """Give the model these weights."""
    assert isinstance(model.network, PlainNetwork)
    config = model.transformer.config
    # One output matrix that was stored beside an equal embedding is one here.
    tied = replace(config, tied="lm_head.weight" not in weights)
    model.network.transformer = TransformerNetwork(weights, tied)


def _bits(model: LanguageModel, text: str) -> float | None:
    """Bits per character of a text; None of an empty one."""
    if not text:
        return None
    found = sum(float(bits.sum()) for _at, bits in model.bits(model.encode(text)))
    return found / len(text)
