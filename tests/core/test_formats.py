import contextlib
import io
import struct
import zipfile
from pathlib import Path

import pytest

from moliere_core.corpus import load_corpus, sources, split
from moliere_core.corpus.formats import MOST_NOTES, Parsed, read_bytes
from moliere_core.errors import CorpusError
from tests.archives import moved

CSV = "play_name;cue\ntartuffe;Hélas, ça va « bien » : été\n"
TEI = "<TEI><text><body><sp><l>Oui</l></sp></body></text></TEI>"


def read(data: str | bytes, name: str = "a.csv") -> Parsed:
    return read_bytes(data.encode() if isinstance(data, str) else data, name)


def cues(data: str | bytes, name: str = "a.csv") -> list[str]:
    return read(data, name).frame["cue"].tolist()


def notes(reading: Parsed) -> str:
    return "\n".join(map(str, reading.notes))


def packed(*files: tuple[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_needs_no_word(encoding: str) -> None:
    reading = read(CSV.encode(encoding))
    assert reading.frame["cue"].tolist() == ["Hélas, ça va « bien » : été"]
    assert reading.notes == ()


@pytest.mark.parametrize(
    ("encoding", "label"),
    [("cp1252", "Windows-1252"), ("mac_roman", "Mac Roman"), ("cp850", "DOS 850")],
)
def test_older_encodings_are_read_and_said(encoding: str, label: str) -> None:
    reading = read(CSV.encode(encoding))
    assert reading.frame["cue"].tolist() == ["Hélas, ça va « bien » : été"]
    assert label in notes(reading)
    assert "UTF-8" in notes(reading)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_unicode_that_lost_its_mark_is_read_and_said(encoding: str) -> None:
    reading = read(CSV.encode(encoding))
    assert reading.columns["cue"] == ["Hélas, ça va « bien » : été"]
    assert encoding[:6].upper() in notes(reading)


def test_letters_lost_earlier_are_said() -> None:
    assert "lost" in notes(read("Ã©tÃ©, Ã©tÃ©", "a.txt"))
    assert read("L'été à Ãge", "a.txt").notes == ()


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"abc\xff\xfe\x81\x8d", "a.txt", "not UTF-8"),
        (b"abc\x00", "a.txt", "binary"),
        (b"abc\x07\x08", "a.txt", "binary"),
        (b"\xff\xfea", "a.txt", "binary"),
        (b"%PDF-1.7", "a.txt", "a PDF document"),
        (b"\x1f\x8b\x08", "a.csv", "compressed by gzip"),
        (b"<!DOCTYPE html><html></html>", "df.csv", "a web page"),
        (b"\n<!-- x -->\n<HTML lang='fr'>", "df.csv", "a web page"),
        (b"<!-- " + b"x" * 9_000 + b" --><!---->\n<!doctype\n  html>", "df.csv", "a web page"),
        ("<!DOCTYPE html><p>été</p>".encode("utf-16"), "a.txt", "a web page"),
        ("<html><p>été</p>".encode("utf-16-be"), "a.txt", "a web page"),
        (b'\xef\xbb\xbf<meta charset="utf-8"><p>Oui', "a.txt", "a web page"),
        (b"<title>Oui</title>", "a.txt", "a web page"),
        (b"<table><tr><td>play_name", "a.csv", "a table of a web page"),
        (b"<html><table><tr><td>play_name", "a.xls", "a table of a web page"),
        (b'[{"play_name": "a", "cue": "b"}]', "a.json", "is JSON"),
        (b'{"play_name": "a", "cue": "b"}\n{"play_name"', "a.txt", "is JSON"),
        (b'[["play_name", "cue"], ["a", "b"]]\n', "a.csv", "is JSON"),
        ('[\n "\u00c9t\u00e9 \\"", "b"]'.encode("utf-16"), "a.txt", "is JSON"),
        (b'{\n "cells": [],\n "nbformat": 4}', "a.ipynb", "a notebook"),
        (b"<?xml version='1.0'?><svg/>", "a.csv", "its root is <svg>"),
        (b"plain", "a.xml", "not well-formed XML"),
        (b"", "a.zip", "empty"),
    ],
)
def test_what_is_no_corpus_is_named(data: bytes, name: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        read(data, name)


@pytest.mark.parametrize(
    "text",
    [
        "<Il entre> Oui.",
        "<table-basse> Oui.",
        "Il dit <p> et {oui}.",
        "[Il entre] Oui. [Il sort]",
        '["Oui", dit-il]',
        '{Il dit} "Oui": non.',
    ],
)
def test_a_play_that_has_such_marks_is_read(text: str) -> None:
    assert cues(text, "a.txt") == [text]


# CSV


@pytest.mark.parametrize(
    "data",
    [
        "sep=;\nplay_name;cue\nt;a,b\n",
        "\n\nplay_name\tcue\nt\ta,b\n",
        "play_name|cue\nt|a,b\n",
        '"Play Name" , \'cue\'\nt,"a,b"\n',
        'play_name,cue\nt,"a,b"\n,\n',
        'play_name,cue\n"t,""a,b"""\n',
        '"play_name,cue"\n"t,""a,b"""\n\n',
        '"play_name;cue"\n"t;a,b"\n',
    ],
)
def test_headers_as_programs_write_them(data: str) -> None:
    assert cues(data) == ["a,b"]


def test_some_rows_may_stand_between_marks() -> None:
    """A spreadsheet puts them around those alone that have marks of their own."""
    rows = ["play_name,cue,speaker", 't,"a, b",A', "t,c,B", 't,"d ""e"".",C', '"t",f,D']
    marked = ['"' + row.replace('"', '""') + '"' if '"' in row else row for row in rows]
    for data in ("\n".join(rows), "\n".join([*marked[:-1], rows[-1]])):
        assert cues(data) == ["a, b", "c", 'd "e".', "f"]
        assert read(data, "exported.txt").frame["cue"].tolist() == cues(data)
    assert cues("\n".join(marked)) == ["a, b", "c", 'd "e".', "f"]


def test_a_column_given_twice_is_read_once_and_said() -> None:
    reading = read("play_name,cue,cue,speaker\nt,a,b,c\n")
    assert reading.frame[["cue", "speaker"]].to_numpy().tolist() == [["a", "c"]]
    assert "'cue' twice" in notes(reading)


def test_cells_without_value_numbers_and_short_rows() -> None:
    reading = read("play_name,cue,speaker\nt,nan,A\nt,12,\n,3.50,NaN\nt\nu,<NA>,B\nu,oui,C\n")
    assert reading.frame["cue"].tolist() == ["12", "3.50", "oui"]
    assert reading.frame["speaker"].tolist() == ["", "", "C"]
    assert reading.frame["play_name"].tolist() == ["t", "t", "u"]
    assert "rows without a cue (3)" in notes(reading)


@pytest.mark.parametrize("name", ["Nan", "NAN", "Null", "NULL", "None", "null"])
def test_a_name_is_no_cell_without_value(name: str) -> None:
    reading = read(f"play_name,speaker,cue\n{name},{name},{name}\n")
    assert [reading.columns[column] for column in ("play_name", "speaker", "cue")] == [[name]] * 3
    assert reading.notes == ()


def test_plays_called_after_the_files_of_the_edition_have_their_usual_names(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("play_name,cue\necoledesmaris,a\nmoliere_avare,b\nphedre,c\n", "utf-8")
    corpus = load_corpus(path)
    assert corpus.plays == ("ecole-des-maris", "avare", "phedre")
    assert corpus.select(["ecoledesmaris"]).text() == "a"
    assert split(corpus, (), ("ecole-des-maris",)).held_out == "plays"


def test_a_cue_may_speak_of_separators() -> None:
    assert cues('play_name,cue\nt,"a\nsep=;\nb"\n') == ["a\nsep=;\nb"]


def test_headers_inside_files_that_were_joined_are_no_cues() -> None:
    assert cues("play_name,cue\nt,a\nplay_name,cue\nt,b\n") == ["a", "b"]


@pytest.mark.parametrize(
    "data",
    [
        "play_name;cue\nt;a;;\nt;b;;\n",
        "play_name;cue;;\nt;a;;\nt;b;;\n",
        ";;\n\nplay_name;cue\nt;a\n;;\nt;b; ;\n",
        "play_name,cue\rt,a\rt,b\r",
        "\ufeff\ufeffPLAY_NAME,Cue\nt,a\nt,b",
    ],
)
def test_what_spreadsheets_leave_behind_is_no_cell(data: str) -> None:
    assert cues(data) == ["a", "b"]


def test_an_index_that_pandas_wrote_is_a_column_without_a_name() -> None:
    assert cues(",play_name,cue\n0,t,a\n1,t,b\n") == ["a", "b"]


@pytest.mark.parametrize(
    "data",
    [
        "play_name,speaker,cue,who\n0,t,A,a,\n1,t,B,b,\n",
        "play_name;speaker;cue;who\n1;t;A;a;\n2;t;B;b;\n",
        "play_name\tspeaker\tcue\n12\tt\tA\ta\n7\tt\tB\tb\n",
        '"play_name","speaker","cue"\n"1","t","A","a"\n"2","t","B","b"\n',
        "play_name;speaker;cue;\n1;t;A;a\n2;t;B;b\n",
        "play_name;speaker;cue\n1;t;A;a;;\n2;t;B;b;;\n",
    ],
)
def test_row_numbers_without_a_column_move_no_cell(data: str) -> None:
    reading = read(data)
    assert reading.frame[["play_name", "speaker", "cue"]].to_numpy().tolist() == [
        ["t", "A", "a"],
        ["t", "B", "b"],
    ]
    assert "begins with a number" in notes(reading)
    assert len(reading.notes) == 1


def test_a_single_row_may_have_its_number() -> None:
    reading = read('"play_name","cue"\n"1","essai","Bonjour, toi"\n')
    assert (reading.columns["play_name"], reading.columns["cue"]) == (["essai"], ["Bonjour, toi"])


@pytest.mark.parametrize("data", ["play_name;cue\n1;a;\n2;b;\n", "play_name;cue\n8;a;\n9;b;;\n"])
def test_plays_called_by_numbers_are_no_row_numbers(data: str) -> None:
    """A separator ends each row, as spreadsheets write them."""
    reading = read(data)
    assert reading.columns["cue"] == ["a", "b"]
    assert reading.notes == ()


@pytest.mark.parametrize("above", ["Corpus de Molière;;\n\n", "Corpus\n27/11/2026;v2;\n;;\n"])
def test_a_header_is_found_under_a_title(above: str) -> None:
    reading = read(above + "play_name;speaker;cue\nt;A;a\n")
    assert reading.columns["cue"] == ["a"]
    assert "above its header (Corpus" in notes(reading)


@pytest.mark.parametrize("separator", ",;|\t")
def test_a_blank_after_each_separator_is_no_part_of_a_cell(separator: str) -> None:
    rows = [["play_name", "cue"], ["t", f'"a{separator} b"'], ["t", '"c"'], ["t", "d"]]
    data = "\n".join(f"{separator} ".join(row) for row in rows) + f"\nt{separator}e\n"
    reading = read(data)
    assert reading.columns["cue"] == [f"a{separator} b", "c", "d", "e"]
    assert reading.notes == ()


def test_a_table_with_blanks_is_mended_as_others_are() -> None:
    rows = ["t, A, 1", 't, A, "2', "t, A, 3", 't, A, " 4', 't, A, "5, 6"']
    reading = read("play_name, speaker, cue\n" + "\n".join(rows))
    assert reading.columns["cue"] == ["1", '"2', "3", '" 4', "5, 6"]
    assert "(lines: 2, the first is 3)" in notes(reading)


def test_blanks_around_a_name_make_no_other_name() -> None:
    columns = read("play_name,speaker,cue\nt , A,a\nt,A,b\n").columns
    assert columns["play_name"] == ["t", "t"]
    assert columns["speaker"] == ["A", "A"]


def test_a_mark_that_opens_nothing_swallows_no_row() -> None:
    rows = [f"t,A,{n}" for n in range(20)]
    rows[4], rows[14] = 't,A,"Il dit : venez', 't,A," puis il sortit'
    reading = read("play_name,speaker,cue\n" + "\n".join(rows) + "\n")
    assert reading.columns["cue"] == [row.split(",", 2)[2] for row in rows]
    assert "(lines: 2, the first is 6)" in notes(reading)


def test_a_row_swallowed_whole_comes_out_too() -> None:
    """The marks make a sound cell here: only what is in it tells that they do not belong."""
    reading = read('play_name,cue\nt,a\nt,"b\nt,c\nt,d"\nt,e\n')
    assert reading.columns["cue"] == ["a", '"b', "c", 'd"', "e"]
    assert "quotation marks" in notes(reading)


@pytest.mark.parametrize("separator", ",;")
@pytest.mark.parametrize("speaker", [[], ["Œnone"]])
@pytest.mark.parametrize(
    "verse", ["Phèdre{} mon enfant.", "Phèdre{} mon enfant{} parlez.", "Phèdre{}\nMon enfant."]
)
def test_a_verse_that_begins_with_the_name_of_its_play_is_no_row(
    separator: str, speaker: list[str], verse: str
) -> None:
    cue = "Hélas !\n" + verse.replace("{}", separator)
    header = ["play_name", *(["speaker"] if speaker else []), "cue"]
    rows = [header, ["Phèdre", *speaker, f'"{cue}"'], ["Phèdre", *speaker, "Oui."]]
    reading = read("\n".join(map(separator.join, rows)) + "\n")
    assert reading.columns["cue"] == [cue, "Oui."]
    assert reading.notes == ()


def test_a_cue_of_several_lines_is_no_mishap() -> None:
    reading = read('play_name,speaker,cue\nt,A,"Oui, non,\nOui, si, bon"\nt,B,"u\n\nv"\n')
    assert reading.columns["cue"] == ["Oui, non,\nOui, si, bon", "u\n\nv"]
    assert reading.notes == ()


@pytest.mark.parametrize(
    ("cell", "cue"),
    [
        ('"Oui, non" dit-il, puis', '"Oui, non" dit-il, puis'),
        (' "a, b"', "a, b"),
        ('"Il dit \\"oui\\", et sort"', 'Il dit "oui", et sort'),
        ("“a, b”", "“a, b”"),
        ("« a, b »", "« a, b »"),
        ("'a, b'", "'a, b'"),
        ('dit "oui"', 'dit "oui"'),
    ],
)
def test_marks_of_other_kinds(cell: str, cue: str) -> None:
    assert cues(f"play_name,cue\nt,{cell}\nt,b\n") == [cue, "b"]


@pytest.mark.parametrize("separator", ",;\t|")
@pytest.mark.parametrize(
    ("cell", "cue"),
    [
        ('"Il dit "oui", et sort"', 'Il dit "oui", et sort'),
        ('"Il dit "oui"; et sort"', 'Il dit "oui"; et sort'),
        ('"Il sort""', 'Il sort"'),
        ('"Un ""mot"" "de" trop"', 'Un "mot" "de" trop'),
    ],
)
def test_a_mark_inside_a_cell_between_marks_moves_no_cell(
    separator: str, cell: str, cue: str
) -> None:
    lines = [['"play_name"', '"speaker"', '"cue"'], ['"t"', '"A"', cell], ['"t"', '"B"', '"b"']]
    columns = read("\n".join(map(separator.join, lines))).columns
    assert columns["play_name"] == ["t", "t"]
    assert columns["speaker"] == ["A", "B"]
    assert columns["cue"] == [cue, "b"]


def test_a_cell_between_marks_is_not_joined_to_the_next() -> None:
    columns = read('play_name,speaker,cue\n"t",A,"Oui, non\n"t",A,b\n').columns
    assert columns["play_name"] == ['"t"', "t"]
    assert columns["cue"] == ['"Oui, non', "b"]


def test_a_name_above_goes_on_below_even_where_its_own_row_has_no_cue() -> None:
    assert read("play_name,cue\nt,\n,a\nu,b\n,c\n").columns["play_name"] == ["t", "u", "u"]


def test_quotes_and_line_breaks_inside_a_cue() -> None:
    assert cues('play_name,cue\nt,"Il dit ""oui"",\nEt sort."\n') == ['Il dit "oui",\nEt sort.']


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("play_name,cue\nt,a,b\n", "more cells than the header"),
        ("play_name,cue\n1,Oui, non\n2,Non, oui\n", "more cells than the header"),
        ('play_name,cue\nt,"a\n', "quotation mark that opens in row 1 is never closed"),
        ("a" * 200_000 + ",play_name,cue\nt,a\n", r"first line of a.csv has 200,014 characters"),
        ("," * 20_000 + "play_name,cue\nt,a\n", "names no columns"),
        ("title,text\nt,a\n", r"no column 'play_name' \(it has title, text\)"),
        ("play_name\nt\n", "no column 'cue'"),
        ("play_name,cue\n", "no cue"),
        ("play_name,cue\nt,nan\n", "no cue"),
    ],
)
def test_a_csv_that_cannot_be_read_says_what_to_do(data: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        read(data)


# Archives


def test_every_play_of_an_archive_and_a_sentence_for_each_file_left_out() -> None:
    reading = read(
        packed(
            ("../../etc/passwd.txt", "Un"),
            ("__MACOSX/._a.csv", "x"),
            (".DS_Store", "x"),
            (".git/info.txt", "x"),
            ("notes/.ipynb_checkpoints/corpus-checkpoint.csv", "play_name,cue\nx,x\n"),
            ("README.txt", "À lire."),
            ("portrait.png", b"\x89PNG"),
            ("encore.zip", packed(("a.txt", "x"))),
            ("été/b.csv", "play_name,cue\np,Deux\n"),
            ("piece.xml", TEI),
            ("casse.xml", "<TEI>"),
            ("c.csv", "play_name,cue\np,Trois\nq,Quatre\n"),
            ("d.csv", "play_name,cue\np,Deux\n"),
        ),
        "mixte.zip",
    )
    frame = reading.frame
    assert dict(zip(frame["play_name"], frame["cue"], strict=True)) == {
        "passwd": "Un",
        "p": "Deux",
        "piece": "Oui",
        "p-2": "Trois",
        "q": "Quatre",
    }
    said = notes(reading)
    assert "left out: casse.xml is not well-formed XML" in said
    for name in ("README.txt", "portrait.png", "encore.zip", "p (d.csv)"):
        assert f"{name} is left out" in said
    assert "called p-2" in said
    assert "DS_Store" not in said
    assert len(reading.notes) == 6


def test_a_file_in_a_password_is_left_out() -> None:
    data = bytearray(packed(("a.txt", "Un"), ("b.txt", "Deux")))
    data[data.rfind(b"PK\x01\x02") + 8] |= 1  # the flag in the directory
    assert "b.txt is left out: it is protected" in notes(read(bytes(data), "a.zip"))


def test_a_damaged_member_does_not_take_the_others_with_it() -> None:
    data = bytearray(packed(("a.txt", "Un"), ("b.txt", "Deux " * 50)))
    data[data.find(b"b.txt") + 8] ^= 0xFF
    reading = read(bytes(data), "a.zip")
    assert reading.frame["cue"].tolist() == ["Un"]
    assert "b.txt is left out: it is damaged" in notes(reading)


@pytest.mark.parametrize("declared", [None, 10])
def test_a_bomb_is_not_unpacked(declared: int | None) -> None:
    data = bytearray(packed(("a.txt", b"x " * 2_000_000)))
    if declared is not None:
        at = data.rfind(b"PK\x01\x02") + 24
        data[at : at + 4] = struct.pack("<I", declared)
    with pytest.raises(CorpusError, match=r"larger than 1 MB|damaged"):
        read_bytes(bytes(data), "a.zip", most_bytes=1_000_000)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_is_packed_in_an_unusual_way_is_left_out(method: int) -> None:
    """LZMA names the memory that it wants, and bzip2 takes a second for nothing."""
    buffer = io.BytesIO(packed(("a.csv", "play_name,cue\nt,a\n")))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("b.txt", "x", method)
    reading = read(buffer.getvalue(), "a.zip")
    assert reading.columns["cue"] == ["a"]
    assert "b.txt is left out: it is packed in an unusual way" in notes(reading)


def test_an_archive_that_needs_a_later_version_is_refused() -> None:
    data = bytearray(packed(("a.txt", "x")))
    data[data.rfind(b"PK\x01\x02") + 6] = 245
    with pytest.raises(CorpusError, match="not a whole zip archive"):
        read(bytes(data), "a.zip")


@pytest.mark.parametrize("place", [2**63 - 1, 2**63, 2**64 - 1])
def test_a_member_beyond_the_end_of_the_archive_is_left_out_or_refused(place: int) -> None:
    data = moved(packed(("a.txt", "x"), ("b.txt", "y")), place)
    with contextlib.suppress(CorpusError):
        assert "a.txt is left out" in notes(read(data, "a.zip"))


def test_a_thousand_remarks_are_not_all_told() -> None:
    reading = read(packed(*((f"{i}.csv", f"play_name,cue\np,{i}\n") for i in range(99))), "a.zip")
    assert len(reading.columns["cue"]) == 99
    assert len(reading.notes) == MOST_NOTES + 1
    assert "and 48 more remarks" in str(reading.notes[-1])


def test_what_is_left_out_is_told_once_for_all_files_together() -> None:
    play = "<TEI><text><body><sp><l>{}</l><stage>Il sort.</stage></sp></body></text></TEI>"
    reading = read(packed(("a.xml", play.format(1)), ("b.xml", play.format(2))), "a.zip")
    [kind] = reading.left_out
    assert (kind.what, kind.count, kind.example) == ("stage directions", 2, "Il sort.")
    assert notes(reading) == "left out: stage directions (2), such as “Il sort.”"


def test_the_limit_is_for_all_files_together() -> None:
    files = [(f"{i}.txt", str(i) * 400_000) for i in range(3)]
    with pytest.raises(CorpusError, match="larger than 1 MB"):
        read_bytes(packed(*files), "a.zip", most_bytes=1_000_000)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (packed(), "no play that can be read"),
        (packed(("a.png", "x")), r"no play that can be read \(a.png is left out"),
        (packed(("a.txt", "x"))[:-8], "not a whole zip"),
        (packed(("[Content_Types].xml", "x")), "a Word or Excel document"),
        (packed(*((f"{i}.txt", "x") for i in range(1001))), "1,001 files"),
    ],
)
def test_archives_that_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        read(data, "a.zip")


def test_names_in_utf8_that_do_not_say_so() -> None:
    data = packed(("été.txt", "x"))
    data = data.replace(b"\x00\x08", b"\x00\x00")  # the flag
    assert read(data, "a.zip").frame["play_name"].tolist() == ["ete"]


def test_an_archive_of_notices_is_read_after_all() -> None:
    assert cues(packed(("readme.txt", "Un")), "a.zip") == ["Un"]


def test_a_folder_is_read_as_an_archive_is(tmp_path: Path) -> None:
    (tmp_path / "actes").mkdir()
    (tmp_path / "actes" / "un.txt").write_text("Un", encoding="utf-8")
    (tmp_path / "deux.xml").write_text(TEI, encoding="utf-8")
    (tmp_path / ".cache.txt").write_text("non", encoding="utf-8")
    (tmp_path / "image.png").write_bytes(b"non")
    assert load_corpus(tmp_path).plays == ("un", "deux")


def test_the_files_of_a_folder_have_one_limit_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("Sans dot ! " * 5 + name, encoding="utf-8")
    assert load_corpus(tmp_path).plays == ("a", "b")
    monkeypatch.setattr(sources, "MAX_BYTES", 100)  # each of them has sixty
    with pytest.raises(CorpusError, match="is larger than"):
        load_corpus(tmp_path)
