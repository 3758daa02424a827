"""The choice of the next character, through the stages of a draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dashboard.shared import cached
from moliere_core.config import SamplingConfig
from moliere_core.models.protocol import CharModel
from moliere_core.models.sampling import PIECE, Writer, entropy_bits, next_distribution
from moliere_core.networks.arrays import Array
from moliere_core.system.progress import Progress


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


@cached.computed(max_entries=256)
def next_character(
    reference: str, prompt: str, chosen: str, config: SamplingConfig, seed: int, bars: int
) -> cached.Task[NextCharacter]:
    """The choice after `prompt` and `chosen`, kept for all who ask for the same; see `choice`."""
    model = cached.model(reference)
    return lambda progress: choice(model, prompt, chosen, config, seed, bars, progress)


def choice(
    model: CharModel,
    prompt: str,
    chosen: str,
    config: SamplingConfig,
    seed: int,
    bars: int,
    progress: Progress | None = None,
) -> NextCharacter:
    """The distribution after `prompt` and `chosen`, before and after temperature and filters.

    Args:
        model: that reads and chooses.
        prompt: what it reads first.
        chosen: the characters chosen since.
        config: temperature and filters.
        seed: of the draw.
        bars: how many characters to keep, the most probable ones.
        progress: told the share of `chosen` that is read.
    """
    writer = Writer(model, [prompt], [config], [seed])
    chain = []
    for char, index in zip(chosen, model.vocabulary.encode(chosen), strict=True):
        then = writer.logits[0]
        rank = 1 + int((then[1:] > then[index]).sum())
        chain.append((char, float(next_distribution(then, config)[index]), rank))
        writer.push(np.array([index], np.int32))
        if progress is not None and len(chain) % PIECE == 0:
            progress(len(chain) / len(chosen))
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


@dataclass(frozen=True)
class Situation:
    """What the model has read, how it chooses, and the choice that follows.

    Attributes:
        reference: of the model.
        beside: of a second one on its right, "" for none.
        prompt, chosen: what it has read: the text that starts, and the characters chosen since.
        runs: the prompt in runs, as `widgets.unknown` gives it.
        config: temperature and filters.
        seed: of the draws.
        count: of the bars that are asked for.
        following: the choice of the next character.
    """

    reference: str
    beside: str
    prompt: str
    chosen: str
    runs: list[tuple[str, bool]]
    config: SamplingConfig
    seed: int
    count: int
    following: NextCharacter

    @property
    def read(self) -> str:
        """Everything that the model has read."""
        return self.prompt + self.chosen

    @property
    def question(self) -> tuple[str, str]:
        """What the class votes on: who chooses, after which text."""
        return self.reference, self.read
