"""How the Corpus page says things: shares, places in a play, parts of the corpus."""

from __future__ import annotations

import re

from dashboard.corpus import cached
from dashboard.shared import i18n, state
from dashboard.shared.i18n import _
from moliere_core.exploration import Selection

ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")


def percent(share: float, decimals: int = 0) -> str:
    """A share as a percentage, in the reader's language."""
    sign = f"{i18n.THIN_NBSP}%" if state.language() == "fr" else "%"
    return i18n.number(100 * share, decimals) + sign


_NUMBERED = re.compile(r"(?:acte?|sc[eè]ne)\s+(?=[\divxl]+$)", re.IGNORECASE)


def place(act: str, scene: str) -> str:
    """Where a cue is: III, 2 where acts and scenes have numbers, or else the corpus' own words."""
    act, scene = _NUMBERED.sub("", act), _NUMBERED.sub("", scene)
    number = int(act) if act.isdecimal() else 0
    act = ROMAN[number] if 0 < number < len(ROMAN) else act
    return ", ".join(part for part in (act, scene) if part)


def short(title: str) -> str:
    """A title without its second half: Le Tartuffe, for Le Tartuffe, ou L'Imposteur."""
    return re.split(r",? ou ", title)[0]


def part(source: str, selection: Selection) -> str:
    """The part of the corpus that is selected, for a caption."""
    index = cached.index(source)
    forms = {"verse": _("en vers"), "prose": _("en prose"), "mixed": _("en vers et prose mêlés")}
    parts = [
        index.corpus.titles.get(selection.play, "") or _("toutes les pièces"),
        forms.get(selection.form, selection.form),
        selection.speaker,
    ]
    return ", ".join(told for told in parts if told)
