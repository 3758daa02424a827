"""Names that strangers give to files, plays and speakers, made fit for what they are used for."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from moliere_core.text.normalise import normalise

MOST_LABEL_CHARS = 200


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens: "Le Cœur simple" gives "le-coeur-simple"."""
    text = normalise(text).lower().replace("œ", "oe").replace("æ", "ae")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def named_after(file: str) -> str:
    """What a play is called where only its file has a name."""
    return slug(Path(file).stem) or "texte"


def label(text: str) -> str:
    """The name of a play or of a speaker, cut where it is endless.

    It stands beside each of their cues: what is long once would be long a hundred thousand times.
    """
    return text if len(text) <= MOST_LABEL_CHARS else text[: MOST_LABEL_CHARS - 1] + "…"


class DistinctNames:
    """Names of which none is given twice: the second "phedre" is "phedre-2"."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}  # number given to each name: it is never looked for again

    def take(self, name: str) -> str:
        """The name, with a number where it is taken."""
        number, distinct = self._last.get(name, 1), name
        while distinct in self._last:
            number += 1
            distinct = f"{name}-{number}"
        self._last[name] = number
        self._last.setdefault(distinct, 1)
        return distinct


def printable(name: str, most: int = 80) -> str:
    """A file's name, fit for a sentence."""
    shown = "".join(c for c in name[: 4 * most] if unicodedata.category(c)[0] != "C").strip()
    return shown if len(shown) <= most else shown[: most - 1] + "…"
