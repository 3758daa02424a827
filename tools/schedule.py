"""How the learning rate goes, pass after pass, where a model is trained with torch.

A schedule gives, for each pass, a share of the highest learning rate where the pass begins and
where it ends; in between the rate follows a straight line. So a schedule that was changed by hand
along the way is written down like any other, and one command repeats it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

Shares = tuple[tuple[float, float], ...]  # a pair a pass: where it begins, where it ends


def plateau_then_decay(passes: int, decay: int) -> Shares:
    """All of the rate, then a straight line to none over the last `decay` of the passes."""
    decay = min(decay, passes)
    line = [1 - done / decay for done in range(decay + 1)] if decay else []
    return ((1.0, 1.0),) * (passes - decay) + tuple(pairwise(line))


@dataclass(frozen=True)
class Schedule:
    """How far each update moves the weights.

    Attributes:
        shares: of the highest rate, pass after pass.
        learning_rate: the highest.
        last_share: of the highest, below which the rate does not fall.
        warm_up: updates over which it rises from zero.
        weight_averaging: decay of the exponential moving average of the weights, an update.
    """

    shares: Shares
    learning_rate: float
    last_share: float
    warm_up: int
    weight_averaging: float

    def share(self, done: int, fraction: float = 0.0) -> float:
        """Of the highest rate, after `done` passes and a fraction of the next, without warm-up."""
        begin, end = self.shares[done]
        return begin + (end - begin) * fraction

    def rate(self, done: int, fraction: float, update: int) -> float:
        """The learning rate of one update.

        Args:
            done: passes made before.
            fraction: of the next pass that is made, from 0 to 1.
            update: updates made before, since the warm-up began.
        """
        warm = min(1.0, (update + 1) / self.warm_up)
        return self.learning_rate * warm * max(self.last_share, self.share(done, fraction))

    def average_decay(self, update: int) -> float:
        """Decay of the average at an update: a young one forgets the untrained weights faster."""
        return min(self.weight_averaging, (1 + update) / (10 + update))


# As the shipped models were trained, see their cards.

# The decay was set to end with the time at hand: over 8 passes, then 4, then 5.
MINI_GPT = Schedule(
    ((1, 1),) * 4 + ((1, 7 / 8), (3 / 4, 2 / 4), (3 / 5, 2 / 5), (2 / 5, 1 / 5), (1 / 5, 0)),
    3e-3,
    0.01,
    100,
    0.998,
)
MINI_GPT_CONTINUED = replace(MINI_GPT, shares=plateau_then_decay(11, 5))
