"""Which words of a text are words, and what the invented ones look like.

Four questions, since "is it a word?" has no one answer here. Was it in what the model read? Is it
in a wider French of the same time: what the model read, Molière, Corneille, Racine and this
project's own pastiches (`python -m tools.index_words`)? Is it in the French of today, see `french`?
And if it is in none of them, which word is one letter away? None of these lists has all good words:
the share for real, unseen plays stands beside.

Short words are words by chance alone: those of `LONG` letters or more are told apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from moliere_core.exploration import lexicon
from moliere_core.exploration.lexicon import LETTERS, Lexicon
from moliere_core.exploration.words import located
from moliere_core.judging import french

LONG = 5  # letters of a word that chance does not make
LONGEST = 24  # letters of a word that a real one is sought for: none has more
WIDER = lexicon.LEXICON.with_name("wider.npy")
_ALPHABET = "abcdefghijlmnopqrstuvxyzàâçèéêëîïôùûœ"

Known = Callable[[str], bool]  # of a word in lower case


@dataclass(frozen=True)
class Invented:
    """A word that is nowhere.

    Attributes:
        word: in lower case.
        count: how often the text has it.
        start: where the first is in the text.
        near: the real word that is nearest, one letter away; "" where there is none.
    """

    word: str
    count: int
    start: int
    near: str


@dataclass(frozen=True)
class Wordhood:
    """How many words of a text are words.

    Attributes:
        words: of `LETTERS` letters or more, how many.
        long_words: those of `LONG` letters or more.
        read: share of the words that the model has read; None where there are none.
        long_read: the same of the long ones.
        real: share that is in the wider lexicon, which has all that was read.
        long_real: the same of the long ones.
        french: share that is in the list of today's words; None without that list, too.
        long_french: the same of the long ones.
        invented: those in none, the most frequent first, then as they come.
    """

    words: int
    long_words: int
    read: float | None
    long_read: float | None
    real: float | None
    long_real: float | None
    french: float | None
    long_french: float | None
    invented: tuple[Invented, ...]


def wordhood(text: str, read: Known, invented: bool = True) -> Wordhood:
    """The words of a normalised text, against what was read and the two wider lists.

    Args:
        text: whose words they are.
        read: whether the model has read a word.
        invented: whether those in no list are told: to find what is near each takes most of the
            time.
    """
    found, starts = located(text)
    words = [word.lower() for word in found]
    distinct = {word for word in words if len(word) >= LETTERS}
    in_read = {word for word in distinct if read(word)}
    in_wider = in_read | {word for word in distinct if _in_wider(word, read)}
    in_french = {word for word in distinct if french.knows(word)}
    judged = [word for word in words if len(word) >= LETTERS]
    long = [word for word in judged if len(word) >= LONG]
    first: dict[str, int] = {}
    for word, start in zip(words, starts, strict=True):
        first.setdefault(word, int(start))
    in_any = in_wider | in_french
    counts = Counter(word for word in judged if word not in in_any)
    listed = french.words() is not None
    told = [
        Invented(word, count, first[word], nearest(word, read))
        for word, count in sorted(counts.items(), key=lambda item: (-item[1], first[item[0]]))
        if invented
    ]
    return Wordhood(
        len(judged),
        len(long),
        _share(judged, in_read),
        _share(long, in_read),
        _share(judged, in_wider),
        _share(long, in_wider),
        _share(judged, in_french) if listed else None,
        _share(long, in_french) if listed else None,
        tuple(told),
    )


def long_words(text: str, read: Known) -> tuple[int, int]:
    """How many words of `LONG` letters or more a normalised text has, and how many are words."""
    words = [word.lower() for word in located(text)[0] if len(word) >= LONG]
    real = {word for word in set(words) if _in_wider(word, read)}
    return len(words), sum(word in real for word in words)


def nearest(word: str, read: Known) -> str:
    """The real word one letter away: changed, put in, left out, or swapped with its neighbour.

    Of several, one that begins as the word does, that differs by a letter written double, that is
    as long; the first of the alphabet then.
    """
    if len(word) > LONGEST:
        return ""
    single = re.sub(r"(.)\1", r"\1", word)
    real = (other for other in _one_away(word) if len(other) >= LETTERS and _known(other, read))
    return min(
        real,
        key=lambda o: (
            o[0] != word[0],
            re.sub(r"(.)\1", r"\1", o) != single,
            abs(len(o) - len(word)),
            o,
        ),
        default="",
    )


def _one_away(word: str) -> set[str]:
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    found = {left + right[1:] for left, right in cuts if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    found |= {left + char + right[1:] for left, right in cuts if right for char in _ALPHABET}
    found |= {left + char + right for left, right in cuts for char in _ALPHABET}
    return found - {word}


def _in_wider(word: str, read: Known) -> bool:
    """Whether a word, or each part of one with hyphens, is in the wider lexicon."""
    return _known(word, read) or all(_known(part, read) for part in word.split("-"))


def _known(word: str, read: Known) -> bool:
    return read(word) or word in lexicon.shipped() or word in wider()


def _share(words: list[str], known: set[str]) -> float | None:
    return sum(word in known for word in words) / len(words) if words else None


@cache
def wider() -> Lexicon:
    """Words of Corneille's and Racine's plays and of the pastiches that Molière's plays lack."""
    return Lexicon.load(WIDER)
