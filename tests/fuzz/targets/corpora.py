"""Corpora: tables, plays in TEI, plain texts, web pages, archives of these."""

from __future__ import annotations

import copy
import io
import zipfile
from pathlib import Path
from random import Random
from xml.etree import ElementTree

from moliere_core.corpus.corpus import COLUMNS, Corpus
from moliere_core.corpus.formats import read_bytes
from tests.fuzz.harness import Target
from tests.fuzz.mutations import Files

MOST_BYTES = 10_000_000  # of an upload

TABLES = (
    "play_name,title,act,scene,speaker,form,cue,who\n"
    + "".join(
        f'"essai","L\'Essai",{n % 3},{n},Alcide,verse,"Réplique {n} :\nquoi, déjà ?",#a\n'
        for n in range(12)
    ),
    "sep=;\nPlay Name;Cue;;\n" + "".join(f"essai;Il dit « {n} ».;;\n" for n in range(12)),
    "play_name\tspeaker\tcue\n" + "".join(f'essai\tB\tC\'est "{n}"\n' for n in range(12)),
)
PLAYS = (
    """<?xml version="1.0" encoding="UTF-8"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0" xml:lang="fr"><teiHeader><fileDesc><titleStmt>
<title type="main">La Fille du roi (1677)</title><author>DUPRÉ, Jean (1606-1684)</author>
</titleStmt><publicationStmt><licence>CC0</licence></publicationStmt></fileDesc><profileDesc>
<langUsage><language ident="fr"/></langUsage><particDesc><listPerson><person xml:id="a">
<persName>Alcide</persName></person></listPerson></particDesc></profileDesc></teiHeader><text>
<front><castList><castItem><role xml:id="b">Bélise</role></castItem></castList></front><body>
<div type="act" n="1"><head>Acte I</head><div type="scene"><head>Scène première</head>
<stage>Alcide, Bélise.</stage><sp who="#a"><speaker>ALCIDE, <hi rend="i">bas</hi></speaker>
<l n="1" part="I">Je vais mou<lb break="no"/>rir</l><stage>Il sort.</stage></sp>
<sp who="#a #b"><speaker>TOUS DEUX</speaker><p>(À part.) Ah&#160;! <choice><sic>ets</sic>
<corr>est</corr></choice> <app><lem>parti</lem><rdg>sorti</rdg></app> ?</p></sp>
<p>Au secours !</p><floatingText><body><sp><l>La, la.</l></sp></body></floatingText>
</div></div></body></text></TEI>""",
    "<teiCorpus>"
    + "<TEI><text lang='en'><body><sp><p>Who's there?</p></sp></body></text></TEI>" * 3
    + "</teiCorpus>",
)
TEXTS = ("Le jour n'est pas plus pur\nque le fond de mon cœur… « Ah ! »\r\n" * 5, "Un mot.")
PAGES = ("<!-- a --> <!DOCTYPE html>\n<html><head></head><body><p>Bonjour</p></body></html>",)


def _read(files: Files, _: Path) -> None:
    for name, data in files.items():
        _check(data, name)


def _read_packed(files: Files, _: Path) -> None:
    """An archive, its bad files left out; then all of it, as a fetched edition is read."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    _check(buffer.getvalue(), "pieces.zip")
    read_bytes(buffer.getvalue(), "pieces.zip", MOST_BYTES, whole=True)


def _read_rearranged(files: Files, _: Path) -> None:
    """A play that stays well-formed: its elements are renamed, moved, copied, emptied.

    Damage to single bytes makes it no XML, nine times in ten; so here they only draw what happens.
    """
    random = Random(b"".join(files.values()))
    root = ElementTree.fromstring(random.choice(PLAYS))
    for _change in range(random.randint(1, 12) if files != _UNCHANGED else 0):
        _rearrange(list(root.iter())[1:], random)
    _check(ElementTree.tostring(root, "utf-8"), "essai.xml")


def _rearrange(elements: list[ElementTree.Element], random: Random) -> None:
    if not elements:
        return
    one, other = random.choice(elements), random.choice(elements)
    match random.randrange(6):
        case 0:
            one.tag = random.choice(_TAGS)
        case 1:
            other.insert(random.randint(0, len(other)), copy.deepcopy(one))
        case 2:
            one.clear()
        case 3:
            one.tail = random.choice(("", "\n", " (à part) ", "« Quoi ? »", "\u0301" * 99, "-"))
        case 4:
            one.text = random.choice(("", "TOUS, bas", "Acte IV", "12", "(", "a" * 5_000))
        case 5:
            one.set(*random.choice(_ATTRIBUTES))


def _check(data: bytes, name: str) -> None:
    """Read a corpus, and look at what the application looks at first."""
    reading = read_bytes(data, name, MOST_BYTES)
    corpus = Corpus(reading.frame, name, reading.notes)
    assert tuple(corpus.frame.columns) == COLUMNS
    assert corpus.frame["cue"].str.strip().astype(bool).all(), "an empty cue"
    assert corpus.plays
    assert all(corpus.plays), "a play without a name"
    assert corpus.summary()["chars"]
    assert len(corpus.digest) == 64
    for note in corpus.notes:
        assert str(note)


def _each(texts: tuple[str, ...], extension: str) -> list[Files]:
    return [{f"essai.{extension}": text.encode()} for text in texts]


def _members() -> list[Files]:
    return [
        {
            "pieces/a.csv": TABLES[0].encode(),
            "pieces/b.csv": TABLES[1].encode(),
            "c.xml": PLAYS[0].encode(),
            "d.txt": TEXTS[0].encode("cp1252"),
            "README.txt": b"About.",
        }
    ]


def _archives() -> list[Files]:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in _members()[0].items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return [{"pieces.zip": buffer.getvalue()}]


_CSV_TOKENS = (b'"', b'""', b'"\n', b'\n"', b',"', b'",', b";;\n", b"play_name", b"cue", b"sep=,\n")
_UNCHANGED: Files = {"draws": bytes(range(64))}
_TAGS = (
    "TEI", "text", "front", "body", "back", "div", "div1", "prologue", "sp", "speaker", "l", "lg",
    "p", "ab", "stage", "note", "head", "choice", "app", "lem", "rdg", "sic", "corr", "lb", "pb",
    "del", "floatingText", "quote", "castList", "role", "person", "title", "author", "date", "idno",
    "term",
)  # fmt: skip
_ATTRIBUTES = (
    ("who", "#a #b #c"), ("who", ""), ("n", "IV"), ("n", "²"), ("type", "act"), ("type", "scene"),
    ("break", "no"), ("xml:lang", "en"), ("lang", "zxx"), ("rend", "i"), ("part", "F"), ("id", "a"),
)  # fmt: skip
_TEI_TOKENS = (
    b"<sp>", b"</sp>", b"<p>", b"</p>", b"<l>", b"<speaker>", b"<stage>", b"<lb break='no'/>",
    b"<TEI>", b"</TEI>", b"<text>", b"<choice>", b"<lem>", b"<rdg>", b"<note>", b" who='#a #b'",
    b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<!DOCTYPE TEI [", b"<!ENTITY a 'b'>",
    b"&a;", b"&#1114111;", b"&#0;",
    b"<div type='scene'>", b"<floatingText>", b"<sp/>", b"<title/>", b"xml:lang='fra'",
    b"(A part) ",
)  # fmt: skip

TARGETS = (
    Target("corpus-csv", lambda: _each(TABLES, "csv"), _read, _CSV_TOKENS, tries=300),
    Target("corpus-tei", lambda: _each(PLAYS, "xml"), _read, _TEI_TOKENS, tries=300),
    Target("corpus-tei-tree", lambda: [_UNCHANGED], _read_rearranged, tries=300),
    Target("corpus-text", lambda: _each(TEXTS, "txt"), _read, (*_CSV_TOKENS, *_TEI_TOKENS)),
    Target("corpus-zip", _members, _read_packed, (*_CSV_TOKENS, *_TEI_TOKENS)),
    Target("corpus-zip-bytes", _archives, _read, (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06")),
)
