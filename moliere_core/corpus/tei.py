"""Plays in TEI, the XML of scholarly editions: Molière's as much as any of DraCor's.

Two dialects are read. The edition of Molière by LABEX OBVIL (github.com/dramacode/moliere, served
at dramacode.github.io/moliere) nests `div1` and `div2`, some of them without `@type`, and writes
stage directions inside `speaker`. DraCor (dracor.org) has `div`, speakers declared in
`particDesc`, and `who="#id"`. Both mix verse (`l`) and prose (`p`), share a verse between speakers
(`l[@part]`), and give several identifiers to a cue said by several.

The text of these plays is in the public domain. The licence of the OBVIL encoding is unclear
(`availability status="restricted"` around an empty `licence`): its files are read where a user
puts or fetches them, and none is part of this project. DraCor's corpora have a licence each, such
as CC BY-NC-SA for the French one, which a file states: it is shown beside the corpus.

Left out: notes, stage directions, headings, arguments, casts, prefaces. Kept: one row a cue, lines
and paragraphs on a line each.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count as numbers_from
from xml.etree.ElementTree import Element

from moliere_core.corpus.edition import PLAYS
from moliere_core.corpus.markup import parse_xml
from moliere_core.errors import CorpusError
from moliere_core.normalise import normalise

Columns = dict[str, list[str]]

SUNG = "(chant)"  # speaker of verses that nobody in particular says

_UNSPOKEN = {
    "abbr", "argument", "byline", "camera", "castList", "closer", "dateline", "del", "epigraph",
    "figDesc", "fw", "gap", "head", "label", "note", "opener", "orig", "performance", "salute",
    "set", "sic", "signed", "speaker", "stage", "teiHeader", "titlePage", "trailer", "view",
}  # fmt: skip
_ALONE = {"abbr", "orig", "sic"}  # unspoken only inside <choice>, where the other form is kept
_OWN_LINE = {"ab", "div", "item", "lg", "p", "u"}  # others are words of the line they stand in
_BREAKS = {"cb", "lb", "pb", "space"}
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
_HEADING = re.compile(rf"\b(?:{'|'.join(_KINDS)})\b", re.IGNORECASE)  # acte, not acteurs
_DATES = ("created", "written", "premiere", "print", "issued", "publication")
_GENRES = {"Q80930": "Tragédie", "Q40831": "Comédie"}  # Wikidata's, as in DraCor
_ARTICLE = re.compile(r"(?:les?|la|une?)\s+|l'\s*", re.IGNORECASE)
_OTHER_TITLE = re.compile(r"\s*(?:[,;:(/]|\s[oO][uU]\s).*", re.DOTALL)
_HIGH_MARK = re.compile(r"(?<=[^\s;:?!])([;:?!])")  # French puts a space before
# What a parenthesis must say to be a direction, where no markup tells: it begins a line or a
# sentence, and is of the kind that directions are. "(car vous l'êtes, Seigneur)" is spoken.
_DIRECTION = re.compile(
    r"(?:^|(?<=[.!?»])\s*)\("
    r"(?:(?:à|aux?|bas|haut|seule?|se|s')\b[^()]{0,60}|en\s+\w+ant\b[^()]*"
    r"|(?:chantant|embrassant|lisant|montrant|regardant|riant)\b[^()]*|(?:ils?|elles?)\s[^()]*\.)"
    r"\)\s*",
    re.IGNORECASE,
)


@dataclass
class _Cue:
    act: str
    scene: str
    label: str  # as printed
    who: str
    blocks: list[tuple[str, str]]  # ("verse" or "prose", text)


@dataclass
class _Place:
    """Where the reader is."""

    act: str = ""
    scene: str = ""
    counts: Counter[str] = field(default_factory=Counter)  # of each kind, scenes by their act


def looks_like_tei(data: bytes) -> bool:
    """Whether a file has a TEI root, whatever its name."""
    start = data[:4096].decode("latin-1").replace("\0", "")
    return re.search(r"<(?:\w+:)?(?:TEI|TEI\.2|teiCorpus)[\s>]", start) is not None


def read_tei(data: bytes, name: str, notes: list[CorpusError] | None = None) -> Columns:
    """The cues of one or more plays, as columns of a table: see `corpus.COLUMNS`.

    Args:
        data: a document whose root is `TEI`, `TEI.2` or `teiCorpus`.
        name: the file's name, for errors, and to know the plays of the OBVIL edition.
        notes: the licence that a header states is added, once.

    Raises:
        CorpusError: not well formed, not TEI, or nobody speaks in it.
    """
    root = parse_xml(data, name)
    if root.tag not in ("TEI", "TEI.2", "teiCorpus"):
        raise CorpusError(
            "{name} is XML, but not TEI (its root is <{root}>): give a TEI file, a CSV or a text",
            name=name,
            root=root.tag[:40],
        )
    columns: dict[str, list[str]] = defaultdict(list)
    for document in root.iter():
        if document.tag in ("TEI", "TEI.2"):
            _read_play(document, name, columns)
            _note_licence(document, notes)
    if not columns:
        raise CorpusError(
            "{name} has no cue: a play in TEI has <sp> elements with <l> or <p> inside", name=name
        )
    return dict(columns)


def _note_licence(document: Element, notes: list[CorpusError] | None) -> None:
    licence = _text(document.find("./teiHeader/fileDesc/publicationStmt//licence"))
    if notes is not None and licence:
        note = CorpusError("the TEI states its licence: {licence}", licence=licence[:120])
        if str(note) not in map(str, notes):
            notes.append(note)


def _read_play(document: Element, name: str, columns: Columns) -> None:
    place, cues = _Place(), []
    french = document.get("lang", "fr").lower().startswith("fr")
    for text in document.iter("text"):
        for part in text:
            cues += list(_cues(part, place, sung=part.tag == "body"))
        break  # texts inside it have been walked
    cues = [cue for cue in cues if cue.blocks]
    labels = _labels(cues, _names(document))
    facts = _facts(document, name)
    others, wanted = set(columns.get("play_name", ())), facts["play_name"]
    for number in numbers_from(2):  # two plays of one name in a document
        if facts["play_name"] not in others:
            break
        facts["play_name"] = f"{wanted}-{number}"
    for cue in cues:
        forms = {form for form, _ in cue.blocks}
        lines = [_spaced(text) if french else text for _, text in cue.blocks]
        row = facts | {
            "act": cue.act,
            "scene": cue.scene,
            "speaker": labels[_voice(cue)],
            "form": forms.pop() if len(forms) == 1 else "mixed",
            "cue": "\n".join(lines),
            "who": cue.who,
        }
        for column, value in row.items():
            columns[column].append(value)


def _cues(element: Element, place: _Place, sung: bool) -> Iterator[_Cue]:
    """Cues in reading order; with `sung`, verses outside of any `sp` make cues, too."""
    outside = place.act, place.scene
    if _DIVISION.fullmatch(element.tag):
        _enter(element, place, sung)
    loose: list[tuple[str, str]] = []
    for child in element:
        if child.tag in ("l", "lg") and sung:
            loose += _said(child)
            continue
        yield from _sung(place, loose)
        if child.tag == "sp":
            who = " ".join(part.rpartition("#")[2] for part in child.get("who", "").split())
            yield _Cue(place.act, place.scene, _printed(child), who, _said(child))
        elif child.tag not in _UNSPOKEN:
            yield from _cues(child, place, sung)
    yield from _sung(place, loose)
    place.act, place.scene = outside


def _sung(place: _Place, loose: list[tuple[str, str]]) -> Iterator[_Cue]:
    if loose:
        yield _Cue(place.act, place.scene, SUNG, "", loose.copy())
        loose.clear()


def _enter(division: Element, place: _Place, sung: bool) -> None:
    """Note where a division leads, after its type, its heading or its depth."""
    kind, number = _kind(division), division.get("n", "")
    if kind == "scene":
        place.act = place.act or "1"
        place.counts[f"scene of {place.act}"] += 1
        count = place.counts[f"scene of {place.act}"]
        place.scene = number if number.isdigit() else str(count)
        return
    if kind is None and place.act:
        return  # part of a scene, say
    if division.find(".//sp") is None and (not sung or division.find(".//l") is None):
        return  # a preface, or a cast
    kind = kind or "act"
    place.counts[kind] += 1
    count = place.counts[kind]
    if kind == "act":
        place.act = number if number.isdigit() else str(count)
    else:
        place.act = kind if kind in _SINGLE and count == 1 else f"{kind} {count}"
    place.scene = ""


def _kind(division: Element) -> str | None:
    """What a division is: act, scene, or another's name; None where nothing tells."""
    stated = division.get("type", division.tag).strip().lower()
    if stated in _KINDS:
        return _KINDS[stated]
    heading = _HEADING.search(_text(division.find("head")).partition("\n")[0])
    if heading:
        return _KINDS[heading[0].lower()]
    return {"div1": "act", "div2": "scene"}.get(division.tag)


def _said(element: Element) -> list[tuple[str, str]]:
    """The lines and paragraphs said in an element, as ("verse" or "prose", text)."""
    said: list[tuple[str, str]] = []
    words: list[str] = []

    def end_line(form: str) -> None:
        text = " ".join(_DIRECTION.sub(" ", _one_line(words)).split())
        words.clear()
        if text:
            said.append((form, text))

    def walk(element: Element) -> None:
        words.append(element.text or "")
        for child in element:
            if child.tag == "l" or child.tag in _OWN_LINE:
                end_line("prose")
                walk(child)
                end_line("verse" if child.tag == "l" else "prose")
            elif child.tag in _BREAKS:
                words.append(" ")
            elif _is_spoken(child, element):
                walk(child)
            words.append(child.tail or "")

    walk(element)
    end_line("verse" if element.tag == "l" else "prose")
    return said


def _is_spoken(child: Element, parent: Element) -> bool:
    return child.tag not in _UNSPOKEN or (child.tag in _ALONE and parent.tag != "choice")


def _text(element: Element | None) -> str:
    """The words of an element of the header on one line."""
    if element is None:
        return ""
    words = []
    for part in element.iter():
        words += [" " if part.tag in _BREAKS else "", part.text or ""]
        words.append(part.tail or "" if part is not element else "")
    return _one_line(words)


def _one_line(words: list[str]) -> str:
    text = "".join(words)
    return " ".join(normalise(text).split()) if text.strip() else ""  # between two lines: often


def _spaced(text: str) -> str:
    return _HIGH_MARK.sub(r" \1", text)


# Who speaks


def _printed(sp: Element) -> str:
    """The speaker's name as printed, without the directions that may follow it."""
    speaker = sp.find("speaker")
    if speaker is None:
        return ""
    name = speaker.text or ""
    for child in speaker:
        if name.strip() and (child.tag == "stage" or child.get("rend") in ("i", "italic")):
            break  # "Orgon <hi rend="i">à Tartuffe</hi>": the rest is a direction
        if child.tag != "stage":
            name += "".join(child.itertext()) + (child.tail or "")
    name = " ".join(normalise(re.sub(r"\(.*", "", name, flags=re.DOTALL)).split())
    name = re.split(r"\s*[,.;:]", name, maxsplit=1)[0].strip(" .,;:-–—")
    return _cased(name)


def _cased(name: str) -> str:
    """MADAME DE SOTENVILLE as Madame de Sotenville; others get a capital, and no more."""
    if len(name) > 1 and name.isupper():
        small = {"De", "Du", "Des", "La", "Le", "Les", "Et", "À", "Au", "Aux"}
        words = [w.lower() if i and w in small else w for i, w in enumerate(name.title().split())]
        name = " ".join(words)
    return name[:1].upper() + name[1:]


def _voice(cue: _Cue) -> str:
    return cue.who or cue.label


def _labels(cues: list[_Cue], names: dict[str, str]) -> dict[str, str]:
    """One name a voice: the one most often printed, or the one that the cast declares."""
    printed: dict[str, Counter[str]] = defaultdict(Counter)
    for cue in cues:
        printed[_voice(cue)][cue.label] += bool(cue.label)
    found = {}
    for voice, counts in printed.items():
        [(label, count)] = counts.most_common(1)
        declared = ", ".join(names.get(part, part) for part in voice.split())
        found[voice] = label if count else declared
    return found


def _names(document: Element) -> dict[str, str]:
    """Names of the characters by identifier, from the cast and from the header."""
    names = {}
    for tag, inner in (("role", None), ("personGrp", "name"), ("person", "persName")):
        for element in document.iter(tag):
            named = element if inner is None else element.find(inner)
            if (identifier := element.get("id")) and (text := _text(named)):
                names[identifier] = _cased(text)
    return names


# What the header says


def _facts(document: Element, name: str) -> dict[str, str]:
    header = document.find("teiHeader")
    title, sub = _titles(document)
    return {
        "play_name": _play_name(document, name, title),
        "title": title,
        "author": _author(header),
        "year": _year(document),
        "genre": _genre(header) or sub,
    }


def _titles(document: Element) -> tuple[str, str]:
    """The title and the subtitle; "" where there is none."""
    titles = document.findall("./teiHeader/fileDesc/titleStmt/title")
    main = [t for t in titles if t.get("type", "main") == "main"] or titles[:1]
    subs = [t for t in titles if t.get("type") == "sub"]
    title = re.sub(r"\s*\(\d{4}\)$", "", _text(main[0]) if main else "")  # "PHÈDRE (1697)"
    return _cased(title), _text(subs[0]) if subs else ""


def _play_name(document: Element, name: str, title: str) -> str:
    """The usual slug of a play of the OBVIL edition, or else one made from the title."""
    for idno in document.iter("idno"):
        stem = re.sub(r"\.xml$", "", (idno.text or "").strip().rpartition("/")[2])
        if stem in PLAYS:
            return PLAYS[stem]
    stem = re.sub(r"\.xml$", "", name.rpartition("/")[2], flags=re.IGNORECASE)
    return PLAYS.get(stem) or slug(_bare(title)) or slug(stem) or "texte"


def _bare(title: str) -> str:
    """A title without its article and without what follows "ou"."""
    return _ARTICLE.sub("", _OTHER_TITLE.sub("", title), count=1) if title else ""


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens: "Le Cœur simple" gives "le-coeur-simple"."""
    text = normalise(text).lower().replace("œ", "oe").replace("æ", "ae")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _author(header: Element | None) -> str:
    element = None if header is None else header.find("./fileDesc/titleStmt/author")
    if element is None:
        return ""
    named = element.find("persName")
    text = re.sub(r"\s*\([^()]*\)", "", _text(element if named is None else named)).strip()
    return " ".join(_cased(part) for part in reversed(re.split(r"\s*,\s*", text, maxsplit=1)))


def _year(document: Element) -> str:
    """Of writing, else of the first performance, else of printing; four digits or ""."""
    found: dict[str, str] = {}
    for element in document.iter():
        if element.tag in ("date", "docDate", "event") and element.tag != "listEvent":
            value = " ".join(
                element.get(key, "") for key in ("when", "notBefore", "from", "notAfter")
            )
            year = re.search(r"\d{4}", f"{value} {element.text or ''}")
            kind = element.get("type", "print" if element.tag == "docDate" else "")
            if year and kind:
                found.setdefault(kind.lower(), year[0])
    return next((found[kind] for kind in _DATES if kind in found), "")


def _genre(header: Element | None) -> str:
    if header is None:
        return ""
    for term in header.iter("term"):
        if term.get("type") in ("genre", "genreTitle") and _text(term):
            return _text(term)
    codes = [_GENRES.get(_text(code)) for code in header.iter("classCode")]
    return next((genre for genre in codes if genre), "")
