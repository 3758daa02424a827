"""What a TEI document says of its play: title, author, year, genre, cast, language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from moliere_core.corpus.edition import PLAYS
from moliere_core.corpus.names import label, slug
from moliere_core.corpus.speakers import cased
from moliere_core.text.normalise import normalise

DOCUMENTS = ("TEI", "TEI.2")
_BREAKS = {"cb", "lb", "pb", "space"}
_DATES = ("created", "written", "premiere", "print", "issued", "publication")
_GENRES = {"Q80930": "Tragédie", "Q40831": "Comédie"}  # Wikidata's, as in DraCor
_ARTICLE = re.compile(r"(?:les?|la|une?)\s+|l'\s*", re.IGNORECASE)
_OTHER_TITLE = re.compile(r" ?(?:[,;:(/]| ou ).*", re.IGNORECASE)
_PRINTED_YEAR = re.compile(r" ?\(\d{4}\)$")  # "PHÈDRE (1697)"
_PARENTHESIS = re.compile(r" ?\([^()]*\)")
_FRENCH = {"fr", "fra", "fre", "frm", "fro"}  # ISO 639: today's, in two or three letters, and older
_SAYS_NOTHING = {"", "mul", "und", "zxx"}


def own_elements(document: Element) -> list[Element]:
    """The elements of a document, itself first, in their order; other documents in it left out."""
    found: list[Element] = []
    waiting = [document]
    while waiting:
        element = waiting.pop()
        found.append(element)
        waiting += [e for e in reversed(element) if e.tag not in (*DOCUMENTS, "teiCorpus")]
    return found


def facts(document: Element, elements: Sequence[Element], name: str) -> dict[str, str]:
    """What is the same for all cues of a play, by column.

    Args:
        document: the play.
        elements: its own.
        name: of the file: it tells the plays of the OBVIL edition, and names a play without title.
    """
    header = document.find("teiHeader")
    title, sub = _titles(header)
    return {
        "play_name": label(_play_name(elements, name, title)),
        "title": label(title),
        "author": label(_author(header)),
        "year": _year(elements),
        "genre": label(_genre(header) or sub),
    }


def cast(elements: Sequence[Element]) -> dict[str, str]:
    """Names of the characters by identifier, from the cast and from the header."""
    names = {}
    for element in elements:
        if element.tag in ("role", "person", "personGrp"):
            inner = {"person": "persName", "personGrp": "name"}.get(element.tag)
            named = element if inner is None else element.find(inner)
            if (identifier := element.get("id")) and (text := text_of(named)):
                names[identifier] = label(cased(text))
    return names


def licence(document: Element) -> str:
    """What a header states, "" where it states nothing."""
    return text_of(document.find("./teiHeader/fileDesc/publicationStmt//licence"))


def is_french(document: Element, elements: Sequence[Element]) -> bool:
    """Whether the play is known to be in French.

    The text's own `xml:lang` is asked first, then the document's, the body's and the header's
    `language`. A play that names none of them may be in any.
    """
    text = document.find("text")
    for element in (text, document, None if text is None else text.find("body")):
        if element is not None and (known := names_french(element)) is not None:
            return known
    for element in elements:
        if element.tag == "language" and (known := _says_french(element.get("ident"))) is not None:
            return known
    return False


def names_french(element: Element) -> bool | None:
    """Whether an element says that it is in French; None where it says nothing of its language."""
    return _says_french(element.get("lang"))


def _says_french(code: str | None) -> bool | None:
    if code is None:
        return None
    language = re.split("[-_]", code.strip().lower(), maxsplit=1)[0]
    return None if language in _SAYS_NOTHING else language in _FRENCH


def text_of(element: Element | None) -> str:
    """The words of an element of the header on one line."""
    return "" if element is None else one_line("".join(_words(element)))


def one_line(text: str) -> str:
    """A text normalised, with single spaces between its words."""
    return " ".join(normalise(text).split()) if text.strip() else ""  # between two lines: often


def _words(element: Element) -> Iterator[str]:
    for part in element.iter():
        if part.tag in _BREAKS:
            yield " "
        yield part.text or ""
        if part is not element:
            yield part.tail or ""


def _titles(header: Element | None) -> tuple[str, str]:
    """The title and the subtitle; "" where there is none."""
    titles = [] if header is None else header.findall("./fileDesc/titleStmt/title")
    main = [t for t in titles if t.get("type", "main") == "main"] or titles[:1]
    subs = [t for t in titles if t.get("type") == "sub"]
    title = _PRINTED_YEAR.sub("", text_of(main[0]) if main else "")
    return cased(title), text_of(subs[0]) if subs else ""


def _play_name(elements: Sequence[Element], name: str, title: str) -> str:
    """The usual slug of a play of the OBVIL edition, or else one made from the title."""
    for idno in elements:
        if idno.tag == "idno":
            stem = (idno.text or "").strip().rpartition("/")[2].removesuffix(".xml")
            if stem in PLAYS:
                return PLAYS[stem]
    stem = re.sub(r"\.xml$", "", name.rpartition("/")[2], flags=re.IGNORECASE)
    return PLAYS.get(stem) or slug(_bare(title)) or slug(stem) or "texte"


def _bare(title: str) -> str:
    """A title without its article and without what follows "ou"."""
    return _ARTICLE.sub("", _OTHER_TITLE.sub("", title), count=1) if title else ""


def _author(header: Element | None) -> str:
    element = None if header is None else header.find("./fileDesc/titleStmt/author")
    if element is None:
        return ""
    named = element.find("persName")
    text = _PARENTHESIS.sub("", text_of(element if named is None else named)).strip()
    last, _, first = map(str.strip, text.partition(","))
    return f"{cased(first)} {cased(last)}".strip()


def _year(elements: Sequence[Element]) -> str:
    """Of writing, else of the first performance, else of printing; four digits or ""."""
    found: dict[str, str] = {}
    for element in elements:
        if element.tag in ("date", "docDate", "event"):
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
        if term.get("type") in ("genre", "genreTitle") and text_of(term):
            return text_of(term)
    codes = [_GENRES.get(text_of(code)) for code in header.iter("classCode")]
    return next((genre for genre in codes if genre), "")
