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

Kept: one row a cue, lines and paragraphs on a line each; verses that stand beside the speeches, as
a cue of nobody. Left out, and counted: notes, stage directions, headings, arguments, casts,
prefaces, variants, and prose beside the speeches, which tells more often than it speaks.
"""

from __future__ import annotations

import re
from collections import defaultdict
from xml.etree.ElementTree import Element

from moliere_core.corpus import header, left_out, speakers
from moliere_core.corpus.left_out import Leavings
from moliere_core.corpus.markup import parse_xml
from moliere_core.corpus.names import DistinctNames
from moliere_core.corpus.speech import Speeches, marks_directions
from moliere_core.errors import N_, CorpusError

Columns = dict[str, list[str]]

SUNG = "(chant)"  # speaker of verses that nobody in particular says
MOST_WHO_CHARS = 1_000
MOST_LICENCES = 20  # that are told of one file

_LICENCE = N_("the TEI states its licence: {licence}")
_ROOT = re.compile(r"<(?:\w{1,40}:)?(?:TEI|TEI\.2|teiCorpus)[\s>]")


def looks_like_tei(data: bytes) -> bool:
    """Whether a file has a TEI root, whatever its name."""
    return _ROOT.search(data[:4096].decode("latin-1").replace("\0", "")) is not None


def read_tei(
    data: bytes,
    name: str,
    notes: list[CorpusError] | None = None,
    left: Leavings | None = None,
) -> Columns:
    """The cues of one or more plays, as columns of a table: see `corpus.COLUMNS`.

    Args:
        data: a document whose root is `TEI`, `TEI.2` or `teiCorpus`.
        name: the file's name, for errors, and to know the plays of the OBVIL edition.
        notes: the licence that a header states is added, once, and an encoding that was guessed.
        left: what is left out is counted there.

    Raises:
        CorpusError: not well formed, not TEI, or nobody speaks in it.
    """
    left = Leavings() if left is None else left
    root = parse_xml(data, name, notes, left)
    if root.tag not in (*header.DOCUMENTS, "teiCorpus"):
        raise CorpusError(
            "{name} is XML, but not TEI (its root is <{root}>): give a TEI file, a CSV or a text",
            name=name,
            root=root.tag[:40],
        )
    plays = _Plays(name, left)
    for document in root.iter():
        if document.tag in header.DOCUMENTS:
            plays.read(document)
            _note_licence(document, notes)
    if not plays.columns:
        raise CorpusError(
            "{name} has no cue: a play in TEI has <sp> elements with <l> or <p> inside", name=name
        )
    return dict(plays.columns)


def _note_licence(document: Element, notes: list[CorpusError] | None) -> None:
    licence = header.licence(document)[:120]
    if notes is not None and licence:
        stated = [note.values["licence"] for note in notes if note.template == _LICENCE]
        if licence not in stated and len(stated) < MOST_LICENCES:
            notes.append(CorpusError(_LICENCE, licence=licence))


class _Plays:
    """The plays of a file, one after the other."""

    def __init__(self, name: str, left: Leavings) -> None:
        self.columns: Columns = defaultdict(list)
        self._name, self._left = name, left
        self._names = DistinctNames()

    def read(self, document: Element) -> None:
        """Add the cues of a play."""
        elements = header.own_elements(document)
        speeches = Speeches(
            header.is_french(document, elements), marks_directions(elements), self._left
        )
        for text in document.iterfind("text"):
            speeches.read(text)
        facts = header.facts(document, elements, self._name)
        cues = [cue for cue in speeches.cues if cue.blocks]
        if not cues:
            self._left.add(left_out.SILENT, [facts["title"] or facts["play_name"]])
            return
        facts["play_name"] = self._names.take(facts["play_name"])
        said = [cue for cue in cues if not cue.sung]
        shown = iter(
            speakers.labels([(cue.printed, cue.who) for cue in said], header.cast(elements))
        )
        for cue in cues:
            forms = {form for form, _ in cue.blocks}
            row = facts | {
                "act": cue.act,
                "scene": cue.scene,
                "speaker": SUNG if cue.sung else next(shown),
                "form": forms.pop() if len(forms) == 1 else "mixed",
                "cue": "\n".join(text for _, text in cue.blocks),
                "who": " ".join(cue.who)[:MOST_WHO_CHARS],
            }
            for column, value in row.items():
                self.columns[column].append(value)
