"""From text to words, by one rule.

A word is a run of letters, with the hyphens inside it and, where another letter follows, the
apostrophe at its end: « l'amour » is `l'` and `amour`, « dites-le-moi » and « peut-être » are one
word each, and « aujourd'hui » is one. Figures and punctuation are none; capitals do not count.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

_LETTERS = r"[^\W\d_ªº]+"
_WORD = re.compile(rf"(?i:aujourd'hui)\b|{_LETTERS}(?:-{_LETTERS})*(?:'(?=[^\W\d_ªº]))?")
# In a query, an apostrophe may come last ("qu'"), and * stands for any letters.
_ASKED_LETTERS = r"(?:[^\W\d_ªº]|\*)+"
_ASKED = re.compile(rf"(?i:aujourd'hui)\b|{_ASKED_LETTERS}(?:-{_ASKED_LETTERS})*'?")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, in their order."""
    return [word.lower() for word in _WORD.findall(text)]


def located(text: str) -> tuple[list[str], NDArray[np.int32]]:
    """The words of a text as they are written, and where each begins, in characters."""
    found = _WORD.findall(text)
    # A second reading is faster than three hundred thousand match objects or pairs kept.
    starts = (match.start() for match in _WORD.finditer(text))
    return found, np.fromiter(starts, np.int32, len(found))


def query_words(query: str) -> list[str]:
    """The words of a query in lower case; * stands for any letters."""
    return [word.lower() for word in _ASKED.findall(query)]
