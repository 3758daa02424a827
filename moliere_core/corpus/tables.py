"""A CSV file or a plain text as columns of cues, in whatever encoding they come."""

from __future__ import annotations

import codecs
import re

from moliere_core.corpus.corpus import COLUMNS
from moliere_core.corpus.edition import usual
from moliere_core.corpus.names import label, named_after, printable
from moliere_core.corpus.rows import RowError, Rows, cells_of, has_row_names, read_rows
from moliere_core.errors import CorpusError
from moliere_core.text.normalise import normalise

Columns = dict[str, list[str]]
"""Columns of a corpus by name, all of one length; those that a source lacks are not there."""

Notes = list[CorpusError]

SEPARATORS = ",;\t|"
MOST_LINES_ABOVE = 10  # titles, dates and blank lines before a header
MOST_HEADER_CHARS = 10_000  # a longer first line is text: Python's csv refuses long cells
MOST_LINES = 2_000_000  # memory goes by lines, too: all of Molière in verse has 50,000
MOST_ROWS = 500_000
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
# What pandas and spreadsheets write for a cell without value, in these very letters: Nan, NULL and
# None are names.
_MISSING = {"nan", "NaN", "<NA>", "#N/A"}
_UNMARKED: dict[tuple[bool, ...], str] = {  # which of four bytes, of Latin letters, are zeros
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
}
_BLANK_ROWS = re.compile(r"\A(?:[ ,;\t|]*\n)+")
_WRAPPED = re.compile('"[^"]*(?:""[^"]*)*"')
_SEPARATOR_LINE = re.compile(r"\A\s*sep=.\s*\n", re.IGNORECASE)  # Excel's own first line


def decode(data: bytes, name: str, notes: Notes) -> str:
    """The text of a file, normalised; what had to be guessed is added to `notes`.

    UTF-8, UTF-16 and UTF-32 by their marks or without, or else the older encoding in which the
    letters beyond ASCII are French ones.

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
        return _without_mark(data, name, notes)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        for encoding, label in _OLDER.items():
            text = data.decode(encoding, errors="replace")
            beyond = [char for char in text if char > "\x7f"]
            if sum(char in _FRENCH for char in beyond) >= _FRENCH_SHARE * len(beyond):
                if _CONTROL.search(text):
                    break
                notes.append(_older(name, label))
                return text
    if _CONTROL.search(data.decode("latin-1")):
        raise _binary(name)
    raise CorpusError("{name} is not UTF-8 text: save it again as UTF-8", name=name)


def _without_mark(data: bytes, name: str, notes: Notes) -> str:
    """A text in UTF-16 or UTF-32 whose mark was lost, known by where the zeros are."""
    sample = data[: 4 * 1024]
    lanes = [sample[start::4] for start in range(4)]
    zeros = tuple(lane.count(0) * 2 > len(lane) for lane in lanes)
    encoding = _UNMARKED.get(zeros, "")
    try:
        text = data.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        raise _binary(name) from None
    if _CONTROL.search(text):
        raise _binary(name)
    notes.append(_older(name, encoding[:6].upper()))
    return text


def _older(name: str, encoding: str) -> CorpusError:
    return CorpusError(
        "{name} is not in UTF-8: it was read as {encoding}; "
        "if letters look wrong, save it again as UTF-8",
        name=name,
        encoding=encoding,
    )


def _binary(name: str) -> CorpusError:
    return CorpusError(
        "{name} is a binary file, not text: give a CSV, a TEI or a plain text file", name=name
    )


def has_csv_header(text: str) -> bool:
    """Whether the first line names both columns: a CSV under another name, as exports have."""
    # Of a text that is not normalised, too, with the line ends of whatever system.
    header = re.split("[\r\n]", _from_header(text), maxsplit=1)[0][:MOST_HEADER_CHARS]
    return any(_names_both(header, separator) for separator in SEPARATORS)


def read_text(text: str, name: str) -> Columns:
    """A plain text as one play of one cue, as it is."""
    return {"play_name": [named_after(name)], "cue": [text]}


def read_csv(text: str, name: str, notes: Notes) -> Columns:
    """The rows of a CSV that have a cue; columns that were given twice, and rows left out, noted.

    Args:
        text: normalised; commas, semicolons, tabs or bars separate, as the first line tells.
        name: of the file, for errors.
        notes: what was put right.

    Raises:
        CorpusError: not well formed, no column `play_name` or `cue`, too long, or no cue.
    """
    above, text = _split_above(_from_header(text))
    if above:
        notes.append(
            CorpusError(
                "{name} has something above its header ({above}): it was passed over",
                name=name,
                above=printable(" ".join(above[:1_000].split()).strip(f" {SEPARATORS}")),
            )
        )
    header = text.partition("\n")[0]
    if len(header) > MOST_HEADER_CHARS:
        raise CorpusError(
            "the first line of {name} has {chars:,} characters and names no columns: "
            "begin the table with play_name,cue or call the file .txt",
            name=name,
            chars=len(header),
        )
    separator = _separator(header)
    names = _names(header, separator)
    for column in _REQUIRED:
        if column not in names:
            found = ", ".join(printable(cell, 40) for cell in names[:8])
            raise CorpusError(
                "{name} has no column {column!r} (it has {found}): rename or add it",
                name=name,
                column=column,
                found=found,
            )
    if twice := sorted({cell for cell in names if names.count(cell) > 1} & set(COLUMNS)):
        notes.append(
            CorpusError(
                "{name} has the column {column!r} twice: the first is read",
                name=name,
                column=", ".join(twice),
            )
        )
    lines = _lines(text, separator, len(names), name)
    width = len(names) - next(at for at, cell in enumerate(reversed(names)) if cell)
    if has_row_names(lines, separator, width, names.index("cue")):
        names = ["", *names]
        notes.append(
            CorpusError(
                "each row of {name} begins with a number, and the header has no column for it: "
                "it was left out",
                name=name,
            )
        )
    rows = _rows(lines, separator, names, name)
    if rows.kept:
        notes.append(
            CorpusError(
                "quotation marks of {name} open or close no cell (lines: {count:,}, the first is "
                "{line:,}): each of these lines was read as one row; inside a cue between "
                "quotes, write a mark twice",
                name=name,
                count=len(rows.kept),
                line=rows.kept[0],
            )
        )
    return _cues(rows.cells, names, name, notes)


def _from_header(text: str) -> str:
    """A table without what may stand above its first row."""
    text = _SEPARATOR_LINE.sub("", text, count=1)
    blank = _BLANK_ROWS.match(text)
    return text[blank.end() :] if blank else text


def _split_above(text: str) -> tuple[str, str]:
    """What stands above the header of a table, "" where nothing does, and the rest."""
    at = 0
    for _ in range(MOST_LINES_ABOVE + 1):
        end = text.find("\n", at) + 1 or len(text)
        header = text[at : min(end, at + MOST_HEADER_CHARS + 1)].removesuffix("\n")
        if len(header) <= MOST_HEADER_CHARS and _names_both(header, _separator(header)):
            return text[:at], text[at:]
        at = end
    return "", text


def _separator(header: str) -> str:
    """The one by which a line names the columns, or else the most frequent."""
    return max(SEPARATORS, key=lambda mark: (_names_both(header, mark), header.count(mark)))


def _unwrapped(line: str, separator: str, least: int) -> str:
    """A row without marks around the whole of it: so a spreadsheet saves rows of a single column.

    Args:
        line: that may be one.
        separator: between cells.
        least: separators of a row.
    """
    if line[:1] != '"' or not _WRAPPED.fullmatch(line):
        return line
    row = line[1:-1].replace('""', '"')
    return row if row.count(separator) >= least else line


def _names_both(header: str, separator: str) -> bool:
    return set(_REQUIRED) <= set(_names(header, separator))


def _names(header: str, separator: str) -> list[str]:
    """The columns that a first line names: lower case, spaces within as underscores."""
    cells = cells_of(_unwrapped(header, separator, 1), separator) if header else []
    return [re.sub(r"\s+", "_", cell.strip(" '\"\t").lower()) for cell in cells]


def _lines(text: str, separator: str, width: int, name: str) -> list[str]:
    if text.count("\n") > MOST_LINES:
        raise _too_long(name)
    return [
        f"{_unwrapped(line, separator, width - 1)}\n"
        for line in text.removesuffix("\n").split("\n")
    ]


def _rows(lines: list[str], separator: str, names: list[str], name: str) -> Rows:
    try:
        rows = read_rows(lines, separator, len(names), names.index("play_name"))
    except RowError as error:
        if error.unclosed:
            raise CorpusError(
                "{name} is not a well-formed CSV file: the quotation mark that opens in row {row} "
                "is never closed; close it, or write it twice inside a cue",
                name=name,
                row=error.row,
            ) from error
        raise CorpusError(
            "{name} is not a well-formed CSV file: some rows have more cells than the header, "
            "the first is row {row}; put the cues between quotes",
            name=name,
            row=error.row,
        ) from error
    if len(rows.cells) > MOST_ROWS:
        raise _too_long(name)
    return rows


def _too_long(name: str) -> CorpusError:
    return CorpusError(
        "{name} has more than {rows:,} rows: keep fewer plays in the file",
        name=name,
        rows=MOST_ROWS,
    )


def _cues(rows: list[list[str]], names: list[str], name: str, notes: Notes) -> Columns:
    """The columns of a corpus, without the rows that have no cue."""
    places = {column: names.index(column) for column in COLUMNS if column in names}
    columns: Columns = {column: [] for column in places}
    play, absent = named_after(name), 0
    for row in filter(None, rows):
        cells = {column: row[at] if at < len(row) else "" for column, at in places.items()}
        spoken, named = cells["cue"].strip(), cells["play_name"].strip()
        again = (named, spoken) == _REQUIRED  # a header: files were joined end to end
        if not _is_missing(named) and not again:
            play = usual(label(named))  # a blank cell under it, as in a spreadsheet: it goes on
        if again or _is_missing(spoken):
            absent += 1
            continue
        for column, cell in cells.items():
            columns[column].append("" if _is_missing(cell.strip()) else cell.strip())
        columns["play_name"][-1] = play
        columns["cue"][-1] = cells["cue"]
    if not columns["cue"]:
        raise CorpusError("{name} has no cue: its column 'cue' is empty", name=name)
    if absent:
        notes.append(
            CorpusError(
                "{name} has rows without a cue ({rows:,}): they are left out",
                rows=absent,
                name=name,
            )
        )
    for column in columns.keys() - {"cue", "play_name"}:
        columns[column] = list(map(label, columns[column]))
    return columns


def _is_missing(cell: str) -> bool:
    return not cell or cell in _MISSING
