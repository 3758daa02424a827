"""The class's votes teach a network which of two continuations it should rather have written.

Direct preference optimisation (Rafailov et al. 2023, "Direct Preference Optimization: Your
Language Model is Secretly a Reward Model") with the votes' shares as soft labels (Mitchell 2023,
"A note on DPO with noisy preferences"). With p(y|x) the network's probability of a continuation y
of a prompt x, p0 that of the original network, and q the share of the class that chose y1,

    margin = log p(y1|x) / p0(y1|x) - log p(y2|x) / p0(y2|x)
    loss = -q log sigmoid(pull * margin) - (1 - q) log sigmoid(-pull * margin)

Once the loss is least, `pull * margin` is the log-odds of the vote: the larger the pull, the less
the network leaves the original for the same vote. No reward model is trained, and nothing is
drawn: that, and a few hundred characters instead of thousands of comparisons, is what it differs
in from the RLHF of Ouyang et al. (2022).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from moliere_core.config import check_range
from moliere_core.errors import ConfigError
from moliere_core.models.protocol import CONTEXT_START
from moliere_core.models.references import NetworkModel, open_run
from moliere_core.networks.arrays import Array, log_softmax
from moliere_core.networks.gradients import (
    Adam,
    Pass,
    backward,
    clipped,
    forward,
    next_log_probs,
    weights_of,
    with_weights,
)
from moliere_core.networks.loading import CharNetwork
from moliere_core.networks.recurrent import sigmoid
from moliere_core.runs.run import Run, epoch_name, request_id, run_path
from moliere_core.system.storage import write_atomically
from moliere_core.text.normalise import normalise
from moliere_core.text.vocabulary import UNKNOWN, Ids

STEPS, RATE, PULL, CLIP = 12, 1e-3, 0.1, 1.0
MOST_CHARS = 1_000  # of a prompt and its continuation: an update reads them all


@dataclass(frozen=True)
class Vote:
    """Two continuations of a prompt, and what the class thought of them.

    Attributes:
        prompt: what both follow.
        first: one continuation, at least one character.
        second: the other one.
        share: of the voters who chose the first, from 0 to 1.
    """

    prompt: str
    first: str
    second: str
    share: float

    def __post_init__(self) -> None:
        check_range("share", self.share, 0, 1)
        if not self.first or not self.second:
            raise ConfigError("one of the two continuations is empty: let the model write both")


@dataclass(frozen=True)
class Nudged:
    """Where the network stands after some updates.

    Attributes:
        model: the network as it is now, with the original's reference.
        step: updates made.
        loss: the mean over the votes, nats, before this update.
        margins: of each vote, nats, before this update; above 0 the first gained on the second.
    """

    model: NetworkModel
    step: int
    loss: float
    margins: NDArray[np.float64]


def nudge(
    model: NetworkModel,
    original: NetworkModel,
    votes: Sequence[Vote],
    steps: int = STEPS,
    rate: float = RATE,
    pull: float = PULL,
) -> Iterator[Nudged]:
    """Take the network towards the votes, all of them at once in every update (Adam).

    Args:
        model: where it starts from: the original, or what earlier votes made of it.
        original: which pulls back, of the same architecture and alphabet.
        votes: at least one.
        steps: updates to make.
        rate: Adam's learning rate.
        pull: how strongly the original holds it back, above 0.

    Yields:
        The network after each update.

    Raises:
        ConfigError: no vote, a setting out of its range, or a text that is too long.
    """
    check_range("steps", steps, 1, 1_000)
    check_range("rate", rate, 0, 1)
    check_range("pull", pull, 1e-4, 100)
    if not votes:
        raise ConfigError("nobody has voted: choose one of the two texts first")
    if any(len(v.prompt) + max(len(v.first), len(v.second)) > MOST_CHARS for v in votes):
        raise ConfigError(
            "a prompt and what follows it are longer than {most} characters: shorten them",
            most=MOST_CHARS,
        )
    return _updates(model, original, votes, steps, rate, pull)


def _updates(
    model: NetworkModel,
    original: NetworkModel,
    votes: Sequence[Vote],
    steps: int,
    rate: float,
    pull: float,
) -> Iterator[Nudged]:
    ids, targets, counted = _rows(model, votes)
    shares = np.array([vote.share for vote in votes])
    first = _log_probs(_read(original.network, ids), targets, counted)[0]
    network = model.network
    adam = Adam(rate)
    for step in range(1, steps + 1):
        seen = _read(network, ids)
        now, slope = _log_probs(seen, targets, counted)
        gained = (now - first).reshape(2, -1)
        margins = gained[0] - gained[1]
        odds = pull * margins
        loss = shares * np.logaddexp(0, -odds) + (1 - shares) * np.logaddexp(0, odds)
        d_margin = pull * (sigmoid(odds) - shares) / len(votes)
        by_row = np.concatenate([d_margin, -d_margin]).astype(np.float32)
        gradient = clipped(backward(network, seen, slope * by_row[:, None, None]), CLIP)
        network = with_weights(network, adam.updated(weights_of(network), gradient))
        there = NetworkModel.of(model.reference, network, model.vocabulary)
        yield Nudged(there, step, float(loss.mean()), margins)


def divergence(model: NetworkModel, original: NetworkModel, text: str, prompt: str = "") -> float:
    """How far a network is from the original, on a text after a prompt: bits per character.

    The mean over the places of `text` of the Kullback-Leibler divergence KL(p || p0) of the two
    distributions of the next character. On a text that the network wrote itself it estimates the
    divergence of all that the two would write.

    Raises:
        ConfigError: the text is empty.
    """
    prompt, text = normalise(prompt), normalise(text)
    if not text:
        raise ConfigError("the text to compare on is empty: give at least one character")
    ids = model.vocabulary.encode(CONTEXT_START + prompt + text)[None, :-1]
    mine, theirs = (
        log_softmax(_read(m.network, ids).logits[0, len(prompt) :, UNKNOWN + 1 :])
        for m in (model, original)
    )
    apart = (np.exp(mine, dtype=np.float64) * (mine - theirs)).sum(axis=-1)
    return float(apart.mean() / np.log(2))


def keep(
    model: NetworkModel, votes: Sequence[Vote], label: str = "", token: str | None = None
) -> Run:
    """Store a nudged network as a run like another, with no epoch of its own.

    Args:
        model: from `nudge`; its reference names the run of the original.
        votes: all that led to it.
        label: what the run is called.
        token: of its owner, who alone may rename or delete it, see `runs.ownership`.

    Raises:
        RunError: the original is gone, or the run cannot be written.
    """
    before, _ = open_run(model.reference)
    config = replace(
        before.config, training=replace(before.config.training, epochs=0), initial=model.reference
    )
    weights = weights_of(model.network)
    provenance = {name: before.corpus[name] for name in ("source", "digest", "chars")}
    run_id = request_id(config, before.corpus["digest"], hashlib.sha256(save(weights)).hexdigest())
    run = Run.create(
        run_path(run_id), run_id, config, model.vocabulary, provenance, before.held_out
    )
    if not run.complete:
        run.save_snapshot(epoch_name(0), weights)
        document = [asdict(vote) for vote in votes]
        text = json.dumps(document, ensure_ascii=False, indent=1)
        write_atomically(run.path / "votes.json", text.encode())
        if token:
            run.set_owner(token)
        if label:
            run.rename(label, token)
    return run


def _rows(model: NetworkModel, votes: Sequence[Vote]) -> tuple[Ids, Ids, NDArray[np.bool_]]:
    """What is read, what comes next and whether it counts: all firsts, then all seconds.

    Shape (2 * votes, time) each; what follows the end of a shorter row counts for nothing.
    """
    pairs = [(v.prompt, v.first) for v in votes] + [(v.prompt, v.second) for v in votes]
    whole = [
        model.vocabulary.encode(CONTEXT_START + normalise(prompt) + text) for prompt, text in pairs
    ]
    length = max(map(len, whole))
    rows = np.stack([np.pad(row, (0, length - len(row))) for row in whole])
    at = np.arange(1, length)
    starts = np.array([len(CONTEXT_START + normalise(prompt)) for prompt, _ in pairs])
    ends = np.array([len(row) for row in whole])
    counted = (at >= starts[:, None]) & (at < ends[:, None])
    return rows[:, :-1], rows[:, 1:], counted


def _read(network: CharNetwork, ids: Ids) -> Pass:
    return forward(network, ids, network.zero_state(len(ids)))


def _log_probs(seen: Pass, targets: Ids, counted: NDArray[np.bool_]) -> tuple[Array, Array]:
    """The log-probability of each row's continuation, and its derivatives by the logits."""
    each, slope = next_log_probs(seen, targets)
    return (each * counted).sum(axis=1, dtype=np.float64), slope * counted[..., None]
