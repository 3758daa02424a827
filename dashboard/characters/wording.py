"""How the Characters page writes characters, counts and shares."""

from __future__ import annotations

import math
import re
import unicodedata

from dashboard.shared import i18n, state
from dashboard.shared.i18n import _

# Unicode's names are English: what French says of the marks that plays have.
_LETTER = re.compile(r"LATIN (SMALL|CAPITAL) (?:LETTER|LIGATURE) (\w+)(?: WITH (\w+))?")
_CASES = {"SMALL": "minuscule", "CAPITAL": "majuscule"}
_ACCENTS = {
    None: "",
    "ACUTE": " accent aigu",
    "GRAVE": " accent grave",
    "CIRCUMFLEX": " accent circonflexe",
    "DIAERESIS": " tréma",
    "CEDILLA": " cédille",
    "TILDE": " tilde",
}
_MARKS = {
    "!": "point d’exclamation",
    "?": "point d’interrogation",
    ".": "point",
    ",": "virgule",
    ";": "point-virgule",
    ":": "deux-points",
    "…": "points de suspension",
    "-": "trait d’union",
    "–": "tiret",
    "—": "tiret long",
    "'": "apostrophe",
    "’": "apostrophe courbe",
    '"': "guillemet droit",
    "«": "guillemet ouvrant",
    "»": "guillemet fermant",
    "(": "parenthèse ouvrante",
    ")": "parenthèse fermante",
    "[": "crochet ouvrant",
    "]": "crochet fermant",
    "*": "astérisque",
    "&": "et commercial",
}


def name(char: str) -> str:
    """A character by its name, in the reader's language; U+2767 where French has none here."""
    names = {"\n": _("saut de ligne"), "\t": _("tabulation"), " ": _("espace")}
    if char in names:
        return names[char]
    if state.language() == "fr":
        return _french(char)
    return unicodedata.name(char, _code(char)).lower()


def _french(char: str) -> str:
    if char.isdecimal():
        return f"chiffre {char}"
    letter = _LETTER.fullmatch(unicodedata.name(char, ""))
    if letter and letter[3] in _ACCENTS:
        return f"{letter[2].lower()} {_CASES[letter[1]]}{_ACCENTS[letter[3]]}"
    return _MARKS.get(char) or _code(char)


def _code(char: str) -> str:
    return f"U+{ord(char):04X}"


def short(count: int) -> str:
    """A count in at most four letters, for a tile: 950, 12 k, 1,2 M."""
    if count < 1000:
        return str(count)
    thousands = count / 1000
    if thousands < 1000:
        return i18n.number(thousands, 1 if thousands < 9.95 else 0) + "k"
    return i18n.number(thousands / 1000, 1) + "M"


def percent(share: float) -> str:
    """A share in percent, with two digits that say something."""
    digits = 1 if share >= 0.01 else min(6, 1 - math.floor(math.log10(share * 100)))
    return i18n.number(100 * share, digits)
