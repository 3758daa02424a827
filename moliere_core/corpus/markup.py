"""Read XML that strangers wrote: nothing outside the file is opened, nothing in it is expanded.

Expat, the parser of Python's own library, with every handler in sight. It is kept with Python, and
needs neither `defusedxml`, which has had no release since 2021, nor the megabytes of lxml. An
entity that the file declares is refused at its declaration, before it can grow ("a billion laughs")
or name another file; an attribute that it declares with a default value is not given to every
element, which grows as fast; depth and number of elements have limits, since memory goes by
elements.
"""

from __future__ import annotations

import codecs
from html.entities import name2codepoint
from typing import NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from moliere_core.errors import CorpusError

MAX_DEPTH = 100
MAX_ELEMENTS = 500_000  # all of Molière has 60,000


def parse_xml(data: bytes, name: str) -> Element:
    """The root of an XML document, with namespaces taken off elements and attributes.

    Args:
        data: the document, in the encoding that it declares.
        name: what to call it in errors.

    Raises:
        CorpusError: not well formed, entities are declared, or it is too deep or too long.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.specified_attributes = True  # those of the document, not of its declarations
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    builder = _Builder(name)
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.tree.data
    parser.EntityDeclHandler = builder.refuse_entities
    parser.ExternalEntityRefHandler = builder.refuse_entities
    parser.SkippedEntityHandler = builder.skipped
    try:
        parser.Parse(data.removeprefix(codecs.BOM_UTF8).lstrip(), True)  # a mark, an empty line
        return builder.tree.close()
    except (expat.ExpatError, ValueError, LookupError) as error:  # an unknown encoding, too
        raise CorpusError(
            "{name} is not well-formed XML ({error}): download or export it again",
            name=name,
            error=str(error)[:100],  # it quotes the encoding
        ) from error


class _Builder:
    def __init__(self, name: str) -> None:
        self.name, self.tree = name, TreeBuilder()
        self.depth = self.elements = 0

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
        if entity in name2codepoint and not is_parameter:
            self.tree.data(chr(name2codepoint[entity]))

    def refuse_entities(self, *_: object) -> NoReturn:
        raise CorpusError(
            "{name} declares entities, which are not read for safety: write the characters "
            "themselves",
            name=self.name,
        )


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
