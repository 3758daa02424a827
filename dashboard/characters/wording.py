"""How the Characters page writes characters, counts and shares."""

from __future__ import annotations

import math
import unicodedata

from dashboard.shared import i18n
from dashboard.shared.i18n import _


def name(char: str) -> str:
    """A character by its Unicode name; the line break has none."""
    names = {"\n": _("saut de ligne"), "\t": _("tabulation"), " ": _("espace")}
    return names.get(char) or unicodedata.name(char, f"U+{ord(char):04X}").lower()


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
