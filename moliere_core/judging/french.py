"""Words of the French of today: the list of `pyspellchecker`, where that is installed.

A list of 139,905 forms under the MIT licence, counted in subtitles of films. It has good words that
the plays happen to lack, « apprendraient » or « dernièrement », and lacks what is of the time, of
the stage or a name: « avecque », « testigué », Valère. So it stands beside the plays' own lexicon,
and not in its place.
"""

from __future__ import annotations

from functools import cache

LANGUAGE = "fr"


@cache
def words() -> frozenset[str] | None:
    """All of them, in lower case, in the spelling of `normalise`; None where there is no list."""
    try:
        from spellchecker import SpellChecker
    except ImportError:
        return None
    return frozenset(SpellChecker(language=LANGUAGE, distance=1).word_frequency.words())


def knows(word: str) -> bool:
    """Whether a word in lower case, or each part of one with hyphens, is among them."""
    found = words()
    return found is not None and (
        word in found or all(part in found for part in word.split("-") if part)
    )
