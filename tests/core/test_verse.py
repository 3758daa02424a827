from __future__ import annotations

import os

import numpy as np
import pytest

from moliere_core.corpus import load_corpus
from moliere_core.text import verse
from moliere_core.text.normalise import normalise

LINES = (
    "Mon frère, s'il vous plaît, ne discourons point tant,",
    "Et que chacun de nous vive comme il l'entend.",
    "Bien que sur moi des ans vous ayez l'avantage.",
)
PROSE = (
    "Monsieur, je suis votre valet.",
    "Qu'est-ce que c'est donc ?",
    "Je vous dis que je n'ai rien vu, et qu'il n'y a personne ici qui puisse vous le dire mieux.",
)


def test_verse_goes_on_with_a_capital_where_a_sentence_does_not_end() -> None:
    assert verse.look_like_verse(LINES) == [True, True, True]
    assert verse.look_like_verse(PROSE) == [False, False, False]
    assert verse.look_like_verse([LINES[0], LINES[1].lower()]) == [False, False]
    assert verse.look_like_verse(LINES[1:]) == [False, False]  # two sentences tell nothing
    assert verse.look_like_verse(["Ah", *LINES[:2]]) == [False, True, True]
    assert verse.look_like_verse([]) == []


def test_a_joint_tells_of_the_lines_around_it_and_no_further() -> None:
    short = ["Monsieur, c'est bien dit."] * 8
    found = verse.look_like_verse([*LINES[:2], *short])
    assert found == [True] * (2 + verse.REACH) + [False] * (8 - verse.REACH)
    assert verse.look_like_verse([*LINES[:2], PROSE[2], *short]) == [True] * 2 + [False] * 9


def test_lines_cover_the_text_but_for_empty_ones() -> None:
    text = "\n".join([*LINES[:2], "", "  ", *PROSE]) + "\n"
    found = verse.lines(text)
    assert [text[line.start : line.stop] for line in found] == [
        f"{line}\n" for line in [*LINES[:2], *PROSE]
    ]
    assert [line.verse for line in found] == [True, True, False, False, False]


def test_empty_lines_part_stanzas_unless_every_other_line_is_empty() -> None:
    def told(text: str) -> list[bool]:
        return [line.verse for line in verse.lines(text)]

    assert told("\n".join([*LINES, PROSE[0]])) == [True] * 4  # near enough, by its look
    assert told("\n".join([*LINES, "", PROSE[0]])) == [True, True, True, False]
    assert told("\n\n".join(LINES)) == [True, True, True]
    assert told("Titre sans point\n\n" + "\n".join(PROSE)) == [False] * 4


def test_bits_are_told_apart_and_empty_lines_are_in_neither() -> None:
    text = "\n".join([*LINES[:2], "", PROSE[2], PROSE[0]])
    masks = verse.chars_by_form(text)
    cut = text.index("\n\n") + 1
    assert "".join(np.array(list(text))[masks["verse"]]) == text[:cut]
    assert "".join(np.array(list(text))[masks["prose"]]) == text[cut + 1 :]
    bits = np.where(masks["verse"], 1.0, 3.0)
    assert verse.bits_by_form(text, bits) == {"verse": 1.0, "prose": 3.0}


def test_a_form_that_is_absent_is_left_out() -> None:
    assert list(verse.bits_by_form(LINES[2], np.ones(len(LINES[2])))) == ["prose"]
    text = "\n".join(LINES)
    assert list(verse.bits_by_form(text, np.ones(len(text)))) == ["verse"]
    assert verse.bits_by_form("\n", np.ones(1)) == {}


@pytest.mark.skipif("MOLIERE_CORPUS" not in os.environ, reason="needs Molière's plays")
def test_what_the_docstring_says_of_moliere() -> None:
    frame = load_corpus().frame
    found, truth, chars = [], [], []
    for cue, form in zip(frame["cue"], frame["form"], strict=True):
        for line in filter(None, normalise(cue).split("\n")):
            found.append(line)
            truth.append(form == "verse")
            chars.append(len(line))
    told, true, size = np.array(verse.look_like_verse(found)), np.array(truth), np.array(chars)
    assert size[told & true].sum() / size[true].sum() == pytest.approx(0.99, abs=0.005)
    assert size[told & ~true].sum() / size[~true].sum() == pytest.approx(0.01, abs=0.005)
