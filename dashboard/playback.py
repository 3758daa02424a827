"""What the screens show of a model that writes: pure functions from moliere_core to plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moliere_core.config import SamplingConfig
from moliere_core.protocol import CharModel
from moliere_core.recurrent import Array
from moliere_core.sampling import Writer, entropy_bits, next_distribution

BARS = 8  # characters beside the text
LOOP_CHARS = 30  # a loop is a cycle that comes round LOOP_ROUNDS times over at least this length
LOOP_ROUNDS = 3


@dataclass(frozen=True)
class Playback:
    """A text and, for each of its characters, the choice it was drawn from.

    Attributes:
        text: the characters drawn.
        candidates: BARS characters for each of them, the most probable first.
        chances: their probabilities, in ten-thousandths.
        drawn: the probability of each character drawn, in ten-thousandths.
    """

    text: str
    candidates: str
    chances: tuple[int, ...]
    drawn: tuple[int, ...]


def record(
    model: CharModel, prompt: str, config: SamplingConfig, seed: int, chars: int
) -> Playback:
    """Write `chars` characters after `prompt` and keep the choice behind each."""
    logits, ids = _write(model, [prompt], [config], seed, chars)
    probs = next_distribution(logits[:, 0], config)  # (chars, vocab_size)
    top = np.argsort(-probs, axis=-1, kind="stable")[:, :BARS]
    return Playback(
        text=model.vocabulary.decode(ids[:, 0]),
        candidates=model.vocabulary.decode(top.ravel()),
        chances=_ten_thousandths(np.take_along_axis(probs, top, axis=-1)),
        drawn=_ten_thousandths(np.take_along_axis(probs, ids, axis=-1)),
    )


@dataclass(frozen=True)
class Column:
    """One text of a comparison.

    Attributes:
        text: what was written.
        differs_at: where it first differs from the text on its left; None for the first, or
            where they do not differ.
        loop: where a cycle that repeats begins and ends, or None.
        hesitation: 2 to the mean entropy in bits of the distributions drawn from: the model
            hesitated as between so many equally probable characters.
    """

    text: str
    differs_at: int | None
    loop: tuple[int, int] | None
    hesitation: float


def compare(
    model: CharModel,
    prompts: Sequence[str],
    configs: Sequence[SamplingConfig],
    seed: int,
    chars: int,
) -> list[Column]:
    """Write side by side with the same draws; prompts and configs run in parallel."""
    logits, ids = _write(model, prompts, configs, seed, chars)
    texts = [model.vocabulary.decode(column) for column in ids.T]
    columns = []
    for i, (text, config) in enumerate(zip(texts, configs, strict=True)):
        differs_at = first_difference(texts[i - 1], text) if i else None
        probs = next_distribution(logits[:, i], config)
        columns.append(Column(text, differs_at, find_loop(text), mean_hesitation(probs)))
    return columns


def first_difference(left: str, right: str) -> int | None:
    """Index of the first character at which two texts differ, None if they do not."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((i for i, (a, b) in pairs if a != b), None)


def find_loop(text: str) -> tuple[int, int] | None:
    """Bounds of the longest passage that repeats one cycle, or None.

    The cycle comes round at least LOOP_ROUNDS times, over LOOP_CHARS characters or more.
    """
    codes = np.array([ord(char) for char in text])
    best: tuple[int, int] | None = None
    for period in range(1, len(text) // LOOP_ROUNDS + 1):
        same = np.concatenate([[False], codes[:-period] == codes[period:], [False]])
        edges = np.flatnonzero(same[1:] != same[:-1])
        starts, stops = edges[::2], edges[1::2] + period
        if not len(starts):
            continue
        longest = int((stops - starts).argmax())
        start, stop = int(starts[longest]), int(stops[longest])
        if stop - start >= max(LOOP_CHARS, LOOP_ROUNDS * period) and (
            best is None or stop - start > best[1] - best[0]
        ):
            best = start, stop
    return best


def mean_hesitation(probs: Array) -> float:
    """2 to the mean entropy in bits, of distributions of shape (steps, vocab_size)."""
    logs = np.log2(np.where(probs > 0, probs, 1))
    return float(2 ** -(probs * logs).sum(axis=-1).mean())


@dataclass(frozen=True)
class Bar:
    """A possible next character, through the stages of a draw.

    Attributes:
        char: which one.
        rank: 1 for the most probable.
        score: logit, in nats, as the network gives it.
        scaled: score less the highest one, divided by the temperature; 0 for the first.
        dropped: what sets it aside: "" (nothing), "greedy", "top_k" or "top_p".
        before: probability as learned (temperature 1, no filter).
        after: probability after the settings.
    """

    char: str
    rank: int
    score: float
    scaled: float
    dropped: str
    before: float
    after: float


@dataclass(frozen=True)
class NextCharacter:
    """The choice of the next character after a prompt and the characters chosen so far.

    Attributes:
        bars: the most probable characters, the first one first.
        others: how many characters are not in `bars`.
        before, after: what those others have together, before and after the settings.
        entropy_bits: of the distribution after the settings.
        drawn: the character that the seed draws at this step.
        chain: the characters chosen so far, each with its probability and its rank then.
        learned: probability of every character of the alphabet before the settings.
    """

    bars: tuple[Bar, ...]
    others: int
    before: float
    after: float
    entropy_bits: float
    drawn: str
    chain: tuple[tuple[str, float, int], ...]
    learned: Mapping[str, float]


def next_character(
    model: CharModel, prompt: str, chosen: str, config: SamplingConfig, seed: int, bars: int
) -> NextCharacter:
    """The distribution after `prompt` and `chosen`, before and after temperature and filters."""
    writer = Writer(model, [prompt], [config], [seed])
    chain = []
    for char, index in zip(chosen, model.vocabulary.encode(chosen), strict=True):
        then = writer.logits[0]
        rank = 1 + int((then[1:] > then[index]).sum())
        chain.append((char, float(next_distribution(then, config)[index]), rank))
        writer.push(np.array([index], np.int32))
    logits = writer.logits[0]
    before = next_distribution(logits, SamplingConfig())
    after = next_distribution(logits, config)
    ranked = 1 + np.argsort(-before[1:], kind="stable")  # without the unknown symbol
    order, rest = ranked[:bars], ranked[bars:]
    dropped = _dropped(logits, config)
    return NextCharacter(
        bars=tuple(
            Bar(
                model.vocabulary.decode([i]),
                rank,
                float(logits[i]),
                float(logits[i] - logits[order[0]]) / (config.temperature or 1.0),
                dropped[i],
                float(before[i]),
                float(after[i]),
            )
            for rank, i in enumerate(order, start=1)
        ),
        others=len(rest),
        before=float(before[rest].sum()),  # 1 less the others would lose it to rounding
        after=float(after[rest].sum()),
        entropy_bits=entropy_bits(after),
        drawn=model.vocabulary.decode(writer.choose()),
        chain=tuple(chain),
        learned=dict(zip(model.vocabulary.chars, before[1:].tolist(), strict=True)),
    )


def _dropped(logits: Array, config: SamplingConfig) -> list[str]:
    """For each symbol, which setting sets it aside; "" where none does."""
    unfiltered = SamplingConfig(config.temperature)
    alone = next_distribution(logits, unfiltered) > 0
    by_k = next_distribution(logits, replace(unfiltered, top_k=config.top_k)) > 0
    by_p = next_distribution(logits, config) > 0
    greedy = config.temperature == 0
    return [
        ("greedy" if greedy else "") if not one else "top_k" if not k else "" if p else "top_p"
        for one, k, p in zip(alone, by_k, by_p, strict=True)
    ]


def chosen_perplexity(chain: Sequence[tuple[str, float, int]]) -> float:
    """2 to the mean surprisal in bits of the characters chosen: 1 if each was certain."""
    return float(2 ** -np.mean([np.log2(max(chance, 1e-9)) for _char, chance, _rank in chain]))


def _write(
    model: CharModel,
    prompts: Sequence[str],
    configs: Sequence[SamplingConfig],
    seed: int,
    chars: int,
) -> tuple[Array, NDArray[np.int32]]:
    """Logits (chars, streams, vocab_size) and the indices drawn from them (chars, streams)."""
    writer = Writer(model, prompts, configs, [seed] * len(prompts))
    logits = np.empty((chars, *writer.logits.shape), np.float32)
    ids = np.empty((chars, len(prompts)), np.int32)
    for step in range(chars):
        logits[step] = writer.logits
        ids[step] = writer.step()
    return logits, ids


def _ten_thousandths(probs: Array) -> tuple[int, ...]:
    return tuple(np.rint(probs * 10_000).astype(int).ravel().tolist())
