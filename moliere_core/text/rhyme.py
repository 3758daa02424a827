"""Rhyme, by the spelling: what the end of a line sounds like, near enough to compare two.

The last vowel that is said and the consonants after it are written one sign a sound. A mute e at
the end is kept, since French verse parts rhymes that have one (feminine) from those that have none
(masculine); consonants that end a masculine word are silent but for c, f, l, q, r. The rules are of
a page and not of a dictionary: an estimate, held to the couplets of real plays, where chance stands
beside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from moliere_core.text import syllables

REACH = 3  # lines to the furthest that a line may rhyme with: couplets, and rhymes that embrace

_EXCEPTIONS = {"fils": "i", "femme": "am-", "femmes": "am-"}
_TAIL = re.compile(r"(?P<vowel>[aàâäeéèêëiîïoôöuùûüyœ]+)(?P<after>[^\W\d_]*)")
_VOWELS = {
    **dict.fromkeys(["a", "à", "â", "ea"], "a"),
    **dict.fromkeys(["e", "è", "ê", "ë", "ai", "aî", "ei", "eai"], "E"),
    **dict.fromkeys(["i", "î", "ï", "y"], "i"),
    **dict.fromkeys(["o", "ô", "au", "eau"], "O"),
    **dict.fromkeys(["u", "û", "ü"], "u"),
    **dict.fromkeys(["ou", "où", "oû"], "U"),
    **dict.fromkeys(["eu", "eû", "œu", "œ"], "Y"),
    **dict.fromkeys(["oi", "oî"], "wa"),
}
_NASALS = {
    **dict.fromkeys(["a", "e"], "A~"),
    **dict.fromkeys(["i", "ai", "ei", "y", "u"], "I~"),
    **dict.fromkeys(["o"], "O~"),
    **dict.fromkeys(["oi"], "wI~"),
}
# Consonants after the vowel of a feminine rhyme, in this order.
_CONSONANTS = (
    (re.compile("ill?$"), "J"),
    (re.compile("qu?|ck|ch(?=[rl])"), "k"),
    (re.compile("ch"), "H"),
    (re.compile("ph"), "f"),
    (re.compile("gn"), "N"),
    (re.compile("gu"), "G"),
    (re.compile("g$"), "j"),
    (re.compile("ss|sc$|ç|c$"), "S"),
    (re.compile("^s$"), "z"),
    (re.compile("s"), "S"),
    (re.compile("c"), "k"),
    (re.compile("h"), ""),
    (re.compile(r"(.)\1"), r"\1"),
)


@lru_cache(4096)
def sound(line: str) -> str:
    """What the end of a line sounds like, in signs of this module; "" where nothing is said."""
    counted = syllables.count(line)
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
    if _last(line) in _EXCEPTIONS:
        return _EXCEPTIONS[_last(line)]
    before = line[: said.start].lower()[-1:]
    return _sound(vowel, after, before, feminine) + ("-" if feminine else "")


def _sound(vowel: str, after: str, before: str, feminine: bool) -> str:
    if vowel == "i" and after == "ll" and before not in ("v", "m", "u"):  # fille, not ville
        return "iJ"
    if vowel not in _VOWELS and len(vowel) > 1 and vowel.endswith("i"):  # « feuille », « bataille »
        vowel, after = vowel[:-1], f"i{after}"
    if vowel in ("ai", "ei") and re.match("ll?(?![a-z])", after):
        vowel, after = {"ai": "a", "ei": "e"}[vowel], f"i{after}"
    if re.match("[nm](?![nmh])", after) and (not feminine or len(after) > 1) and vowel in _NASALS:
        nasal = (
            "I~" if vowel == "e" and before in ("i", "é", "y") and after == "n" else _NASALS[vowel]
        )
        return nasal + (
            _consonants(re.sub("^s$", "ss", after[1:]).removeprefix("p")) if feminine else ""
        )
    if vowel == "é" or (not feminine and vowel == "e" and re.fullmatch("rs?|z|ds?", after)):
        return "e" + (_consonants(after) if feminine else "")
    if not feminine:
        after = re.sub("[^cflqri]", "", after)
    return _VOWELS.get(vowel, vowel) + _consonants(after)


def _consonants(after: str) -> str:
    for pattern, sign in _CONSONANTS:
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
    words = re.findall(r"[^\W\d_]+", line.lower())
    return words[-1] if words else ""
