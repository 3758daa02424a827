"""Who speaks: names as a TEI edition prints them, without the directions that follow, one a voice.

"Orgon, à Tartuffe" is Orgon; "ALCIDE, BÉLISE" are both. What follows a comma is another speaker
where the play has one of that name, where it is in capitals as the first is, or where it has one
capital and the edition says that as many speak as are printed. A point inside a name is that of an
abbreviation, "D. JUAN", unless a direction follows it, or another speaker: it separates speakers
only where the edition says that several speak.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from xml.etree.ElementTree import Element

from moliere_core.corpus.left_out import DIRECTIONS, PARENTHESES
from moliere_core.corpus.names import label
from moliere_core.text.normalise import normalise

MOST_VOICES = 50  # of one speech

Printed = tuple[tuple[str, str], ...]
"""Parts of what is printed above a speech, each with what joins it to the one before."""

_END = re.compile("[,;:]")
_ABBREVIATIONS = {
    "capt", "col", "dr", "gén", "lieut", "melle", "mgr", "mlle", "mlles", "mm", "mme", "mmes", "mr",
    "mrs", "ms", "m", "prem", "prof", "sec", "sr", "st", "ste",
}  # fmt: skip
_MOST_ABBREVIATED = 5  # letters of an abbreviation that is none of these
_PARTICLES = {
    "d'", "de", "del", "der", "des", "di", "du", "l'", "la", "le", "les", "of", "the", "van", "von",
}  # fmt: skip
_AND = re.compile(r"(?:et|and|und|e|ed|y) ", re.IGNORECASE)
_MANNER = re.compile(  # how, or to whom: no name begins so
    r"(?:à|a|au|aux|avec|bas|dans|de|du|en|haut|par|qui|s'|se|seule?s?|sur|tout|toute|\w+ant)\b",
    re.IGNORECASE,
)
_WHO_ACTS = {"elle", "elles", "il", "ils"}  # "Orgon. Il sort."
_ITALICS = {"i", "it", "ital", "italic", "italics", "italique", "oblique"}
_MOST_END_CHARS = 40  # the last word of a name is looked for in so many
_SMALL = {"De", "Du", "Des", "La", "Le", "Les", "Et", "À", "Au", "Aux"}


def printed(speech: Element) -> Printed:
    """What is printed above a speech: each part of each `speaker`, the same one once."""
    parts: dict[str, tuple[str, str]] = {}
    alone = len(set(speech.get("who", "").split())) < 2
    for speaker in speech.iterfind("speaker"):
        for number, piece in enumerate(_pieces(_split(speaker)[0], alone)):
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


def directions(speaker: Element) -> list[tuple[str, str]]:
    """What a `speaker` says behind the name, by what it is called in `left_out`: (bas), [bas]."""
    _, behind, marked = _split(speaker)
    found = (PARENTHESES, behind), (DIRECTIONS, marked)
    return [(kind, said) for kind, said in found if any(map(str.isalnum, said))]


def _pieces(line: str, alone: bool) -> list[str]:
    """A line above a speech, cut where a name ends.

    Args:
        line: what is printed.
        alone: whether the edition names one who speaks, or none: no point is between two, then.
    """
    pieces: list[str] = []
    for part in _END.split(line):
        before, *others = part.split(".")
        name = [before]
        for after in others:
            if _goes_on(before, after, alone):
                name.append(after)
            else:
                pieces.append(".".join(name))
                name = [after]
            before = after
        pieces.append(".".join(name))
    return pieces


def _goes_on(before: str, after: str, alone: bool) -> bool:
    """Whether a name goes on behind a point inside it."""
    words = after.strip(" -–—").replace("'", "' ").split()
    last = before.strip(" -–—").rpartition(" ")[2].lower()
    if not words or not last:
        return False
    directed = _MANNER.match(" ".join(words)) and words[0].lower() not in _PARTICLES
    if len(last) == 1 or last[0].isdigit() or last in _ABBREVIATIONS:  # D., 2., 1er., Mme.
        return not (directed and words[0].islower())
    if directed or not alone or words[0].lower() in _WHO_ACTS or _AND.match(" ".join(words)):
        return False
    if before.isupper() and len(before.strip()) > _MOST_ABBREVIATED and not words[-1].isupper():
        return False  # "LE ROI. Entre Hamlet."
    return all(not word[0].islower() or word in _PARTICLES for word in words)


def _italic(element: Element) -> bool:
    """Whether an element is set apart from the letters around it, as directions are."""
    looks = " ".join(element.get(key, "") for key in ("rend", "rendition", "style")).lower()
    return element.tag == "emph" or not _ITALICS.isdisjoint(re.split("[ #:;]+", looks))


def _lacks_a_name(printed: str) -> bool:
    """Whether a name must follow what is printed: "La", "M."."""
    last = printed.rstrip(" .").rpartition(" ")[2].lower()
    return last in _PARTICLES or last in _ABBREVIATIONS


def _split(speaker: Element) -> tuple[str, str, str]:
    """The words of a `speaker`, on one line, what stands in brackets behind them, and in italics.

    The first two end where a direction begins that is marked as such.
    """
    words = [speaker.text or ""]
    marked: list[str] = []
    named = bool(words[0].strip())
    end = words[0]  # of the words so far
    italic_name = False  # where italics are a direction's only if it looks like one
    for child in speaker:
        unspoken = child.tag in ("stage", "note")
        said = [] if unspoken else list(child.itertext())
        italic = _italic(child)
        if marked or (
            named
            and italic
            and not _lacks_a_name(end)
            and (not italic_name or "".join(said).strip()[:1].islower())
        ):
            marked += [*said, child.tail or ""]
            continue  # "Orgon <hi rend="i">à Tartuffe</hi>": so is the rest
        if named and child.tag == "stage":
            break
        if child.tag in ("lb", "pb"):
            said = [" "]
        end = "".join((end, *said))[-_MOST_END_CHARS:]
        italic_name = italic_name or (italic and not _lacks_a_name(end))
        end += child.tail or ""
        words += [*said, child.tail or ""]
        named = named or any(map(str.strip, (*said, child.tail or "")))
    line = " ".join(normalise("".join(words)).split())
    ends = [at for at in (line.find("("), line.find(" [")) if at >= 0]
    cut = min(ends, default=len(line))
    return line[:cut].rstrip(), line[cut:].lstrip(), "".join(marked)


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
