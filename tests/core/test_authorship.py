"""Molière or Corneille: what an editor decides is folded away; two networks read a text."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from moliere_core.errors import CorpusError
from moliere_core.games import authorship
from moliere_core.games.authorship import AUTHORS, CORNEILLE, MOLIERE, Group, Line, Reading
from moliere_core.runs.run import Run


class Priced:
    """A model that asks the same for each character, and more for a letter it dislikes."""

    def __init__(self, dislikes: str) -> None:
        self.dislikes = dislikes

    def surprisal(self, text: str) -> NDArray[np.float64]:
        return np.array([4.0 if char == self.dislikes else 2.0 for char in text])


def test_what_editors_decide_is_folded_away() -> None:
    old = "Ha ! laissez-moi, Monsieur, dans l’Œuvre du CŒUR : encore,"
    new = "Ah, laissez moi monsieur dans l'oeuvre du coeur ; encor"
    assert authorship.folded(old) == authorship.folded(new)
    assert authorship.folded(old) == "ah laissez moi monsieur dans l'oeuvre du coeur encor"
    assert authorship.folded("— ... ' 12 !") == ""
    assert authorship.folded_lines("Oui.\n\n...\nNon !") == ["oui", "non"]


@pytest.mark.parametrize(
    ("play", "author", "whose"),
    [
        ("tartuffe", "", MOLIERE),
        ("le-tartuffe", "MOLIÈRE, Jean-Baptiste Poquelin (1622-1673)", MOLIERE),
        ("menteur", "Pierre Corneille", CORNEILLE),
        ("timocrate", "Thomas Corneille", ""),
        ("phedre", "Jean Racine", ""),
        ("l-homme-aux-pendules", "", ""),
    ],
)
def test_whose_a_play_is(play: str, author: str, whose: str) -> None:
    assert authorship.author_of(play, author) == whose


def test_each_line_has_its_price_and_the_sum_is_the_texts() -> None:
    found = authorship.read("Zaïre,\n\nAh !", [Priced("z"), Priced("h")])
    assert [line.text for line in found.lines] == ["Zaïre,", "Ah !"]
    assert [line.chars for line in found.lines] == [6, 3]  # the end of the line is read as well
    assert [line.bits for line in found.lines] == [(14.0, 12.0), (6.0, 8.0)]
    assert found.bits == (20 / 9, 20 / 9)
    assert found.gap == 0
    assert not found.sure


def test_the_gap_has_a_margin_and_a_side() -> None:
    alike = Reading(tuple(Line("a", 10, (20.0, 25.0)) for _ in range(4)))
    assert alike.likelier == MOLIERE
    assert alike.gap == pytest.approx(0.5)
    assert alike.margin == pytest.approx(0)
    assert alike.sure
    mixed = Reading((Line("a", 10, (20.0, 50.0)), Line("b", 10, (32.0, 20.0))))
    assert not mixed.sure
    against = Reading(alike.lines, zero=0.6)  # what a passage of Molière's gains is more
    assert against.likelier == CORNEILLE
    assert against.lead == pytest.approx(-0.1)
    assert math.isnan(Reading((Line("a", 10, (20.0, 19.0)),)).margin)


def test_a_text_without_a_letter_is_refused() -> None:
    with pytest.raises(CorpusError, match="no verse"):
        authorship.read("… !\n12", [Priced("z"), Priced("h")])


def test_passages_are_of_so_many_lines_and_do_not_overlap() -> None:
    text = "\n".join(f"vers {name}" for name in "abcdefg") + "\n...\n"
    assert authorship.passages(text, 3) == ["vers a\nvers b\nvers c", "vers d\nvers e\nvers f"]
    assert authorship.passages(text, 8) == []


def test_a_share_has_wilsons_interval() -> None:
    one = Group("moliere", 12, 50, 45, (2.0, 2.1), 0.01)
    low, high = one.interval
    assert (round(low, 3), round(high, 3)) == (0.786, 0.957)  # as published tables have it
    assert Group("moliere", 12, 10, 10, (2.0, 2.1), 0.0).interval[1] == 1.0


# What ships


def test_both_networks_have_read_as_much_and_are_alike() -> None:
    runs = [Run.open(authorship.FOLDER / author) for author in AUTHORS]
    first, second = (run.config for run in runs)
    assert first.model == second.model
    assert first.training == second.training
    assert abs(runs[0].corpus["chars"] - runs[1].corpus["chars"]) < 2_000
    assert runs[0].vocabulary.chars == runs[1].vocabulary.chars
    for author, run in zip(AUTHORS, runs, strict=True):
        assert run.config.plays == authorship.TRAINED[author]
        assert run.config.validation == authorship.HELD_OUT[author]
        assert not set(authorship.TRAINED[author]) & set(authorship.HELD_OUT[author])
        assert run.snapshot().path.stat().st_size < 900_000


def test_what_was_measured_can_be_read_and_adds_up() -> None:
    found = authorship.measures()
    assert found == authorship.Measures.from_json(json.loads(json.dumps(found.to_json())))
    for author in AUTHORS:
        group = found.group(author)
        assert group.lines == authorship.LINES
        right = group.share if author == MOLIERE else 1 - group.share
        assert right > 0.5
    # What the lesson says: of a third author the comedy goes to one, the tragedies to the other.
    assert found.group("racine-plaideurs").share > 0.5 > found.group("racine-tragedies").share
    short, long = (found.right(lines)[0] for lines in (1, 32))
    assert 0.5 < short < long
    assert 0 < found.right(1)[1] < 0.2


def test_the_networks_that_ship_part_two_lines_of_the_two_authors() -> None:
    networks = [authorship.load(author) for author in AUTHORS]
    tartuffe = "Couvrez ce sein que je ne saurais voir,\nPar de pareils objets"
    reading = authorship.read(tartuffe, networks)
    assert reading.likelier == MOLIERE  # it has read the play
    assert all(1 < bits < 4 for bits in reading.bits)


def test_a_song_is_told_from_a_comedy_s_dialogue() -> None:
    dialogue = """Mon frère, s'il vous plaît, ne discourons point tant,
Et que chacun de nous vive comme il l'entend.
Bien.
Bien que sur moi des ans vous ayez l'avantage,
Et soyez assez vieux pour devoir être sage,
Je vous dirai pourtant que mes intentions
Sont de ne prendre point de vos corrections."""
    assert authorship.mostly_alexandrines(dialogue)
    assert not authorship.mostly_alexandrines("La Gale,\nLa Rogne,\nLa Tigne,\nLa Fièvre,")
