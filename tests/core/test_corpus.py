import codecs
from pathlib import Path

import pytest

from moliere_core.corpus import load_corpus, sources, split
from moliere_core.errors import CorpusError

CSV = """play_name,cue,speaker
avare,"Au voleur !
À l'assassin !",Harpagon
avare,,Harpagon
scapin,Que diable allait-il faire ?,Géronte
"""


def write(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("bom", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_csv_with_any_line_break_and_mark(tmp_path: Path, bom: bytes, line_break: str) -> None:
    data = bom + CSV.replace("\n", line_break).encode()
    corpus = load_corpus(write(tmp_path / "moliere.csv", data))
    assert corpus.plays == ("avare", "scapin")
    assert corpus.text() == "Au voleur !\nÀ l'assassin !\nQue diable allait-il faire ?"
    assert corpus.text(speakers=True).endswith("GÉRONTE : Que diable allait-il faire ?")
    assert corpus.summary() == {
        "plays": 2,
        "cues": 2,
        "chars": len(corpus.text()),
        "vocab_size": len(set(corpus.text())),
        "source": str(tmp_path / "moliere.csv"),
    }


def test_optional_columns_may_be_absent_and_the_separator_a_semicolon(tmp_path: Path) -> None:
    corpus = load_corpus(write(tmp_path / "a.csv", "play_name;cue\navare;Sans dot, oui.\n"))
    assert corpus.text() == "Sans dot, oui."
    assert corpus.text(speakers=True) == "Sans dot, oui."
    assert corpus.titles == {"avare": "avare"}


def test_plain_text_is_one_play_as_it_is(tmp_path: Path) -> None:
    corpus = load_corpus(write(tmp_path / "Ma pièce.txt", "Un vers\u00a0!\r\n\r\nUn autre.\n"))
    assert corpus.plays == ("ma-piece",)
    assert corpus.text() == "Un vers !\n\nUn autre.\n"


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", "titre,cue\nx,y\n", "no column 'play_name'"),
        ("a.csv", "play_name,cue\navare,\n", "no cue"),
        ("a.csv", 'play_name,cue\na,"b\n', "not a well-formed CSV"),
        ("a.txt", "", "empty"),
        ("a.txt", " \n", "empty"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\xff\xfe", "picture"),
        ("a.txt", b"PK\x00\x00\x01", "binary"),
    ],
)
def test_what_cannot_be_read_is_said(
    tmp_path: Path, name: str, data: str | bytes, message: str
) -> None:
    with pytest.raises(CorpusError, match=message):
        load_corpus(write(tmp_path / name, data))


def test_too_large_a_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)  # sparse: it takes no room
    with pytest.raises(CorpusError, match="larger than 50 MB"):
        load_corpus(path)


def test_a_missing_file_and_a_dead_address(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="there is no file"):
        load_corpus(tmp_path / "absent.csv")
    with pytest.raises(CorpusError, match="there is no file"):
        load_corpus("absent" * 100)  # too long for a path
    with pytest.raises(CorpusError, match="embedded corpus"):
        load_corpus("http://127.0.0.1:1/moliere.csv")


def test_the_environment_names_a_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_CORPUS", str(write(tmp_path / "a.csv", CSV)))
    assert load_corpus().plays == ("avare", "scapin")
    monkeypatch.delenv("MOLIERE_CORPUS")
    assert load_corpus().source == sources.EMBEDDED


def test_choosing_plays(tmp_path: Path) -> None:
    corpus = load_corpus(write(tmp_path / "a.csv", CSV))
    assert corpus.select(["scapin"]).plays == ("scapin",)
    assert corpus.without(["scapin"]).plays == ("avare",)
    assert corpus.select(["scapin"]).digest != corpus.digest
    with pytest.raises(CorpusError, match=r"no play 'tartuffe'.*avare, scapin"):
        corpus.select(["tartuffe"])


def test_split_by_whole_plays_or_by_the_last_tenth(tmp_path: Path) -> None:
    corpus = load_corpus(write(tmp_path / "a.csv", CSV))
    whole = split(corpus, (), ("scapin", "absent"))
    assert (whole.held_out, whole.validation_text) == ("plays", "Que diable allait-il faire ?")
    assert whole.train_text == corpus.select(["avare"]).text()
    for plays, validation in (((), ("absent",)), (("avare", "scapin"), ("scapin",))):
        tenth = split(corpus, plays, validation)
        assert tenth.held_out == "last-tenth"
        assert tenth.train_text + tenth.validation_text == corpus.text()
        assert len(tenth.validation_text) == pytest.approx(0.1 * len(corpus.text()), abs=1)


def test_a_play_is_held_out_under_any_of_its_names(tmp_path: Path) -> None:
    data = "play_name,cue\navare,Sans dot ! Sans dot !\ntartuffe,Le pauvre homme !\n"
    corpus = load_corpus(write(tmp_path / "two.csv", data))
    by_name = split(corpus, ["avare"], ["tartuffe"])
    assert by_name.held_out == "plays"
    assert split(corpus, ["moliere_avare"], ["moliere_tartuffe"]) == by_name
    assert split(corpus, [], ["moliere_tartuffe"]) == by_name
    # Trained on under another name, it is not held out, too.
    assert split(corpus, ["moliere_avare"], ["avare"]).held_out == "last-tenth"
    assert corpus.without(["moliere_avare"]).plays == ("tartuffe",)


def test_the_embedded_plays() -> None:
    corpus = load_corpus("embedded")
    assert len(corpus.plays) >= 3
    assert len(corpus.text()) >= 60_000
    assert {"verse", "prose"} <= set(corpus.frame["form"])
    assert (corpus.frame[["act", "scene", "speaker"]] != "").all().all()
    assert len(set(corpus.text())) <= 80


def test_exports_are_known_by_their_header(tmp_path: Path) -> None:
    corpus = load_corpus(
        write(tmp_path / "export.txt", CSV.replace("play_name,cue", "Play_Name,CUE"))
    )
    assert corpus.plays == ("avare", "scapin")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("play_name,cue\na,b,c\na,b,c\n", "not a well-formed CSV"),
        ("<?xml version='1.0'?><TEI/>", "no cue: a play in TEI"),
    ],
)
def test_what_would_be_misread_is_refused(tmp_path: Path, data: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        load_corpus(write(tmp_path / "a.csv", data))


def test_names_are_forgiving(tmp_path: Path) -> None:
    data = "play_name,cue, cue\nle-coeur ,Ah !,x\nL’Avare,Oh !,y\n"
    corpus = load_corpus(write(tmp_path / "a.csv", data))
    assert corpus.text() == "Ah !\nOh !"
    assert corpus.select(["le-coeur"]).text() == "Ah !"
    assert corpus.select(["L’Avare"]).text() == "Oh !"


@pytest.mark.parametrize("url", ["http://a..b/x.csv", f"http://{'a' * 80}/x.csv"])
def test_malformed_addresses(url: str) -> None:
    with pytest.raises(CorpusError, match="cannot be read"):
        load_corpus(url)


def test_an_empty_path_is_no_corpus_and_a_dot_is_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a.csv", "play_name,cue\na,Oui\n")
    monkeypatch.chdir(tmp_path)
    assert load_corpus(".").text() == "Oui"
    for nothing in ("", " "):
        with pytest.raises(CorpusError, match="the path of the corpus is empty"):
            load_corpus(nothing)


def test_a_corpus_of_validation_plays_alone_is_trained_on(tmp_path: Path) -> None:
    corpus = load_corpus(write(tmp_path / "a.csv", CSV)).select(["avare"])
    assert split(corpus, (), ("avare",)).held_out == "last-tenth"


def test_a_text_whose_first_line_is_very_long_is_a_text(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("bonjour " * 40_000, encoding="utf-8")
    assert len(load_corpus(str(path)).text()) > 300_000
