"""One row a measurement, and the table of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    subject: str
    measure: str
    value: str
    note: str = ""


def print_table(rows: list[Row]) -> None:
    cells = [("what", "measure", "value", "note")]
    cells += [(r.subject, r.measure, r.value, r.note) for r in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(4)]
    cells.insert(1, ("-" * widths[0], "-" * widths[1], "-" * widths[2], "-" * widths[3]))
    for row in cells:
        print("| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |")
