"""What is said in a play in TEI, cue by cue, and what is left out of it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal
from xml.etree.ElementTree import Element

from moliere_core.corpus import left_out, speakers
from moliere_core.corpus.directions import without_directions
from moliere_core.corpus.header import DOCUMENTS, names_french, one_line, text_of
from moliere_core.corpus.left_out import Leavings

Form = Literal["verse", "prose"]

_DIRECTIONS = {
    "camera", "desc", "incident", "kinesic", "move", "performance", "set", "sound", "stage",
    "tech", "view", "vocal",
}  # fmt: skip
_NOTES = {"figDesc", "index", "note", "noteGrp", "witDetail"}
_VARIANTS = {"abbr", "am", "del", "listApp", "orig", "rdg", "rdgGrp", "sic", "surplus", "wit"}
_HEADINGS = {
    "argument", "byline", "castList", "closer", "dateline", "docTitle", "epigraph", "fw", "head",
    "label", "opener", "salute", "signed", "titlePage", "trailer",
}  # fmt: skip
_UNSPOKEN = (
    dict.fromkeys(_DIRECTIONS, left_out.DIRECTIONS)
    | dict.fromkeys(_NOTES, left_out.NOTES)
    | dict.fromkeys(_VARIANTS, left_out.VARIANTS)
    | dict.fromkeys(_HEADINGS, left_out.HEADINGS)
    | dict.fromkeys(("gap", "speaker", "teiHeader"), "")  # nothing is lost with them
)
_ALONE = {"abbr", "orig", "sic"}  # unspoken only inside <choice>, where the other form is kept
_PREFERRED = ("lem", "corr", "reg", "expan", "ex")  # of several forms, the one that is said
_LAST = ("rdg", "rdgGrp", "sic", "orig", "abbr", "am")
_OWN_LINE = {"ab", "div", "item", "lg", "p", "u"}  # others are words of the line they stand in
_PASSAGES = _OWN_LINE | {"back", "body", "floatingText", "front", "group", "l", "list", "text"}
_APART = {"cell", "row"}  # of a table, whose words do not run together
_BREAKS = {"cb", "gb", "lb", "milestone", "pb", "space"}
_JOINT = "\0"  # inside a word that goes on: no character of XML
_GAP = "\1"  # where something stood that is not said: none, either
_TIED_BEFORE = (*"'’-([«“\"", _JOINT)  # to what follows them
_TIED_BEHIND = (*",.;:!?)]»”\"…-'’", _JOINT)
_MARK = re.compile(r"[,;:!?]|\.(?!\.)")
_HYPHENS = ("-", "\N{HYPHEN}", "\N{SOFT HYPHEN}", "\N{NOT SIGN}")
_DIVISION = re.compile("div[0-7]?|prologue|epilogue")
_KINDS = {
    "act": "act", "acte": "act",
    "scene": "scene", "scène": "scene",
    "interlude": "Intermède", "intermede": "Intermède", "intermède": "Intermède",
    "prologue": "Prologue", "epilogue": "Épilogue", "épilogue": "Épilogue",
    "ballet": "Ballet", "entree": "Entrée", "entrée": "Entrée",
    "divertissement": "Divertissement",
}  # fmt: skip
_SINGLE = {"Prologue", "Épilogue"}  # without a number while there is but one
_NUMBER = re.compile(r"\d{1,6}")
_ROMAN = re.compile("(X{0,3})(IX|IV|V?I{0,4})", re.IGNORECASE)
_UNITS = {"IX": 9, "IV": 4}
_HEADING = re.compile(rf"\b(?:{'|'.join(_KINDS)})\b", re.IGNORECASE)  # acte, not acteurs
_HIGH_MARK = re.compile(r"(?<=[^\s;:?!])([;:?!])")  # French puts a space before


@dataclass
class Cue:
    """What somebody says at once.

    Attributes:
        act, scene: where.
        printed: above it, see `speakers.printed`; empty where verses stand alone.
        who: identifiers of who speaks.
        blocks: its lines of verse and its paragraphs.
        sung: whether it is verses that nobody in particular says.
    """

    act: str
    scene: str
    printed: speakers.Printed = ()
    who: tuple[str, ...] = ()
    blocks: list[tuple[Form, str]] = field(default_factory=list)
    sung: bool = False


class Speeches:
    """Reads the text of one play.

    Attributes:
        cues: in reading order; some may have no blocks.
    """

    def __init__(self, french: bool, directed: bool, left: Leavings) -> None:
        """Prepare to read.

        Args:
            french: whether the play is, where its parts do not say otherwise.
            directed: whether it marks its directions, so that parentheses are spoken.
            left: what is left out is counted there.
        """
        self.cues: list[Cue] = []
        self._french, self._directed, self._left = french, directed, left
        self._act = self._scene = ""
        self._counts: Counter[str] = Counter()  # of divisions of each kind, scenes by their act

    def read(self, text: Element) -> None:
        """Add the cues of a `text`: of what comes before and after the play, the speeches alone."""
        known = names_french(text)
        french = self._french if known is None else known
        for part in text:
            inside = part.tag in ("body", "group")
            self._walk(part, [], french, left_out.BESIDE if inside else left_out.AROUND)

    # Beside the speeches

    def _walk(self, element: Element, passage: list[str], french: bool, beside: str) -> None:
        """Add the cues of an element that is no speech; the words that it has beside them are lost.

        Args:
            element: a division, or anything else in which speeches may be.
            passage: words that are lost, of the paragraph that the element is part of.
            french: whether that is the language.
            beside: what they are called; in the body, verses make cues, too.
        """
        if element.tag in DOCUMENTS:
            return
        known = names_french(element)
        french = french if known is None else known
        outside = self._act, self._scene
        sung = beside == left_out.BESIDE
        if _DIVISION.fullmatch(element.tag):
            self._enter(element, sung)
        words = [] if element.tag in _PASSAGES or _DIVISION.fullmatch(element.tag) else passage
        words.append(element.text or "")
        song: Cue | None = None
        for child in _said_forms(element, self._left):
            if child.tag in ("l", "lg") and sung:
                song = song or self._begin(Cue(self._act, self._scene, sung=True))
                song = self._speak(child, song, french)
            elif child.tag == "sp":
                song = None
                self._speech(child, french)
            elif child.tag in _UNSPOKEN and not _stands_alone(child, element):
                song = None
                kind = _UNSPOKEN[child.tag]
                self._lose(kind if sung else kind and beside, child)
            else:
                song = None
                self._walk(child, words, french, beside)
            words.append(child.tail or "")
        if words is not passage:
            self._left.add(beside, words)
        self._act, self._scene = outside

    def _lose(self, kind: str, element: Element) -> None:
        if kind:
            self._left.add(kind, element.itertext())
        elif element.tag == "speaker":  # a name, which is kept, and at times how it speaks
            for direction in element.iter("stage"):
                self._left.add(left_out.DIRECTIONS, direction.itertext())
            for what, said in speakers.directions(element):
                self._left.add(what, [said])

    # Inside them

    def _speech(self, sp: Element, french: bool) -> None:
        who = tuple(part.rpartition("#")[2] for part in sp.get("who", "").split())
        cue = self._begin(Cue(self._act, self._scene, speakers.printed(sp), who))
        self._speak(sp, cue, french)

    def _begin(self, cue: Cue) -> Cue:
        self.cues.append(cue)
        return cue

    def _speak(self, element: Element, cue: Cue, french: bool) -> Cue:
        """Add the lines and paragraphs said in an element to a cue.

        Returns:
            The cue in which the speech goes on: a speech inside it, as of a play in the play, is a
            cue of its own.
        """
        words: list[str] = []

        def end_line(form: Form, french: bool) -> None:
            text = _joined(words)
            words.clear()
            if french and not self._directed:
                text = without_directions(text, self._left)
            if text:
                cue.blocks.append((form, _HIGH_MARK.sub(r" \1", text) if french else text))

        def walk(element: Element, french: bool) -> None:
            nonlocal cue
            known = names_french(element)
            french = french if known is None else known
            words.append(element.text or "")
            for child in _said_forms(element, self._left):
                if child.tag == "sp":
                    end_line("prose", french)
                    self._speech(child, french)
                    cue = self._begin(Cue(cue.act, cue.scene, cue.printed, cue.who, sung=cue.sung))
                elif child.tag == "l" or child.tag in _OWN_LINE:
                    end_line("prose", french)
                    walk(child, french)
                elif child.tag in _BREAKS:
                    words.append(_JOINT if child.get("break") == "no" else " ")
                elif child.tag in _UNSPOKEN and not _stands_alone(child, element):
                    self._lose(_UNSPOKEN[child.tag], child)
                    words.append(_GAP if child.tag in _DIRECTIONS else "")
                else:
                    walk(child, french)
                    words.append(_GAP if child.tag == "caesura" else "")
                    words.append(" " if child.tag in _APART else "")
                words.append(child.tail or "")
            if element.tag == "l" or element.tag in _OWN_LINE:
                end_line("verse" if element.tag == "l" else "prose", french)

        walk(element, french)
        end_line("prose", french)
        return cue

    # Divisions

    def _enter(self, division: Element, sung: bool) -> None:
        """Note where a division leads, after its type, its heading or its depth."""
        kind, number = _kind(division), _number(division.get("n", ""))
        if kind == "scene":
            self._act = self._act or "1"
            self._scene = self._count(f"scene of {self._act}", number)
            return
        if kind is None and self._act:
            return  # part of a scene, say
        if division.find(".//sp") is None and (not sung or division.find(".//l") is None):
            return  # a preface, or a cast
        kind = kind or "act"
        if kind == "act":
            self._act = self._count(kind, number)
        else:
            count = self._count(kind)
            self._act = kind if kind in _SINGLE and count == "1" else f"{kind} {count}"
        self._scene = ""

    def _count(self, kind: str, number: str = "") -> str:
        """The number of a division: the one it states, or else the next of its kind."""
        self._counts[kind] = int(number) if number else self._counts[kind] + 1
        return number or str(self._counts[kind])


def marks_directions(elements: list[Element]) -> bool:
    """Whether a play has directions as elements: its parentheses are spoken, then."""
    return any(element.tag == "stage" for element in elements)


def _number(stated: str) -> str:
    """The number that an `n` states, also in Roman numerals up to 39; "" for none."""
    stated = stated.strip(" .")
    if _NUMBER.fullmatch(stated):
        return stated
    roman = _ROMAN.fullmatch(stated)
    if not stated or not roman:
        return ""
    units = roman[2].upper()
    ones = _UNITS.get(units, 5 * units.count("V") + units.count("I"))
    return str(10 * len(roman[1]) + ones)


def _kind(division: Element) -> str | None:
    """What a division is: act, scene, or another's name; None where nothing tells."""
    stated = division.get("type", division.tag).strip().lower()
    if stated in _KINDS:
        return _KINDS[stated]
    heading = _HEADING.search(text_of(division.find("head")))
    if heading:
        return _KINDS[heading[0].lower()]
    return {"div1": "act", "div2": "scene"}.get(division.tag)


def _said_forms(element: Element, left: Leavings) -> list[Element]:
    """The children of an element; of several forms of a word, the one that is said."""
    children = list(element)
    if element.tag not in ("app", "choice", "rdgGrp") or not children:
        return children
    said = min(children, key=_preference)
    for child in children:
        if child is not said:
            left.add(left_out.VARIANTS, child.itertext())
    return [said]


def _preference(form: Element) -> int:
    if form.tag in _PREFERRED:
        return 0
    return 2 + _LAST.index(form.tag) if form.tag in _LAST else 1


def _stands_alone(child: Element, parent: Element) -> bool:
    """Whether an element is said although its kind is not: it is the form that was chosen."""
    return child.tag in _ALONE or parent.tag in ("app", "choice", "rdgGrp")


def _bridged(text: str) -> str:
    """A line in which what stood on both sides of something unsaid is neither glued nor torn."""
    first, *others = text.split(_GAP)
    parts = [first]
    for part in filter(None, others):
        before = parts[-1]
        if _MARK.match(part) and before.rstrip()[-1:].isalnum():  # "Ah <stage/>, oui"
            parts[-1] = before.rstrip()
        elif not (
            part[0].isspace()
            or part.startswith(_TIED_BEHIND)
            or before[-1:].isspace()
            or before.endswith(_TIED_BEFORE)
        ):
            parts.append(" ")
        parts.append(part)
    return "".join(parts)


def _joined(words: list[str]) -> str:
    """A line of words, those that a break cuts in two made whole."""
    text = "".join(words)
    if _GAP in text:
        text = _bridged(text)
    if _JOINT not in text:
        return one_line(text)
    first, *others = text.split(_JOINT)
    parts = [first]
    for part in others:
        parts[-1] = parts[-1].rstrip()
        if parts[-1].endswith(_HYPHENS):
            parts[-1] = parts[-1][:-1]
        parts.append(part.lstrip())
    return one_line("".join(parts))
