from pathlib import Path

import pytest

from moliere_core.errors import ModelError
from moliere_core.text.vocabulary import UNKNOWN, Vocabulary


def test_sorted_characters_after_the_unknown_symbol() -> None:
    vocabulary = Vocabulary.from_text("baobab")
    assert vocabulary.chars == ("a", "b", "o")
    assert len(vocabulary) == 4
    assert vocabulary.encode("abo").tolist() == [1, 2, 3]


def test_there_and_back() -> None:
    text = "Que diable allait-il faire dans cette galère ?\n\N{GRINNING FACE}"
    vocabulary = Vocabulary.from_text(text)
    assert vocabulary.decode(vocabulary.encode(text)) == text


def test_rare_and_foreign_characters_are_unknown() -> None:
    vocabulary = Vocabulary.from_text("aab", min_char_freq=2)
    assert vocabulary.chars == ("a",)
    assert vocabulary.encode("abé\N{GRINNING FACE}").tolist() == [1, UNKNOWN, UNKNOWN, UNKNOWN]
    assert vocabulary.unknown_in("abéb") == ["b", "é"]
    assert vocabulary.decode([UNKNOWN]) == "\ufffd"


def test_runs_join_to_the_text() -> None:
    vocabulary = Vocabulary.from_text("Le ii d'Ariste")
    assert vocabulary.runs("Le kwi") == [("Le ", True), ("kw", False), ("i", True)]
    assert vocabulary.runs("") == []


def test_saved_and_read(tmp_path: Path) -> None:
    vocabulary = Vocabulary.from_text("Ô rage\n")
    vocabulary.save(tmp_path / "vocabulary.json")
    assert Vocabulary.load(tmp_path / "vocabulary.json") == vocabulary


@pytest.mark.parametrize("content", ["", "[]", '{"chars": 3}', '{"chars": ["b", "a"]}'])
def test_foreign_files_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "vocabulary.json"
    path.write_text(content)
    with pytest.raises(ModelError):
        Vocabulary.load(path)


def test_empty_text() -> None:
    vocabulary = Vocabulary.from_text("")
    assert len(vocabulary) == 1
    assert vocabulary.encode("a").tolist() == [UNKNOWN]
