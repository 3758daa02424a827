"""How many bits a character costs a class that guesses a text letter by letter.

Shannon (Prediction and entropy of printed English, 1951) had one reader guess each letter until he
was right, and bounded the entropy by the ranks. A class that votes once a letter gives no ranks; it
gives a distribution at once, and that is what Cover and King's gamblers give (A convergent gambling
estimate of the entropy of English, 1978, the "committee"): each voter bets on a letter, the bets
are pooled, and the pool pays -log2 of what it has bet on the right one. Like the bits of a model
this is the length of a code, so that both stand on one axis; it bounds the entropy from above.

A letter that nobody has named must not be impossible. Of each bet a share is therefore set aside
and spread over the whole alphabet as frequent as letters are in the plays. That share is what has
been wrong so far, by Laplace's rule, (wrong + 1) / (all + 2) over the *earlier* letters: the code
never looks ahead, and nothing of it has to be chosen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIGNS = {"/": "\n", "¶": "\n", "⏎": "\n", "_": " "}  # how one types what cannot be seen


@dataclass(frozen=True)
class Guess:
    """What a class has said of one letter.

    Attributes:
        letter: that it was.
        votes: how many named each.
    """

    letter: str
    votes: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many have voted."""
        return sum(self.votes.values())

    @property
    def right(self) -> int:
        """How many named it."""
        return self.votes.get(self.letter, 0)


def cased(votes: Mapping[str, int], read: str) -> Counter[str]:
    """Votes as letters of the text: a line begins with a capital, which nobody has to type.

    The rule looks at what was read alone, as a code may.
    """
    begins = not read or read.endswith("\n")
    found: Counter[str] = Counter()
    for letter, count in votes.items():
        sign = SIGNS.get(letter, letter)
        found[sign.upper() if begins and len(sign.upper()) == 1 else sign] += count
    return found


def bits(guesses: Sequence[Guess], frequencies: Mapping[str, float]) -> NDArray[np.float64]:
    """What each letter costs the class.

    Args:
        guesses: in the order of the text; each has a vote at least.
        frequencies: of all characters of the alphabet, adding up to 1.

    Returns:
        Bits, shape (guesses,).
    """
    wrong = votes = 0
    found = []
    for guess in guesses:
        aside = (wrong + 1) / (votes + 2)
        pooled = guess.right / guess.total
        bet = (1 - aside) * pooled + aside * frequencies.get(guess.letter, 0.0)
        found.append(-np.log2(bet) if bet > 0 else np.inf)
        wrong, votes = wrong + guess.total - guess.right, votes + guess.total
    return np.array(found, np.float64)


def margin(bits: NDArray[np.float64]) -> float:
    """Half the width of a 95 % interval of the mean, by the normal law; NaN of fewer than two.

    Letters of one text are no independent sample: it says how little a few letters say, no more.
    """
    if len(bits) < 2:
        return float("nan")
    return float(1.96 * bits.std(ddof=1) / np.sqrt(len(bits)))
