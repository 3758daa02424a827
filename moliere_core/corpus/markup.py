"""Read XML that strangers wrote: nothing outside the file is opened, nothing in it is expanded.

Expat, the parser of Python's own library, with every handler in sight. It is kept with Python, and
needs neither `defusedxml`, which has had no release since 2021, nor the megabytes of lxml. An
entity that the file declares is refused at its declaration, before it can grow ("a billion laughs")
or name another file; an attribute that it declares with a default value is not given to every
element, which grows as fast; depth and number of elements have limits, since memory goes by
elements. The entities of HTML stand for what they do there, with a DTD or without.

The encoding is the one that is declared; a byte order mark knows better; and where a document turns
out to be in another one than UTF-8, it is read as a plain text would be.
"""

from __future__ import annotations

import codecs
import re
from html.entities import html5
from typing import NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from moliere_core.corpus import tables
from moliere_core.corpus.left_out import UNKNOWN, Leavings
from moliere_core.errors import CorpusError

MAX_DEPTH = 100
MAX_ELEMENTS = 500_000  # all of Molière has 60,000


_MARKS = (
    codecs.BOM_UTF8,
    codecs.BOM_UTF16_LE,  # and that of UTF-32
    codecs.BOM_UTF16_BE,
    codecs.BOM_UTF32_BE,
)
_DECLARATION = re.compile(r"\A\s{0,100}<\?xml\s[^>]{0,300}\?>")
_ENCODING = re.compile(r"""\sencoding\s{0,9}=\s{0,9}["']([\w.-]{1,40})["']""")


def parse_xml(
    data: bytes,
    name: str,
    notes: list[CorpusError] | None = None,
    left: Leavings | None = None,
) -> Element:
    """The root of an XML document, with namespaces taken off elements and attributes.

    Args:
        data: the document.
        name: what to call it in errors.
        notes: an encoding that had to be guessed is added.
        left: entities that are not known are counted there.

    Raises:
        CorpusError: not well formed, entities are declared, or it is too deep or too long.
    """
    guessed: list[CorpusError] = []
    builder = _Builder(name)
    text = _in_utf8(data, name, guessed) if data.startswith(_MARKS) else None
    try:
        try:
            _parse(data.removeprefix(codecs.BOM_UTF8).lstrip() if text is None else text, builder)
        except (expat.ExpatError, ValueError, LookupError):
            text = _in_utf8(data, name, guessed) if text is None and _may_be_text(data) else None
            if text is None:
                raise
            builder = _Builder(name)
            _parse(text, builder)
        root = builder.tree.close()
    except (expat.ExpatError, ValueError, LookupError) as error:  # an unknown encoding, too
        raise CorpusError(
            "{name} is not well-formed XML ({error}): download or export it again",
            name=name,
            error=str(error)[:100],  # it quotes the encoding
        ) from error
    if notes is not None:
        notes += guessed
    if left is not None:
        left.add(UNKNOWN, [builder.example], builder.unknown)
    return root


def _parse(data: bytes, builder: _Builder) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.specified_attributes = True  # those of the document, not of its declarations
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.UseForeignDTD(True)  # none is read: an entity is skipped, and no error, without one
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.tree.data
    parser.EntityDeclHandler = builder.refuse_entities
    parser.ExternalEntityRefHandler = builder.refuse_entities
    parser.SkippedEntityHandler = builder.skipped
    parser.Parse(data, True)


def _may_be_text(data: bytes) -> bool:
    """Whether a document says no encoding, or one that it may be wrong about."""
    declaration = _DECLARATION.match(data[:1_000].replace(b"\0", b"").decode("latin-1"))
    encoding = _ENCODING.search(declaration[0]) if declaration else None
    try:
        return encoding is None or codecs.lookup(encoding[1]).name.startswith(("ascii", "utf"))
    except LookupError:
        return False


def _in_utf8(data: bytes, name: str, notes: list[CorpusError]) -> bytes | None:
    """A document read as a text, without the declaration of its encoding; None if it is none."""
    try:
        text = tables.decode_as_is(data, name, notes)
    except CorpusError:
        return None
    return _DECLARATION.sub("", text.lstrip()).encode() if text else None


class _Builder:
    def __init__(self, name: str) -> None:
        self.name, self.tree = name, TreeBuilder()
        self.depth = self.elements = self.unknown = 0
        self.example = ""  # the first entity that is not known

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH or self.elements > MAX_ELEMENTS:
            raise CorpusError(
                "{name} has more than {elements:,} elements, or more than {depth} one inside the "
                "other: give one play a file",
                name=self.name,
                elements=MAX_ELEMENTS,
                depth=MAX_DEPTH,
            )
        self.tree.start(_local(tag), {_local(key): value for key, value in attributes.items()})

    def end(self, tag: str) -> None:
        self.depth -= 1
        self.tree.end(_local(tag))

    def skipped(self, entity: str, is_parameter: bool) -> None:
        """An entity of a DTD that is not read: those of HTML are known without it."""
        if is_parameter:
            return
        if character := html5.get(f"{entity};"):
            self.tree.data(character)
        else:
            self.unknown += 1
            self.example = self.example or f"&{entity[:40]};"

    def refuse_entities(self, *_: object) -> NoReturn:
        raise CorpusError(
            "{name} declares entities, which are not read for safety: write the characters "
            "themselves",
            name=self.name,
        )


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
