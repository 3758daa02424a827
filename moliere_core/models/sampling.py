"""From logits to characters: temperature, top_k, top_p, and draws that can be repeated.

A character is drawn by the Gumbel-max trick (Gumbel 1954; Maddison et al. 2014): the argmax of
`logits / temperature + noise`, where the noise of a character depends on the seed, the step and
the character alone. Two temperatures, or two models, thus see the same luck.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moliere_core.config import SamplingConfig
from moliere_core.models.protocol import CharModel
from moliere_core.networks.arrays import Array, softmax
from moliere_core.system.progress import Progress
from moliere_core.text.vocabulary import UNKNOWN, Ids

NOISE_BLOCK = 64  # steps of noise computed at a time: hashing many at once costs little
PIECE = 4  # characters between two reports of progress: 30 ms of six streams of the largest model


def entropy_bits(probs: Array) -> float:
    """Shannon entropy in bits of one distribution, shape (vocab_size,)."""
    positive = probs[probs > 0].astype(np.float64)
    return float(-(positive * np.log2(positive)).sum()) + 0.0  # + 0.0: no "-0.0" on screen


def top_k_filter(logits: Array, top_k: int) -> Array:
    """Set all but the `top_k` largest of the last axis to -inf; 0 keeps all; ties are kept."""
    if not 0 < top_k < logits.shape[-1]:
        return logits
    kth = np.partition(logits, -top_k, axis=-1)[..., -top_k, None]
    return np.where(logits < kth, -np.inf, logits).astype(np.float32)


def top_p_filter(logits: Array, top_p: float) -> Array:
    """Keep the smallest set whose probabilities reach `top_p` (Holtzman et al. 2020)."""
    if top_p >= 1:
        return logits
    probs = softmax(logits)
    order = np.argsort(-probs, axis=-1, kind="stable")
    ranked = np.take_along_axis(probs, order, axis=-1)
    # A character stays while the mass before it is short of p: the first always does.
    keep_ranked = np.cumsum(ranked, axis=-1) - ranked < top_p
    keep_ranked[..., 0] = True  # even where p is lost to rounding
    keep = np.zeros_like(keep_ranked)
    np.put_along_axis(keep, order, keep_ranked, axis=-1)
    return np.where(keep, logits, -np.inf).astype(np.float32)


def filtered_logits(logits: Array, config: SamplingConfig) -> Array:
    """Logits after temperature, top_k, top_p, in that order; shape (..., vocab_size).

    The unknown symbol is always -inf. Temperature 0 leaves the largest alone.
    """
    logits = logits.astype(np.float32, copy=True)
    logits[..., UNKNOWN] = -np.inf
    if config.temperature == 0:
        best = logits.argmax(axis=-1)[..., None]
        greedy = np.full_like(logits, -np.inf)
        np.put_along_axis(greedy, best, np.float32(0), axis=-1)
        return greedy
    # Scaling the distance to the maximum keeps tiny temperatures within float32.
    scaled = (logits - logits.max(axis=-1, keepdims=True)) / np.float32(config.temperature)
    return top_p_filter(top_k_filter(scaled, config.top_k), config.top_p)


def next_distribution(logits: Array, config: SamplingConfig) -> Array:
    """Probabilities that characters are drawn from, shape (..., vocab_size); the unknown's is 0."""
    return softmax(filtered_logits(logits, config))


_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def _mix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finaliser (Steele, Lea and Flood 2014): a bijection with full avalanche."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def gumbel_noise(seed: int, steps: range, codepoints: NDArray[np.uint64]) -> Array:
    """Standard Gumbel noise of each character at each step, shape (len(steps), len(codepoints)).

    It depends on the seed, the step and the character's code point, and on nothing else.
    """
    with np.errstate(over="ignore"):  # arithmetic modulo 2**64 is meant
        key = _mix(np.array([seed % 2**64], np.uint64) + _GOLDEN)
        rows = _mix(key + np.arange(steps.start, steps.stop, dtype=np.uint64) * _GOLDEN)
        bits = _mix(rows[:, None] + (codepoints[None, :] + np.uint64(1)) * _GOLDEN)
    uniform = ((bits >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53  # in (0, 1)
    return np.asarray(-np.log(-np.log(uniform)), np.float32)


class Writer:
    """Streams that write side by side, one character a step, each with its own settings.

    Args:
        model: whose probabilities are drawn from.
        prompts: what each stream has read before it writes.
        configs: the settings of each stream.
        seeds: the random seed of each stream; equal seeds mean equal draws.
    """

    def __init__(
        self,
        model: CharModel,
        prompts: Sequence[str],
        configs: Sequence[SamplingConfig],
        seeds: Sequence[int],
    ) -> None:
        if not len(prompts) == len(configs) == len(seeds) > 0:
            raise ValueError("prompts, configs and seeds must have the same length, at least 1")
        self.model = model
        self.configs = tuple(configs)
        self.seeds = tuple(seeds)
        self.steps = 0
        self.logits, self._state = model.start(prompts)
        self._chosen: list[Ids] = []
        self._noise: Array = np.empty((0, 0, 0), np.float32)  # (block, streams, vocab_size)
        greedy = np.array([c.temperature == 0 for c in configs])
        temperatures = np.array([c.temperature or 1.0 for c in configs], np.float32)
        self._scale = (1 / temperatures)[:, None]
        self._luck = np.where(greedy, 0, 1).astype(np.float32)[:, None]
        self._filtered = [i for i, c in enumerate(configs) if c.top_k or c.top_p < 1]

    @property
    def texts(self) -> list[str]:
        """What each stream has written, without its prompt."""
        if not self._chosen:
            return [""] * len(self.configs)
        return [self.model.vocabulary.decode(ids) for ids in np.stack(self._chosen, axis=1)]

    def copy(self) -> Writer:
        """Another one that stands where this one does; what either writes leaves the other."""
        other = copy.copy(self)  # arrays and states are replaced by a step, never changed
        other._chosen = self._chosen.copy()
        return other

    def step(self) -> Ids:
        """Draw, write and read one character in each stream; their indices, shape (streams,)."""
        ids = self.choose()
        self.push(ids)
        return ids

    def choose(self) -> Ids:
        """The characters that the next step would write, shape (streams,); nothing changes."""
        scores = self.logits * self._scale
        for i in self._filtered:
            scores[i] = filtered_logits(self.logits[i], self.configs[i])
        scores += self._step_noise()
        scores[:, UNKNOWN] = -np.inf
        return scores.argmax(axis=1).astype(np.int32)

    def push(self, ids: Ids) -> None:
        """Write these characters, however they were chosen, and read them."""
        self.logits, self._state = self.model.step(ids, self._state)
        self._chosen.append(ids)
        self.steps += 1

    def _step_noise(self) -> Array:
        offset = self.steps % NOISE_BLOCK
        if offset == 0 or not self._noise.size:
            start = self.steps - offset
            block = range(start, start + NOISE_BLOCK)
            points = self.model.vocabulary.codepoints
            by_seed = {s: gumbel_noise(s, block, points) for s in set(self.seeds)}
            self._noise = np.stack([by_seed[s] for s in self.seeds], axis=1) * self._luck
        noise: Any = self._noise[offset]
        return noise


def write(writer: Writer, max_new_chars: int, progress: Progress | None = None) -> Iterator[Ids]:
    """Step `writer` `max_new_chars` times, yielding the indices drawn at each step.

    `progress` is told the share written every `PIECE` characters, and at the end.
    """
    for done in range(1, max_new_chars + 1):
        yield writer.step()
        if progress is not None and (done % PIECE == 0 or done == max_new_chars):
            progress(done / max_new_chars)


def generate(
    model: CharModel,
    prompts: Sequence[str],
    configs: Sequence[SamplingConfig],
    seeds: Sequence[int],
    max_new_chars: int,
    progress: Progress | None = None,
) -> list[str]:
    """The texts that streams write after their prompts, which are left out; see `Writer`."""
    writer = Writer(model, prompts, configs, seeds)
    for _ in write(writer, max_new_chars, progress):
        pass
    return writer.texts


def write_with_logits(
    writer: Writer, chars: int, progress: Progress | None = None
) -> tuple[Array, Ids]:
    """As `write`, with what each character was drawn from.

    Returns:
        The logits, shape (chars, streams, vocab_size), and the indices drawn, (chars, streams).
    """
    logits = np.empty((chars, *writer.logits.shape), np.float32)
    ids = np.empty((chars, len(writer.seeds)), np.int32)
    before = writer.logits
    for step, drawn in enumerate(write(writer, chars, progress)):
        logits[step], ids[step] = before, drawn
        before = writer.logits
    return logits, ids
