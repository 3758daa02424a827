"""What the votes of a session have made of a network: a story, vote after vote."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from dashboard.shared import cached, sources
from moliere_core.config import SamplingConfig
from moliere_core.models.references import NetworkModel
from moliere_core.models.sampling import generate
from moliere_core.system.progress import Progress
from moliere_core.training.preferences import STEPS, Vote, divergence, nudge

UNREAD_CHARS = 2_000  # of Molière, on which the cost is measured
WITNESSES = 4  # texts that the nudged network writes, on which its distance is measured
WITNESS_CHARS = 80
_STORIES = "preferences.stories"  # reference -> Story


@dataclass
class Stage:
    """The network after some votes.

    Attributes:
        model: as it is then; the original again once there is a later one.
        distance: from the original, on what it writes itself, bits per character.
        bits: per character, on a passage of Molière that the original has not read.
    """

    model: NetworkModel
    distance: float
    bits: float


@dataclass
class Story:
    """A session's votes on one network, and what they have made of it.

    Attributes:
        reference: of the original.
        votes: in their order.
        stages: the original, then the network after each vote; shorter than that as long as a vote
            has not been learned.
        skipped: pairs of texts that were passed over.
        pair: the two texts on screen, with what they were written from.
    """

    reference: str
    votes: list[Vote] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    skipped: int = 0
    pair: tuple[Hashable, tuple[str, str]] = (None, ("", ""))

    @property
    def round(self) -> int:
        """How many pairs of texts the class has seen before this one."""
        return len(self.votes) + self.skipped

    def vote(self, vote: Vote) -> None:
        """What the class thinks of a pair; it is learned when the page is drawn."""
        self.votes.append(vote)

    def skip(self) -> None:
        """Leave a pair without a vote."""
        self.skipped += 1


def story(reference: str) -> Story:
    """This session's, of that network."""
    stories: dict[str, Story] = st.session_state.setdefault(_STORIES, {})
    if reference not in stories:
        stories.clear()  # a network a session: each stage holds all weights
        stories[reference] = Story(reference)
    return stories[reference]


def forget(reference: str) -> None:
    """Begin again with the original."""
    st.session_state.get(_STORIES, {}).pop(reference, None)


def learn(now: Story, pull: float, sampling: SamplingConfig) -> None:
    """Bring the stages up to the votes; the page waits, and says how far it is."""
    original, unread = cached.model(now.reference), unread_text()
    if not now.stages:
        bits = _bits(now.reference, unread)
        now.stages.append(Stage(original, 0.0, bits))
    while (count := len(now.stages)) <= len(now.votes):
        before, votes = now.stages[-1].model, now.votes[:count]
        learned = cached.in_turn(partial(_learned, before, original, votes, pull, sampling, unread))
        if len(now.stages) == count:  # else another run of the page has learned it
            now.stages.append(learned)
        for old in now.stages[1:-1]:
            old.model = original  # its own weights are no longer wanted


def pair(
    now: Story, prompt: str, sampling: SamplingConfig, seed: int, chars: int
) -> tuple[str, str]:
    """The two texts to vote on, written once: each hand that is counted draws the page again."""
    asked = (len(now.votes), prompt, sampling, seed, chars)
    if now.pair[0] != asked:
        now.pair = asked, texts(now.stages[-1].model, prompt, sampling, seed, chars)
    return now.pair[1]


def texts(
    model: NetworkModel, prompt: str, sampling: SamplingConfig, seed: int, chars: int
) -> tuple[str, str]:
    """Two continuations of a prompt that a network writes with different draws."""
    first, second = cached.in_turn(
        lambda told: generate(model, [prompt] * 2, [sampling] * 2, [seed, seed + 1], chars, told)
    )
    return first, second


@cached.computed(max_entries=32)
def _bits(reference: str, text: str) -> cached.Task[float]:
    model = cached.model(reference)
    return lambda told: float(model.surprisal(text, told).mean())


def unread_text() -> str:
    """The first lines of a play that the shipped models have not read, where there is one."""
    corpus = cached.corpus(sources.chosen())
    return corpus.select([sources.unread_play(corpus)]).text()[:UNREAD_CHARS]


def _learned(
    before: NetworkModel,
    original: NetworkModel,
    votes: list[Vote],
    pull: float,
    sampling: SamplingConfig,
    unread: str,
    told: Progress,
) -> Stage:
    """The network after one more vote, and what that costs."""
    for end in nudge(before, original, votes, STEPS, pull=pull):
        told(0.7 * end.step / STEPS)
    prompt, alike = votes[-1].prompt, [sampling] * WITNESSES
    written = generate(end.model, [prompt] * WITNESSES, alike, range(WITNESSES), WITNESS_CHARS)
    told(0.8)
    apart = (divergence(end.model, original, text, prompt) for text in written)
    distance = sum(apart) / WITNESSES
    return Stage(end.model, distance, float(end.model.surprisal(unread).mean()))
