"""Rhyme, by the spelling: what the end of a line sounds like, near enough to compare two.

The last vowel that is said and the consonants after it are written one sign a sound. A mute e at
the end is kept, since French verse parts rhymes that have one (feminine) from those that have none
(masculine); consonants that end a masculine word are silent but for c, f, l, q, r. Tables are those
of `assets/prosody/rules.toml`, which a twin in the browser reads too. The rules are of
a page and not of a dictionary: an estimate, held to the couplets of real plays, where chance stands
beside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from moliere_core.text import syllables

REACH = 3  # lines to the furthest that a line may rhyme with: couplets, and rhymes that embrace

_TAIL = re.compile(r"(?P<vowel>[aàâäeéèêëiîïoôöuùûüyœ]++)(?P<after>[^\W\d_]*)")


@dataclass(frozen=True)
class Sounds:
    """The tables of `rules.toml` that a rhyme is heard by, compiled; signs by their spelling."""

    exceptions: dict[str, str]
    vowels: dict[str, str]
    nasals: dict[str, str]
    consonants: tuple[tuple[re.Pattern[str], str], ...]


@cache
def sounds() -> Sounds:
    """The tables, compiled once."""
    raw = syllables.tables()["rhyme"]
    exceptions, vowels, nasals = (
        {spelling: sign for group, sign in raw[name] for spelling in group.split()}
        for name in ("exceptions", "vowels", "nasals")
    )
    consonants = tuple((re.compile(found), sign) for found, sign in raw["consonants"])
    return Sounds(exceptions, vowels, nasals, consonants)


@lru_cache(4096)
def sound(line: str) -> str:
    """What the end of a line sounds like, in signs of this module; "" where nothing is said."""
    counted = syllables.count(line)
    line = counted.line
    reading = counted.readings.get(counted.best)
    if reading is None:
        return ""
    said = [v for v, n in zip(counted.vowels, reading.counted, strict=True) if n][-1]
    feminine = counted.vowels[-1].mute and counted.vowels[-1].start > said.start
    word = re.match(r"[^\W\d_]*", line[said.start :].lower())
    tail = word.group() if word else ""
    if feminine:
        tail = re.sub("(?:es?|ent)$", "", tail)
    match = _TAIL.match(tail)
    if match is None:
        return ""
    vowel, after = match["vowel"], match["after"]
    if exception := sounds().exceptions.get(_last(line)):
        return exception
    before = line[: said.start].lower()[-1:]
    return _sound(vowel, after, before, feminine) + ("-" if feminine else "")


def _sound(vowel: str, after: str, before: str, feminine: bool) -> str:
    vowels, nasals = sounds().vowels, sounds().nasals
    if vowel == "i" and after == "ll" and before not in ("v", "m", "u"):  # fille, not ville
        return "iJ"
    if vowel not in vowels and len(vowel) > 1 and vowel.endswith("i"):  # « feuille », « bataille »
        vowel, after = vowel[:-1], f"i{after}"
    if vowel in ("ai", "ei") and re.match("ll?(?![a-z])", after):
        vowel, after = {"ai": "a", "ei": "e"}[vowel], f"i{after}"
    if re.match("[nm](?![nmh])", after) and (not feminine or len(after) > 1) and vowel in nasals:
        nasal = (
            "I~" if vowel == "e" and before in ("i", "é", "y") and after == "n" else nasals[vowel]
        )
        return nasal + (
            _consonants(re.sub("^s$", "ss", after[1:]).removeprefix("p")) if feminine else ""
        )
    if vowel == "é" or (not feminine and vowel == "e" and re.fullmatch("rs?|z|ds?", after)):
        return "e" + (_consonants(after) if feminine else "")
    if not feminine:
        after = re.sub("[^cflqri]", "", after)
    return vowels.get(vowel, vowel) + _consonants(after)


def _consonants(after: str) -> str:
    for pattern, sign in sounds().consonants:
        after = pattern.sub(sign, after)
    return after


def rhymes(first: str, second: str) -> bool:
    """Whether two lines rhyme and end on different words."""
    heard = sound(first)
    return bool(heard) and heard == sound(second) and _last(first) != _last(second)


def neighbours(lines: Sequence[str]) -> tuple[int | None, ...]:
    """Of each line the nearest that it rhymes with, at most `REACH` away; None where none does."""
    found: list[int | None] = []
    for at, line in enumerate(lines):
        near = [
            other
            for step in range(1, REACH + 1)
            for other in (at - step, at + step)
            if 0 <= other < len(lines) and rhymes(line, lines[other])
        ]
        found.append(near[0] if near else None)
    return tuple(found)


def _last(line: str) -> str:
    words = re.findall(r"[^\W\d_]+", line[: syllables.MOST_CHARS].lower())
    return words[-1] if words else ""
