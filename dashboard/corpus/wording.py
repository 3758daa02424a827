"""How the Corpus page says things: places in a play, names, parts of the corpus."""

from __future__ import annotations

import re

from dashboard.shared.i18n import _
from moliere_core.corpus import Corpus
from moliere_core.exploration import Selection
from moliere_core.text.signs import visible

_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
_NUMBERED = re.compile(r"(?:acte?|sc[eè]ne)\s+(?=[\divxl]+$)", re.IGNORECASE)


def place(act: str, scene: str) -> str:
    """Where a cue is: III, 2 where acts and scenes have numbers, or else the corpus' own words."""
    act, scene = _NUMBERED.sub("", act), _NUMBERED.sub("", scene)
    number = int(act) if act.isdecimal() else 0
    act = _ROMAN[number] if 0 < number < len(_ROMAN) else act
    return ", ".join(part for part in (act, scene) if part)


def short(title: str) -> str:
    """A title without its second half: Le Tartuffe, for Le Tartuffe, ou L'Imposteur."""
    return re.split(r",? ou ", title)[0]


def brief(name: str, chars: int = 26) -> str:
    """A name or a title that leaves room for the figure: no longer than `chars`."""
    head = short(name)
    return head if len(head) <= chars else head[: chars - 1].rstrip() + "…"


def mark(char: str) -> str:
    """A character as something to see."""
    shown = visible(char)
    return shown if shown.isprintable() else f"U+{ord(char):04X}"


def part(corpus: Corpus, selection: Selection) -> str:
    """The part of the corpus that is selected, for a caption."""
    forms = {"verse": _("en vers"), "prose": _("en prose"), "mixed": _("en vers et prose mêlés")}
    parts = [
        corpus.titles.get(selection.play, "") or _("toutes les pièces"),
        forms.get(selection.form, selection.form),
        selection.speaker,
    ]
    return ", ".join(told for told in parts if told)
