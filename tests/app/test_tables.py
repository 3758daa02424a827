"""Tables to take away: nothing in them is a formula to a spreadsheet, and numbers are numbers."""

from __future__ import annotations

import csv
import io
import random
import re
import tomllib

import pandas as pd
import pytest

from dashboard.shared import tables
from tests.app.helpers import ROOT


def read(data: pd.DataFrame) -> list[list[str]]:
    text = tables.csv(data).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+33",
        "-cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\uff1d1",
        '=HYPERLINK("x")',
        "=",
    ],
)
def test_a_cell_that_could_be_a_formula_is_text(cell: str) -> None:
    head, row = read(pd.DataFrame({cell: [cell], "n": [-1]}))
    assert head == ["'" + cell, "n"]
    assert row == ["'" + cell, "-1"]


def test_numbers_stay_numbers_and_words_stay_words() -> None:
    data = pd.DataFrame(
        {
            "mot": ["être", "l'amour", "a=b", "", None],
            "nombre": [-1, 0, 1, 2, 3],
            "part": [-0.5, 0.25, float("nan"), 1e-9, 2.0],
            "vrai": [True, False, True, False, True],
            "mêlé": [-3, "-3", 2.5, None, "x"],
            "genre": pd.Categorical(["=a", "b", "b", "=a", "b"]),
        }
    )
    rows = read(data)
    assert [row[0] for row in rows] == ["mot", "être", "l'amour", "a=b", "", ""]
    assert [row[1] for row in rows[1:]] == ["-1", "0", "1", "2", "3"]
    assert [row[2] for row in rows[1:]] == ["-0.5", "0.25", "", "1e-09", "2.0"]
    assert [row[3] for row in rows[1:]] == ["True", "False", "True", "False", "True"]
    assert [row[4] for row in rows[1:]] == ["-3", "'-3", "2.5", "", "x"]
    assert [row[5] for row in rows[1:]] == ["'=a", "b", "b", "'=a", "b"]
    assert tables.csv(data).startswith("\ufeff".encode())
    assert data["genre"].tolist() == ["=a", "b", "b", "=a", "b"]  # the table itself is as it was


def test_half_a_character_does_not_stop_a_download() -> None:
    assert read(pd.DataFrame({"a": ["\ud800x"]}, dtype=object))[1] == ["?x"]


SIGNS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")  # of a formula


def test_no_text_is_a_formula_whatever_separates_cells() -> None:
    """A French Excel knows semicolons, and then no quotation mark but one that begins a cell."""
    letters, rng = "=+-@\t\r\n\uff1d',;\"a é0", random.Random(0)
    cells = ["".join(rng.choices(letters, k=rng.randrange(1, 8))) for _ in range(2_000)]
    data = pd.DataFrame({"a": cells, "b": range(len(cells)), "c": cells[::-1]})
    for cell, (written, _number, _other) in zip(cells, read(data)[1:], strict=True):
        assert written.replace("'", "") == cell.replace("'", "")
        assert not written.startswith((*SIGNS, "\t", "\r", "\n"))
        if not cell.lstrip(' "').startswith(SIGNS) and not re.search("[;\t\r\n]", cell):
            assert written == cell
    for cell in re.split("[;\t\r\n]", tables.csv(data).decode("utf-8-sig")):
        assert not cell.lstrip(' "').startswith(SIGNS), cell


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("x;=1+1", "x;'=1+1"),
        ("Oui.\n=1+1\nNon.", "Oui.\n'=1+1\nNon."),
        ('x;"=1+1;', "x;\"'=1+1;"),
        ("x ; y - z, a=b", "x ; y - z, a=b"),
    ],
)
def test_a_sign_that_a_semicolon_or_a_line_brings_to_the_front(cell: str, written: str) -> None:
    assert read(pd.DataFrame({"a": [cell]}))[1] == [written]


def test_streamlit_s_own_download_of_a_table_is_off() -> None:
    settings = tomllib.loads(
        (ROOT / "dashboard" / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    )
    assert settings["client"]["disableDataExport"] is True
