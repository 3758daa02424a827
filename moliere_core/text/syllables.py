"""Syllables of French verse, by its rules: what a line may count, and where its syllables are.

A vowel makes a syllable, with three reservations. An i, u or ou before another vowel makes one of
its own or none (« hi-er » or « hier »): diérèse and synérèse, which a poet may choose between, so
that a line has a set of counts and not a number. A mute e makes none at the end of the line nor
before a vowel or a mute h (élision), and one before a consonant. An h that is called aspirated
stops the elision. What is particular to words is in tables, `assets/prosody/rules.toml`, which a
twin in the browser reads too.

Each choice against the rule for its word costs one licence; the count of a line is the one that
costs least, and those that cost more than `LICENCES` are not told.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from moliere_core.assets import ASSETS

RULES = ASSETS / "prosody" / "rules.toml"
LICENCES = 2  # departures from the rules, in one line
HEMISTICH, ALEXANDRINE = 6, 12
MOST_CHARS = 400  # of what is counted as a line: longer ones are prose

VOWELS = "aàâäeéèêëiîïoôöuùûüyœæ"
GLIDES = ("i", "ï", "y", "o", "u", "ou")
_WORD = re.compile(r"[^\W\d_]+")

# What a vowel may count, as (syllables, licences), the rule first.
_ONE = ((1, 0),)
_NONE = ((0, 0),)
_EITHER = ((1, 0), (0, 0))
_RATHER_ONE = ((1, 0), (0, 1))
_RATHER_NONE = ((0, 0), (1, 1))
_VERDICTS = {"1": _NONE, "2": _ONE, "1+": _RATHER_NONE, "2-": _RATHER_ONE}
Choices = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Rules:
    """The tables of `rules.toml`, compiled."""

    respell: tuple[tuple[re.Pattern[str], str], ...]
    nucleus: re.Pattern[str]
    glides: tuple[tuple[re.Pattern[str], re.Pattern[str], str], ...]
    aspirated: re.Pattern[str]
    ent: tuple[tuple[re.Pattern[str], str], ...]


def tables() -> dict[str, Any]:
    """The tables as they are written, for the twin in the browser."""
    return tomllib.loads(RULES.read_text(encoding="utf-8"))


@cache
def rules() -> Rules:
    """The tables, compiled once."""
    raw = tables()
    return Rules(
        tuple((re.compile(found), spelled) for found, spelled in raw["respell"]),
        re.compile("|".join([*raw["nuclei"], f"[{VOWELS}]"])),
        tuple((re.compile(left), re.compile(right), how) for left, right, how in raw["glides"]),
        re.compile("(?:" + "|".join(raw["aspirated"]) + ")"),
        tuple((re.compile(word), how) for word, how in raw["ent"]),
    )


@dataclass(frozen=True)
class Vowel:
    """A vowel, or several that make one, in a line.

    Attributes:
        start: its first character in the line.
        stop: the one after its last.
        choices: what it may count, with what each costs; the rule is first.
        mute: whether it is a mute e: no pause may come after it.
        last: whether its word has no other after it.
    """

    start: int
    stop: int
    choices: Choices
    mute: bool = False
    last: bool = False


@dataclass(frozen=True)
class Reading:
    """One way of counting a line.

    Attributes:
        syllables: how many.
        licences: departures from the rules.
        counted: of each vowel, the syllables it makes, 0 or 1.
        caesura: whether a word ends on the sixth, and not on a mute e.
    """

    syllables: int
    licences: int
    counted: tuple[int, ...]
    caesura: bool


@dataclass(frozen=True)
class Count:
    """What a line counts.

    Attributes:
        line: as it was given.
        vowels: in their order.
        readings: by number of syllables; those of at most `LICENCES` licences above the least.
    """

    line: str
    vowels: tuple[Vowel, ...]
    readings: dict[int, Reading]

    @property
    def best(self) -> int:
        """The number of syllables that takes the fewest licences; 0 where nothing is said."""
        return min(self.readings, key=lambda n: (self.readings[n].licences, n), default=0)

    @property
    def counts(self) -> tuple[int, ...]:
        """All the numbers of syllables that the line may have, ascending."""
        return tuple(sorted(self.readings))

    def spans(self, syllables: int | None = None) -> list[tuple[int, int]]:
        """Where each syllable of a reading is in the line: they cover it without a gap.

        A vowel that counts for nothing goes with the syllable after it (« rare envie » is
        ra-re en-vie), and at the end of the line with the one before.
        """
        reading = self.readings.get(self.best if syllables is None else syllables)
        if reading is None:
            return []
        cuts, before = [0], -1
        start = -1  # of the vowels that lead to a counted one: the i of « dieu »
        for vowel, syllables in zip(self.vowels, reading.counted, strict=True):
            if (syllables or not vowel.mute or before < vowel.start) and start < 0:
                start = vowel.start  # an e that is elided, too, but for that of « vie »
            if syllables:
                if before >= 0:
                    cuts.append(_cut(self.line, before, start))
                before, start = vowel.stop, -1
        return list(zip(cuts, [*cuts[1:], len(self.line)], strict=True))


def count(line: str) -> Count:
    """Count a line of verse, in the spelling of `normalise`; prose is counted as if it were one."""
    return _count(line[:MOST_CHARS])


@lru_cache(4096)
def _count(line: str) -> Count:
    vowels = tuple(_vowels(line))
    return Count(line, vowels, _readings(vowels))


def _vowels(line: str) -> list[Vowel]:
    lowered = line.lower()
    if len(lowered) != len(line):  # a letter of two in lower case: no French one
        lowered = line
    words = list(_WORD.finditer(lowered))
    found: list[Vowel] = []
    for place, match in enumerate(words):
        after = words[place + 1].group() if place + 1 < len(words) else ""
        hyphen = match.start() > 0 and lowered[match.start() - 1] == "-"
        found += [
            Vowel(match.start() + start, match.start() + stop, choices, mute, last)
            for start, stop, choices, mute, last in _word(match.group(), after, hyphen)
        ]
    return found


_Found = tuple[int, int, Choices, bool, bool]


@lru_cache(65536)
def _word(word: str, after: str, hyphen: bool) -> list[_Found]:
    """The vowels of a word: start, stop, choices, mute, last.

    Args:
        word: in lower case.
        after: the word after it in the line, "" at its end.
        hyphen: whether one joins it to the word before.
    """
    spelled = word
    for pattern, instead in rules().respell:
        spelled = pattern.sub(instead, spelled)
    nuclei = [m.span() for m in rules().nucleus.finditer(spelled) if not _consonant_y(spelled, m)]
    found: list[_Found] = []
    for place, (start, stop) in enumerate(nuclei):
        last = place == len(nuclei) - 1
        follows = not last and nuclei[place + 1][0] == stop  # another vowel, at once
        leads = place > 0 and nuclei[place - 1][1] == start
        sound = spelled[start:stop]
        choices: Choices = _ONE
        mute = False
        if sound == "e" and (place > 0 or (hyphen and word in ("je", "ce"))):
            ending = spelled[start:]
            if last and ending in ("e", "es", "ent"):
                choices, mute = _final(word, ending, leads, after)
            elif leads and re.match(r"e([^\W\d_])[aàâeéèêiîoôuûy]|e(ment|r[aoeié])", ending):
                choices, mute = _RATHER_NONE, True  # dévouement, prierai
            elif spelled[start - 1] == "y" and re.match("er[aoi]|ement", ending):
                choices, mute = _RATHER_ONE, True
        elif follows and sound in GLIDES and not _mute_next(word, spelled, nuclei, place + 1):
            choices = _glide(spelled, start)
        found.append((start, stop, choices, mute, last))
    return found


def _consonant_y(spelled: str, match: re.Match[str]) -> bool:
    """Whether this is the y of « ayez », which begins the syllable of the vowel after it."""
    start, stop = match.span()
    vowel_after = stop < len(spelled) and spelled[stop] in VOWELS
    vowel_before = start == 0 or spelled[start - 1] in VOWELS
    return match.group() == "y" and vowel_after and vowel_before


def _mute_next(word: str, spelled: str, nuclei: Sequence[tuple[int, int]], place: int) -> bool:
    """Whether the vowel at this place is a mute e, which leaves the one before it whole."""
    start = nuclei[place][0]
    ending = spelled[start:]
    if ending in ("e", "es"):
        return True
    if ending == "ent":
        return _ent(word) == "mute"
    return bool(re.match("e(ment|r[aoeié])", ending))


def _glide(spelled: str, start: int) -> Choices:
    left, right = spelled[:start], spelled[start:]
    for before, here, verdict in rules().glides:
        if before.search(left) and here.search(right):
            return _VERDICTS[verdict]
    return _ONE


def _ent(word: str) -> str:
    for pattern, how in rules().ent:
        if pattern.search(word):
            return how
    return "mute"


def _final(word: str, ending: str, leads: bool, after: str) -> tuple[Choices, bool]:
    """What an e at the end of a word counts, and whether it is mute.

    Args:
        word: in lower case.
        ending: "e", "es" or "ent".
        leads: whether a vowel is just before it.
        after: the word after it, "" at the end of the line.
    """
    if ending == "ent":
        how = _ent(word)
        if how != "mute":
            return (_ONE if how == "said" else _RATHER_ONE), False
        if re.search("(ai|oi)ent$", word):
            return _NONE, True
    if not after:
        return _NONE, True
    if word == "encore" and ending == "e" and not _elides(after):
        return _EITHER, True  # editions of today spell « encor » so
    if ending == "e" and (_elides(after) or after == "oui"):
        return (_NONE if after != "oui" else _RATHER_NONE), True
    return (_RATHER_ONE if leads else _ONE), True


def _elides(after: str) -> bool:
    """Whether a final e is not said before this word."""
    if after[0] not in VOWELS + "h":
        return False
    return rules().aspirated.match(after) is None


def _readings(vowels: Sequence[Vowel]) -> dict[int, Reading]:
    """The cheapest reading of each number of syllables, one with a caesura where costs are equal.

    A dynamic programme over the vowels: its states are (syllables, caesura).
    """
    states: dict[tuple[int, bool], tuple[int, tuple[int, ...]]] = {(0, False): (0, ())}
    for vowel in vowels:
        reached: dict[tuple[int, bool], tuple[int, tuple[int, ...]]] = {}
        for (syllables, caesura), (licences, counted) in states.items():
            for adds, costs in vowel.choices:
                total = syllables + adds
                pause = total == HEMISTICH and vowel.last and not (vowel.mute and adds)
                state = (total, caesura or pause)
                way = (licences + costs, (*counted, adds))
                if way[0] <= LICENCES and (state not in reached or way < reached[state]):
                    reached[state] = way
        states = reached
    readings: dict[int, Reading] = {}
    for (syllables, caesura), (licences, counted) in sorted(
        states.items(), key=lambda item: (item[1][0], not item[0][1])
    ):
        if syllables and syllables not in readings:
            readings[syllables] = Reading(syllables, licences, counted, caesura)
    return readings


_TOGETHER = re.compile("(?:[bcdfgptv][lr]|ch|ph|th|gn|qu|gu)$", re.IGNORECASE)


def _cut(line: str, stop: int, start: int) -> int:
    """Where the syllable begins whose vowel is at `start`, after one that ended at `stop`."""
    gap = max(line.rfind(char, stop, start) for char in " -\N{EN DASH}")
    if gap >= 0:  # between words: consonants before it stay where they are written
        return gap + 1
    onset = start
    while onset > stop and line[onset - 1].lower() in VOWELS:  # the e of « vengeance »
        onset -= 1
    if onset > stop:
        onset -= 2 if _TOGETHER.search(line[stop:onset]) else 1
    return max(onset, stop)
