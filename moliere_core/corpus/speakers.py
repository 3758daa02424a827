"""Who speaks: names as a TEI edition prints them, without the directions that follow, one a voice.

"Orgon, à Tartuffe" is Orgon; "ALCIDE, BÉLISE" are both. What follows a comma is another speaker
where the play has one of that name, where it is in capitals as the first is, or where it has one
capital and the edition says that as many speak as are printed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from xml.etree.ElementTree import Element

from moliere_core.corpus.names import label
from moliere_core.text.normalise import normalise

MOST_VOICES = 50  # of one speech

Printed = tuple[tuple[str, str], ...]
"""Parts of what is printed above a speech, each with what joins it to the one before."""

# Not the point of "M. Jourdain", nor that of "2. Garde".
_END = re.compile(r"[,;:]|(?<!\bM)(?<!\bMr)(?<!\bMme)(?<!\bMlle)(?<!\bDr)(?<!\bSt)(?<!\d)\.")
_AND = re.compile(r"(?:et|and|und|e|ed|y) ", re.IGNORECASE)
_MANNER = re.compile(  # how, or to whom: no name begins so
    r"(?:à|a|au|aux|avec|bas|dans|de|du|en|haut|par|qui|s'|se|seule?s?|sur|tout|toute|\w+ant)\b",
    re.IGNORECASE,
)
_SMALL = {"De", "Du", "Des", "La", "Le", "Les", "Et", "À", "Au", "Aux"}


def printed(speech: Element) -> Printed:
    """What is printed above a speech: each part of each `speaker`, the same one once."""
    parts: dict[str, tuple[str, str]] = {}
    for speaker in speech.iterfind("speaker"):
        for number, piece in enumerate(_END.split(_split(speaker)[0])):
            part = piece.strip()
            joint = _AND.match(part)
            name = part[joint.end() if number and joint else 0 :].strip(" .,;:-–—")
            if name and len(parts) < MOST_VOICES:
                first = not number or not parts
                how = "" if first else " et " if joint else ", "
                parts.setdefault(name.casefold(), (label(name), how))
    return tuple(parts.values())


def labels(
    speeches: Iterable[tuple[Printed, Sequence[str]]], names: Mapping[str, str]
) -> list[str]:
    """The name to show for each speech: one a voice, the one most often printed.

    Args:
        speeches: what is printed above each, and the identifiers of who speaks.
        names: that the cast declares, by identifier.
    """
    speeches = list(speeches)
    heads = {parts[0][0].casefold() for parts, _ in speeches if parts}
    heads |= {name.casefold() for name in names.values()}
    cache: dict[tuple[Printed, bool], str] = {}
    counts: dict[tuple[str, ...] | str, Counter[str]] = defaultdict(Counter)
    voices: list[tuple[str, ...] | str] = []
    for parts, who in speeches:
        key = parts, len(set(who)) == len(parts)
        if key not in cache:
            cache[key] = _joined(*key, heads)
        name = cache[key]
        voice = tuple(who) or name
        voices.append(voice)
        counts[voice][name] += bool(name)
    found: dict[tuple[str, ...] | str, str] = {}
    for (_, who), voice in zip(speeches, voices, strict=True):
        if voice in found:
            continue
        [(name, count)] = counts[voice].most_common(1)
        declared = [names.get(one, one) for one in who[:MOST_VOICES]]
        alone = len(declared) > 1 and name.casefold() in map(str.casefold, declared)
        found[voice] = label(name if count and not alone else ", ".join(declared))
    return [found[voice] for voice in voices]


def cased(name: str) -> str:
    """MADAME DE SOTENVILLE as Madame de Sotenville; others get a capital, and no more."""
    if len(name) > 1 and name.isupper():
        words = [w.lower() if i and w in _SMALL else w for i, w in enumerate(name.title().split())]
        name = " ".join(words)
    return name[:1].upper() + name[1:]


def parenthesis(speaker: Element) -> str:
    """What a `speaker` says in parentheses behind the name, a direction: (bas); "" for nothing."""
    found = _split(speaker)[1]
    return found if any(map(str.isalnum, found)) else ""


def _split(speaker: Element) -> tuple[str, str]:
    """The words of a `speaker`, on one line, and what stands in parentheses behind them.

    Both end where a direction begins that is marked as such.
    """
    words = [speaker.text or ""]
    named = bool(words[0].strip())
    for child in speaker:
        if named and (child.tag == "stage" or child.get("rend") in ("i", "italic")):
            break  # "Orgon <hi rend="i">à Tartuffe</hi>": the rest is a direction
        if child.tag in ("lb", "pb"):
            words.append(" ")
        elif child.tag not in ("stage", "note"):
            words += child.itertext()
        words.append(child.tail or "")
        named = named or any(map(str.strip, words[-2:]))
    name, mark, behind = " ".join(normalise("".join(words)).split()).partition("(")
    return name.rstrip(), mark + behind


def _joined(parts: Printed, all_speak: bool, heads: set[str]) -> str:
    """The parts that are names, the first in any case."""
    name = ""
    for part, joint in parts:
        if not joint:  # each `speaker` begins with a name
            name += (", " if name else "") + cased(part)
        elif part.casefold() in heads or (
            ((part.isupper() and parts[0][0].isupper()) or (all_speak and part[0].isupper()))
            and not _MANNER.match(part)
        ):
            name += joint + cased(part)
    return name
