"""Codes of rooms: four letters that are read from the back row, typed, and spell nothing.

No vowel, so no word; no letter twice, and none of those of which French makes its rude
abbreviations; none that is taken for another one or for a digit (I, L, O, Q, S, Z).
"""

from __future__ import annotations

import secrets
from itertools import permutations

LETTERS = "BCFGHJKMNPRVWX"
LENGTH = 4
COUNT = sum(1 for _ in permutations(LETTERS, LENGTH))  # different codes


def draw() -> str:
    """A code that nobody can foresee."""
    return "".join(secrets.SystemRandom().sample(LETTERS, LENGTH))


def read(typed: str) -> str | None:
    """The code that somebody has typed, in whatever case and with spaces; None if it is none."""
    code = "".join(typed.split()).upper()
    whole = len(code) == LENGTH and set(code) <= set(LETTERS) and len(set(code)) == LENGTH
    return code if whole else None
