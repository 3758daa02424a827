"""The rows of a CSV, where quotation marks are not always those of a CSV.

Python's own reader does the work, strictly: it fails on a mark that opens or closes nothing, where
others go on to the next mark, be it ten rows further, and make one cell of what is between. A cell
of several lines among which one is written as the rows of this table are is such a mishap, too; a
verse that begins with the play's name is not, as it has a blank after its comma. Only then are
rows read one by one, each with as many lines as it needs, and a line that cannot be read so is a
row by itself, its marks kept as characters.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MOST_CELL_CHARS = 100_000_000  # more than a file may have: a plain text in one cell is a corpus
_NUMBER = re.compile(r"[0-9]{1,9}")
_CLOSED_BY = {'"': "", "“": "”", "«": "»", "„": "“”", "'": "'"}  # what ends a cell that begins so


class RowError(ValueError):
    """A row that cannot be read.

    Attributes:
        row: its number, the header's being 0.
        unclosed: whether it opens a quotation mark that nothing closes; else it is too wide.
    """

    def __init__(self, row: int, unclosed: bool) -> None:
        super().__init__(f"row {row}")
        self.row, self.unclosed = row, unclosed


@dataclass
class Rows:
    """The rows of a table.

    Attributes:
        cells: of each row; none of a blank line. Surplus cells are there, and are blank.
        kept: numbers, from 1, of the lines whose quotation marks were kept as characters.
    """

    cells: list[list[str]]
    kept: list[int] = field(default_factory=list)


def cells_of(line: str, separator: str) -> list[str]:
    """The cells of one line; whatever its marks, it is read."""
    _allow_long_cells()
    return next(csv.reader([line], delimiter=separator), [])


def has_row_names(lines: list[str], separator: str, width: int, spoken: int) -> bool:
    """Whether each row begins with its number, which no column is for: so R writes a table.

    Args:
        lines: with their ends, the header first.
        separator: between cells.
        width: number of columns that the header names.
        spoken: the column of the cues. Rows that end with a separator are as long as those with a
            number, and have no cue where one should be.
    """
    _allow_long_cells()
    numbers: list[int] = []
    has_cue = is_full = is_cut = False
    for row in csv.reader(lines[1:], **_dialect(lines[0], separator)):
        if not row:
            continue
        surplus = any(map(str.strip, row[width + 1 :]))
        if len(row) <= width or surplus or not _NUMBER.fullmatch(row[0].strip()):
            return False
        numbers.append(int(row[0]))
        has_cue = has_cue or bool(row[spoken + 1].strip())
        is_full = is_full or bool(row[width].strip())
        is_cut = row[width][:1].isspace() and (is_cut or len(numbers) == 1)
    if not has_cue or is_cut:  # each last cell begins with a blank: cues, cut at a comma
        return False
    first = numbers[0]
    if first in (0, 1) and numbers == list(range(first, first + len(numbers))):
        return True
    return is_full and len(numbers) > 1 and len(set(numbers)) == len(numbers)


def read_rows(lines: list[str], separator: str, width: int, named: int) -> Rows:
    """The rows that lines make.

    Args:
        lines: with their ends, the header first.
        separator: between cells.
        width: number of columns.
        named: the column that says which play a row belongs to; by it a row is recognised.

    Raises:
        RowError: a row with more cells than columns, or a mark that nothing closes in a table
            that has no other fault.
    """
    _allow_long_cells()
    dialect = _dialect(lines[0], separator)
    try:
        rows = list(csv.reader(lines, **dialect, strict=True))
    except csv.Error:
        rows = list(csv.reader(lines, **dialect))
    else:
        plays = {row[named].strip() for row in rows[1:] if len(row) > named}
        table = _Table(lines, separator, width, named, plays)
        if all(map(table.fits, rows)) and not table.swallows(rows):
            return Rows(rows[1:])
    counts = Counter(row[named].strip() for row in rows[1:] if len(row) == width)
    plays = {play for play, count in counts.items() if count > 1}
    return _Table(lines, separator, width, named, plays).mended()


def _dialect(header: str, separator: str) -> dict[str, Any]:
    """How a table is written: a blank after a separator of its header is no part of any cell."""
    return {"delimiter": separator, "skipinitialspace": f"{separator} " in header}


def _allow_long_cells() -> None:
    csv.field_size_limit(MOST_CELL_CHARS)  # one limit for the process


class _Swallowed(Exception):
    """A row has begun inside a cell."""


class _Table:
    def __init__(
        self, lines: list[str], separator: str, width: int, named: int, plays: set[str]
    ) -> None:
        self.lines, self.separator, self.width, self.named = lines, separator, width, named
        self.plays = plays if width > 2 else plays - {""}  # ", and" is no row of two columns
        self.dialect = _dialect(lines[0], separator)
        self.spaced = bool(self.dialect["skipinitialspace"])

    def fits(self, row: list[str]) -> bool:
        """Whether a row has no more cells than there are columns, blank ones apart."""
        return len(row) <= self.width or not any(map(str.strip, row[self.width :]))

    def swallows(self, rows: list[list[str]]) -> bool:
        """Whether a cell holds a line that is written as the rows are.

        Where these have a blank after each comma, as a verse has, nothing tells them apart: what
        is well formed is believed.
        """
        within = (cell.split("\n")[1:] for row in rows for cell in row if "\n" in cell)
        return not self.spaced and any(any(map(self._is_row, lines)) for lines in within)

    def _is_row(self, line: str) -> bool:
        if line.count(self.separator) < self.width - 1:  # most lines of a cell
            return False
        cells = next(csv.reader([line], **self.dialect), [])
        others = [cell for at, cell in enumerate(cells) if at != self.named]
        return (
            len(cells) >= self.width
            and cells[self.named].strip() in self.plays
            and any(map(str.strip, others))  # "Phèdre," is a verse
            # And so is "Phèdre, parlez."
            and not any(cell[:1].isspace() for cell in cells[1 : self.width])
            and self.fits(cells)
        )

    def mended(self) -> Rows:
        """All rows, one by one.

        What is read in vain is counted: once it is as much as there is to read, no row is given
        more than its own line. So time goes by the length of the file, whatever marks are where.
        """
        found, at = Rows([]), 1
        left = sum(map(len, self.lines))  # characters that may be read in vain
        while at < len(self.lines):
            row, taken, unclosed = self._strictly(at, len(self.lines) if left > 0 else at + 1)
            if row is None:
                left -= sum(map(len, self.lines[at : at + taken]))
                if unclosed and at + taken == len(self.lines) and not found.kept:
                    raise RowError(len(found.cells) + 1, unclosed=True)
                row, taken = self._alone(self.lines[at]), 1
                if row is None:
                    raise RowError(len(found.cells) + 1, unclosed=False)
                if '"' in self.lines[at]:
                    found.kept.append(at + 1)
            found.cells.append(row)
            at += taken
        return found

    def _strictly(self, first: int, end: int) -> tuple[list[str] | None, int, bool]:
        """The row that begins at a line, if it is well formed.

        Returns:
            Its cells, or None; how many lines were read; whether a mark was still open at the end.
        """
        taken = 0

        def pull() -> Iterator[str]:
            nonlocal taken
            for at in range(first, end):
                if at > first and self._is_row(self.lines[at]):
                    raise _Swallowed
                taken += 1
                yield self.lines[at]

        try:
            row = next(csv.reader(pull(), **self.dialect, strict=True), [])
        except csv.Error as error:
            return None, taken, "unexpected end" in str(error)
        except _Swallowed:
            return None, taken, False
        return (row if self.fits(row) else None), taken, False

    def _alone(self, line: str) -> list[str] | None:
        """The row that a line makes by itself; None where it has too many cells."""
        line = line.rstrip("\n")
        ways: list[dict[str, Any]] = []
        if f'{self.separator} "' in line:
            ways.append({**self.dialect, "skipinitialspace": True})
        if '\\"' in line:  # as some data bases write a mark inside a cell
            ways.append({**self.dialect, "escapechar": "\\", "doublequote": False})
        for way in ways:
            try:
                row = next(csv.reader([line], strict=True, **way), [])
            except csv.Error:
                continue
            if self.fits(row):
                return row
        # A table whose cells are all between marks, and a cue with marks of its own.
        blank = " " if self.spaced else ""
        enclosed = line.strip().split(f'"{self.separator}{blank}"')
        if len(enclosed) == self.width and enclosed[0][:1] == '"' == enclosed[-1][-1:]:
            enclosed[0], enclosed[-1] = enclosed[0][1:], enclosed[-1][:-1]
            return [cell.replace('""', '"') for cell in enclosed]
        cells = line.split(self.separator)
        found = cells if self.fits(cells) else self._joined(cells)
        return [cell.lstrip(" ") for cell in found] if found and self.spaced else found

    def _joined(self, cells: list[str]) -> list[str] | None:
        """Cells of which one, which begins with a mark of any kind, has separators in it."""
        surplus = len(cells) - self.width
        for at, cell in enumerate(cells[: self.width]):
            closing = _CLOSED_BY.get(cell.lstrip()[:1])
            if closing is None or (not closing and _is_enclosed(cell)):
                continue
            if not closing or cells[at + surplus].rstrip().endswith(tuple(closing)):
                whole = self.separator.join(cells[at : at + surplus + 1])
                return [*cells[:at], whole, *cells[at + surplus + 1 :]]
        return None


def _is_enclosed(cell: str) -> bool:
    """Whether a cell has a mark at both ends: then what follows it is another cell."""
    cell = cell.strip()
    return len(cell) > 1 and cell[0] == '"' == cell[-1]
