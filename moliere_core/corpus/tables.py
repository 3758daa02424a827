"""A CSV file or a plain text as a table of cues, in whatever encoding they come."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from moliere_core.corpus.corpus import COLUMNS
from moliere_core.corpus.edition import usual
from moliere_core.corpus.tei import slug
from moliere_core.errors import CorpusError
from moliere_core.normalise import normalise

if TYPE_CHECKING:
    import pandas as pd

Notes = list[CorpusError]

SEPARATORS = ",;\t|"
MOST_HEADER_CHARS = 10_000  # a longer first line is text: Python's csv refuses long cells
_REQUIRED = ("play_name", "cue")
_MARKS = (  # the longer first: the mark of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OLDER = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp850": "DOS 850"}
_FRENCH = set("àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ«»’“”…–—°º \N{NO-BREAK SPACE}")
_FRENCH_SHARE = 0.9  # of the characters beyond ASCII, for an older encoding to be believed
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")
_MISSING = {"nan", "none", "null", "<na>", "#n/a"}  # what programs write for a cell without value
_SEPARATOR_LINE = re.compile(r"\A\s*sep=.\s*\n", re.IGNORECASE)  # Excel's own first line


def decode(data: bytes, name: str, notes: Notes) -> str:
    """The text of a file, normalised; what had to be guessed is added to `notes`.

    UTF-8, UTF-16 and UTF-32 by their marks, UTF-8 without one, or else the older encoding in which
    the letters beyond ASCII are French ones.

    Raises:
        CorpusError: a binary file, an empty one, or none of these encodings.
    """
    text = decode_as_is(data, name, notes)
    if _CONTROL.search(text):
        raise _binary(name)
    text = normalise(text)
    if not text.strip():
        raise CorpusError("{name} is empty: give a file with at least one cue", name=name)
    if "\N{REPLACEMENT CHARACTER}" in text or len(re.findall("Ã[©¨ª\xa0 ]", text)) > 2:
        notes.append(
            CorpusError(
                "letters of {name} were lost when it was saved (Ã© or \N{REPLACEMENT CHARACTER} "
                "for é): export it again from its source, in UTF-8",
                name=name,
            )
        )
    return text


def decode_as_is(data: bytes, name: str, notes: Notes) -> str:
    """`decode` without normalising, for who needs the very characters of the file."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                raise _binary(name) from None
    if b"\0" in data:
        raise _binary(name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        for encoding, label in _OLDER.items():
            text = data.decode(encoding, errors="replace")
            beyond = [char for char in text if char > "\x7f"]
            if sum(char in _FRENCH for char in beyond) >= _FRENCH_SHARE * len(beyond):
                if _CONTROL.search(text):
                    break
                notes.append(
                    CorpusError(
                        "{name} is not in UTF-8: it was read as {encoding}; "
                        "if letters look wrong, save it again as UTF-8",
                        name=name,
                        encoding=label,
                    )
                )
                return text
    if _CONTROL.search(data.decode("latin-1")):
        raise _binary(name)
    raise CorpusError("{name} is not UTF-8 text: save it again as UTF-8", name=name)


def _binary(name: str) -> CorpusError:
    return CorpusError(
        "{name} is a binary file, not text: give a CSV, a TEI or a plain text file", name=name
    )


def has_csv_header(text: str) -> bool:
    """Whether the first line names both columns: a CSV under another name, as exports have."""
    header = _SEPARATOR_LINE.sub("", text, count=1).partition("\n")[0][:MOST_HEADER_CHARS]
    return any(_names_both(header, separator) for separator in SEPARATORS)


def read_text(text: str, name: str) -> pd.DataFrame:
    """A plain text as one play of one cue, as it is."""
    return as_table({"play_name": [slug(Path(name).stem) or "texte"], "cue": [text]})


def read_csv(text: str, name: str, notes: Notes) -> pd.DataFrame:
    """The rows of a CSV that have a cue; columns that were given twice, and rows left out, noted.

    Args:
        text: normalised; commas, semicolons, tabs or bars separate, as the first line tells.
        name: of the file, for errors.
        notes: what was put right.

    Raises:
        CorpusError: not well formed, no column `play_name` or `cue`, or no cue.
    """
    text = _SEPARATOR_LINE.sub("", text, count=1).lstrip("\n")
    header = text.partition("\n")[0]
    if len(header) > MOST_HEADER_CHARS:
        raise CorpusError(
            "the first line of {name} has {chars:,} characters and names no columns: "
            "begin the table with play_name,cue or call the file .txt",
            name=name,
            chars=len(header),
        )
    separator = max(SEPARATORS, key=lambda mark: (_names_both(header, mark), header.count(mark)))
    frame = _parsed(text, separator, name)
    frame.columns = _names(header, separator)[: len(frame.columns)]
    if twice := sorted({str(n) for n in frame.columns[frame.columns.duplicated()]} & set(COLUMNS)):
        notes.append(
            CorpusError(
                "{name} has the column {column!r} twice: the first is read",
                name=name,
                column=", ".join(twice),
            )
        )
    frame = frame.loc[:, ~frame.columns.duplicated()]
    for column in _REQUIRED:
        if column not in frame.columns:
            found = ", ".join(map(str, frame.columns[:8]))
            raise CorpusError(
                "{name} has no column {column!r} (it has {found}): rename or add it",
                name=name,
                column=column,
                found=found,
            )
    return _cues(frame, name, notes)


def _names_both(header: str, separator: str) -> bool:
    return set(_REQUIRED) <= set(_names(header, separator))


def _names(header: str, separator: str) -> list[str]:
    """The columns that a first line names: lower case, spaces within as underscores."""
    [cells] = csv.reader([header], delimiter=separator) if header else [[]]
    return [re.sub(r"\s+", "_", cell.strip(" '\"\t").lower()) for cell in cells]


def _parsed(text: str, separator: str, name: str) -> pd.DataFrame:
    import pandas as pd

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # rows wider than the header
            return pd.read_csv(
                io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, index_col=False
            ).fillna("")
    except pd.errors.ParserWarning as error:
        raise CorpusError(
            "{name} is not a well-formed CSV file: some rows have more cells than the header; "
            "put the cues between quotes",
            name=name,
        ) from error
    except (pd.errors.ParserError, ValueError) as error:
        if open_quote := re.search(r"EOF inside string starting at row (\d+)", str(error)):
            raise CorpusError(
                "{name} is not a well-formed CSV file: the quotation mark that opens in row {row} "
                "is never closed; close it, or write it twice inside a cue",
                name=name,
                row=open_quote[1],
            ) from error
        raise CorpusError(
            "{name} is not a well-formed CSV file: {error}", name=name, error=error
        ) from error


def _cues(frame: pd.DataFrame, name: str, notes: Notes) -> pd.DataFrame:
    cues = frame["cue"].str.strip()
    absent = (cues == "") | cues.str.lower().isin(_MISSING)
    absent |= (cues == "cue") & (frame["play_name"] == "play_name")  # files joined end to end
    if absent.all():
        raise CorpusError("{name} has no cue: its column 'cue' is empty", name=name)
    if absent.any():
        notes.append(
            CorpusError(
                "{name} has rows without a cue ({rows:,}): they are left out",
                rows=int(absent.sum()),
                name=name,
            )
        )
    frame = frame[~absent].copy()
    # A cell left blank under another, as in a spreadsheet: the same play goes on.
    plays = frame["play_name"].str.strip()
    plays = plays.mask((plays == "") | plays.str.lower().isin(_MISSING)).ffill()
    frame["play_name"] = plays.fillna(slug(Path(name).stem) or "texte").map(usual)
    for column in set(COLUMNS) & set(frame.columns) - set(_REQUIRED):
        frame[column] = frame[column].mask(frame[column].str.lower().isin(_MISSING), "")
    return as_table({column: frame[column] for column in COLUMNS if column in frame.columns})


def as_table(columns: dict[str, object]) -> pd.DataFrame:
    """A table with all the columns of a corpus, "" where nothing is known."""
    import pandas as pd

    frame = pd.DataFrame(columns, dtype=str).reset_index(drop=True)
    return frame.reindex(columns=list(COLUMNS), fill_value="")


def printable(name: str, most: int = 80) -> str:
    """A file's name that a stranger chose, fit for a sentence."""
    shown = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip()
    return shown if len(shown) <= most else shown[: most - 1] + "…"
