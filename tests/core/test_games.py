"""The games: passages that nothing tells apart, and what a class pays for letters."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from moliere_core.errors import CorpusError
from moliere_core.games import guessing, imitation
from moliere_core.games.guessing import Guess
from moliere_core.games.imitation import PLAY, Author, Passage, Verdict

CHARS = 40
AUTHORS = (Author("petit", 0.5), Author("petit", 1.0), Author("grand", 0.5))
WORDS = ("ah", "monsieur", "que", "le", "valet", "dit", "amour", "vient", "encore", "un", "jour")


def made(seed: int, lines: int = 400) -> str:
    """Lines of words, as a play or a model writes them."""
    rng = np.random.default_rng(seed)
    return "\n".join(" ".join(rng.choice(WORDS, rng.integers(3, 9))) + "." for _ in range(lines))


def write(model: str, temperature: float, seed: int, chars: int) -> str:
    return made(len(model) + int(100 * temperature) + seed)[:chars]


def drawn(seed: int) -> list[Passage]:
    return imitation.passages(made(0), AUTHORS, CHARS, seed, write)


@pytest.mark.parametrize("seed", range(8))
def test_passages_are_of_one_length_and_cut_alike(seed: int) -> None:
    found = drawn(seed)
    assert len(found) == imitation.PASSAGES
    assert {len(passage.text) for passage in found} == {CHARS}
    lines = set(made(0).split("\n"))
    for passage in found:
        assert passage.text[0].isalpha()
        assert passage.text[-1].isalpha()
        if passage.author.real:
            assert passage.text in made(0)
            assert any(line.startswith(passage.text.split("\n")[0][:20]) for line in lines)
    real = sum(passage.author.real for passage in found)
    assert imitation.FEWEST_REAL <= real <= imitation.MOST_REAL
    used = Counter(passage.author for passage in found if not passage.author.real)
    assert max(used.values()) - min(used.values()) <= 1  # they take turns
    assert len({passage.key for passage in found}) == imitation.PASSAGES


def test_a_seed_draws_the_same_game_and_another_one_another() -> None:
    assert drawn(3) == drawn(3)
    assert drawn(3) != drawn(4)


def test_neither_the_number_of_real_passages_nor_their_places_are_known() -> None:
    games = [[passage.author.real for passage in drawn(seed)] for seed in range(12)]
    assert len({sum(game) for game in games}) > 1
    assert len({tuple(game) for game in games}) > 6


def test_the_key_of_a_passage_says_nothing_of_its_author() -> None:
    assert Passage("Ah", PLAY).key == Passage("Ah", AUTHORS[0]).key


def test_what_cannot_be_cut_is_refused() -> None:
    with pytest.raises(CorpusError, match="choose a longer one"):
        imitation.passages("Trop court.", AUTHORS, CHARS, 1, write)
    with pytest.raises(CorpusError, match="petit writes no line"):
        imitation.passages(made(0), AUTHORS[:1], CHARS, 1, lambda *_: "." * 999)


def test_scores_add_votes_up() -> None:
    verdicts = [Verdict(PLAY, 8, 2), Verdict(AUTHORS[0], 6, 4), Verdict(AUTHORS[1], 0, 10)]
    found = imitation.score(verdicts)
    assert (found.passages, found.votes, found.real, found.right) == (3, 30, 14, 22)
    assert found.share_right == 22 / 30
    assert imitation.majority(verdicts) == 2
    assert np.isnan(imitation.score([]).taken_for_real)


def test_coins_are_as_right_as_they_should_be() -> None:
    assert imitation.chance_of_as_many(0, 10) == 1
    assert imitation.chance_of_as_many(10, 10) == 2**-10
    assert imitation.chance_of_as_many(9, 10) == 11 / 1024


FREQUENCIES = {"a": 0.5, "b": 0.25, "\n": 0.25}


def test_a_class_pays_what_it_has_bet() -> None:
    guesses = [Guess("a", {"a": 3, "b": 1}), Guess("b", {"b": 4})]
    first = 0.5 * 0.75 + 0.5 * 0.5  # nothing is known of it: half is set aside
    aside = (1 + 1) / (4 + 2)
    second = (1 - aside) * 1 + aside * 0.25
    assert guessing.bits(guesses, FREQUENCIES) == pytest.approx(-np.log2([first, second]))


@pytest.mark.parametrize("seed", range(5))
def test_the_bets_on_a_letter_add_up_to_one(seed: int) -> None:
    """What is paid is the length of a code: Kraft's inequality, with equality."""
    rng = np.random.default_rng(seed)
    rounds = [
        {letter: int(count) for letter, count in zip("ab\n", rng.integers(1, 9, 3), strict=True)}
        for _ in range(6)
    ]
    for last in range(len(rounds)):
        earlier = [Guess("a", votes) for votes in rounds[:last]]
        paid = [
            guessing.bits([*earlier, Guess(letter, rounds[last])], FREQUENCIES)[-1]
            for letter in FREQUENCIES
        ]
        assert sum(2.0 ** -np.array(paid)) == pytest.approx(1)


def test_what_is_typed_becomes_letters_of_the_text() -> None:
    assert guessing.cased({"/": 2, "_": 1, "e": 3}, "Ah") == {"\n": 2, " ": 1, "e": 3}
    assert guessing.cased({"l": 2, "L": 1}, "Ah\n") == {"L": 3}
    assert guessing.cased({"l": 2}, "") == {"L": 2}


def test_few_letters_have_a_wide_margin() -> None:
    assert np.isnan(guessing.margin(np.array([1.0])))
    few, many = np.array([0.0, 2.0] * 5), np.array([0.0, 2.0] * 50)
    assert guessing.margin(few) > 3 * guessing.margin(many)
