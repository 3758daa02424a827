"""Syllables of verse: the rules one by one, and real plays where they are at hand."""

from __future__ import annotations

import os

import pytest

from moliere_core.corpus import load_corpus
from moliere_core.text import rhyme, syllables
from moliere_core.text.normalise import normalise

PHEDRE = "C'est Vénus tout entière à sa proie attachée."
TARTUFFE = "Couvrez ce sein que je ne saurais voir."


def spelled(line: str, counted: int | None = None) -> str:
    found = syllables.count(normalise(line))
    return "|".join(found.line[start:stop] for start, stop in found.spans(counted))


@pytest.mark.parametrize(
    ("line", "counted"),
    [
        ("rare envie", 3),  # elided before a vowel, and mute at the end
        ("rare bonté", 4),  # said before a consonant
        ("l'homme habile", 3),  # before a mute h
        ("une haine", 3),  # not before an aspirated one
        ("un héros", 3),
        ("ces héroïnes", 4),
        ("Quelle honte !", 3),
        ("qu'il quitte la guerre", 5),  # the u of qu and gu
        ("vengeance", 2),
        ("l'œil et l'orgueil", 4),
        ("ils parlent encor", 5),
        ("le parlement", 4),
        ("ils avaient", 3),
        ("Vous croyez", 3),
        ("le pays", 3),
        ("nous aimions", 3),
        ("une passion", 5),
        ("un lion", 3),
        ("Dieu, le ciel et la pitié", 7),
        ("oublier", 3),
        ("un guerrier", 3),
        ("vous voudriez", 4),
        ("le bien de la science", 6),
        ("curieux", 3),
        ("la nuit, la ruine", 5),
        ("jouer et louer", 5),
        ("il prierait", 3),
        ("dévouement", 3),
        ("Ai-je dit que je ?", 5),
        ("12 !", 0),
        ("", 0),
    ],
)
def test_the_rules(line: str, counted: int) -> None:
    assert syllables.count(normalise(line)).best == counted


def test_syllables_are_where_they_are_said() -> None:
    assert spelled("rare envie") == "ra|re en|vie"
    assert spelled("De la vengeance") == "De |la |ven|geance"
    assert spelled("ils suivaient") == "ils |sui|vaient"
    assert spelled("« Ah ! Seigneur »") == "« Ah ! |Sei|gneur »"
    assert spelled("12") == ""


def test_a_poet_may_choose() -> None:
    found = syllables.count("hier")
    assert found.counts == (1, 2)
    assert found.readings[2].licences == found.readings[1].licences + 1
    assert len(found.spans(1)) == 1
    assert len(found.spans(2)) == 2
    assert found.spans(9) == []


def test_licences_are_few() -> None:
    many = syllables.count("hier " * 9)
    assert len(many.counts) == syllables.LICENCES + 1


def test_an_alexandrine_has_a_pause_after_the_sixth() -> None:
    assert syllables.count(PHEDRE).best == 12
    assert syllables.count(PHEDRE).readings[12].caesura
    torn = syllables.count("Un soir délicieusement tranquille et doux")
    assert not any(r.caesura for r in torn.readings.values())
    assert syllables.count(normalise(TARTUFFE)).best == 10


def test_a_line_of_prose_without_end_is_cut() -> None:
    assert syllables.count("ba " * 1000).best == pytest.approx(syllables.MOST_CHARS / 3, abs=1)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("mon âme", "ma femme"),
        ("tant d'offense", "la vengeance"),
        ("aujourd'hui", "lui"),
        ("parler", "beauté"),
        ("des dieux", "tes yeux"),
        ("infidèle", "contre elle"),
        ("mes ennemis", "mon fils"),
    ],
)
def test_lines_that_rhyme(first: str, second: str) -> None:
    assert rhyme.rhymes(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("mon amour", "mon amour"),  # a word does not rhyme with itself
        ("la vie", "l'ami"),  # feminine and masculine
        ("la ville", "la fille"),
        ("main", "mot"),
        ("", ""),
    ],
)
def test_lines_that_do_not(first: str, second: str) -> None:
    assert not rhyme.rhymes(first, second)


def test_the_nearest_line_that_rhymes() -> None:
    lines = ["un jour", "la nuit", "ce bruit", "l'amour", "seul"]
    assert rhyme.neighbours(lines) == (3, 2, 1, 0, None)


@pytest.mark.skipif(not os.environ.get("MOLIERE_CORPUS"), reason="MOLIERE_CORPUS names no corpus")
def test_verse_plays_count_twelve() -> None:
    corpus = load_corpus()
    play = "misanthrope"
    if play not in corpus.plays or (corpus.frame["form"] == "").all():
        pytest.skip("another corpus")
    frame = corpus.select([play]).frame
    cues = frame.loc[frame["form"] == "verse", "cue"]
    lines = [line for cue in cues for line in normalise(cue).split("\n")[1:-1]]  # whole ones
    counts = [syllables.count(line) for line in lines]
    long = [c for c in counts if c.best > 10]  # the song and the letter aside
    assert sum(12 in c.readings for c in long) / len(long) > 0.99
    assert sum(c.best == 12 for c in long) / len(long) > 0.98
