"""The beam against brute force: every sequence of tokens of a vocabulary small enough."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from moliere_core.pretrained.beam import Beam, CharacterBeam, over_alphabet
from moliere_core.pretrained.tokens import Piece, TokenVocabulary, pieces, spread
from tests.core.tiny_tokens import E_ACUTE, END, TOKENS, TinyModel, conditional, mass


def ending(model: TinyModel, text: bytes, context: tuple[int, ...]) -> float:
    """P(text, then the end)."""
    probs = conditional(model, context)
    if not text:
        return float(probs[END])
    return sum(
        probs[token] * ending(model, text[len(data) :], (*context, token))
        for token, data in enumerate(model.vocabulary.tokens)
        if data and text.startswith(data)
    )


def exact(model: TinyModel) -> CharacterBeam:
    return CharacterBeam(model, width=10**9, prune=0, resolve=0, anchored=False)


@pytest.mark.parametrize("spice", range(3))
@pytest.mark.parametrize("text", ["", "a", "ab", "abaab", "té", "étéaba", "ab\nté"])
def test_brute_force_over_all_sequences_of_tokens_agrees(text: str, spice: int) -> None:
    model = TinyModel(spice=spice)
    found = exact(model).characters(text)
    whole = mass(model, text.encode(), model.begin)
    for char in "abt\né":
        expected = mass(model, (text + char).encode(), model.begin) / whole
        assert found.probs.get(char, 0.0) == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert found.end == pytest.approx(ending(model, text.encode(), model.begin) / whole, abs=1e-12)
    assert sum(found.probs.values()) + found.end + found.unresolved == pytest.approx(1, abs=1e-12)


def test_the_chain_rule_gives_the_probability_of_a_text() -> None:
    model, text = TinyModel(), "abéta\nba"
    predictor, total = exact(model), 0.0
    for i, char in enumerate(text):
        total += np.log(predictor.characters(text[:i]).probs[char])
    assert total == pytest.approx(np.log(mass(model, text.encode(), model.begin)), abs=1e-11)
    assert predictor.read(text).log_prob == pytest.approx(total, abs=1e-11)


def test_bytes_that_begin_no_character_are_unresolved() -> None:
    model = TinyModel()
    found = exact(model).characters("")
    # Only the continuation byte alone, or before a letter, cannot begin a text.
    stray = sum(
        conditional(model, model.begin)[i]
        for i, token in enumerate(TOKENS)
        if token and token[0] == E_ACUTE[1]
    )
    lost = mass(model, E_ACUTE[:1], model.begin) - mass(model, E_ACUTE, model.begin)
    assert found.unresolved == pytest.approx(stray + lost, abs=1e-12)


def test_a_vocabulary_of_bytes_is_the_model_itself() -> None:
    model = TinyModel([bytes([i]) for i in range(256)] + [None])
    model.vocabulary = TokenVocabulary(model.vocabulary.tokens, [256])
    model.begin = (256,)
    predictor = CharacterBeam(model)
    text = "né\nab"
    beam = predictor.read(text)
    [hypothesis] = beam.hypotheses
    anchor = text[: model.anchor(text)[0]].encode()
    assert hypothesis.context == (256, *anchor, *text[model.anchor(text)[0] :].encode())
    probs = model.row(hypothesis.context)
    following = predictor.next_bytes(beam)
    np.testing.assert_allclose(following.probs, probs[:256], atol=1e-15)
    assert following.end == pytest.approx(probs[256], abs=1e-15)


def test_a_narrow_beam_comes_close_and_wider_ones_closer() -> None:
    model, text = TinyModel(), "abaababaab"
    whole = exact(model).characters(text).probs
    distances = []
    for width in (1, 4, 64):
        narrow = CharacterBeam(model, width, 0, 0, anchored=False).characters(text).probs
        distances.append(sum(abs(whole[c] - narrow[c]) for c in "abt\n") / 2)
    assert distances[0] > distances[2]
    assert distances[2] < 1e-3


def test_the_anchor_keeps_the_canonical_tokens_before_the_anchor() -> None:
    model = TinyModel()
    beam = CharacterBeam(model, width=64, prune=0).read("ab\nab")
    assert {h.context[:2] for h in beam.hypotheses} == {(END, model.encode("ab")[0])}


def test_what_was_read_is_not_read_again() -> None:
    model = TinyModel()
    predictor = CharacterBeam(model)
    predictor.characters("abab")
    asked = model.asked
    first = predictor.characters("ababa")
    assert 0 < model.asked - asked <= 8
    asked = model.asked
    again = predictor.characters("ababa")
    assert model.asked == asked
    # The way there does not matter.
    fresh = CharacterBeam(TinyModel()).characters("ababa")
    assert first == again == fresh


def test_a_new_text_is_asked_with_its_last_word_and_contexts_together() -> None:
    calls: list[tuple[list[tuple[int, ...]], int]] = []

    class Recorder(TinyModel):
        def probs(self, contexts: Sequence[tuple[int, ...]], last: int = 1) -> list[np.ndarray]:
            calls.append((list(contexts), last))
            return super().probs(contexts, last)

    model = Recorder()
    CharacterBeam(model, width=64, prune=0).characters("ab\nabt")
    half = TOKENS.index(E_ACUTE[:1])
    canonical = (END, *model.encode("ab"), *model.encode("\nabt"))
    assert calls[0] == ([(*canonical, half)], len(model.encode("\nabt")) + 2)
    assert any(len(contexts) > 1 for contexts, _ in calls)
    asked = [c[: len(c) - i] for contexts, last in calls for c in contexts for i in range(last)]
    known = [c for c in asked if c[-1] != half]
    assert len(known) == len(set(known))  # none twice
    # No room for more: the half is not asked.
    calls.clear()
    model.context = len(canonical)
    CharacterBeam(model, width=1).characters("ab\nabt")
    assert calls[0] == ([canonical], len(model.encode("\nabt")) + 1)


def pushed(predictor: CharacterBeam, text: bytes, width: int, prune: float) -> Beam | None:
    """The beam after a text, byte by byte; None where no hypothesis goes on."""
    beam: Beam | None = predictor.start(predictor.model.begin)
    for byte in text:
        beam = beam and predictor.push(beam, byte, width, prune)
    return beam


def test_dropped_hypotheses_are_found_again_by_a_wider_beam() -> None:
    # "a" then "b" is a hundred times likelier than "ab", so that a narrow beam keeps only the
    # first; but nothing goes on from there with "c".
    class Trap(TinyModel):
        def row(self, context: tuple[int, ...]) -> np.ndarray:
            first = np.array([0.0, 0.98, 0.0, 0.02])
            return first if len(context) == 1 else np.array([0.0, 0.5, 0.5, 0.0])

    model = Trap([None, b"a", b"b", b"abc"])
    narrow = CharacterBeam(model, width=1, anchored=False)
    assert pushed(narrow, b"abc", 1, 1e-3) is None
    assert narrow.read("abc").hypotheses[0].context == (0, 3)
    strict = CharacterBeam(model, width=64, prune=0.1, anchored=False)
    assert pushed(strict, b"abc", 64, 0.1) is None
    assert strict.read("abc").log_prob == pytest.approx(np.log(0.02))  # read, and not taken as is


def test_light_hypotheses_are_dropped_and_their_mass_is_lost() -> None:
    model = TinyModel()
    predictor = CharacterBeam(model, width=64, prune=0, anchored=False)
    whole = predictor.push(predictor.start(model.begin), ord("a"))
    assert whole is not None
    masses = sorted(h.mass for h in whole.hypotheses)
    floor = (masses[0] + masses[1]) / 2
    kept = predictor.push(predictor.start(model.begin), ord("a"), prune=floor)
    assert kept is not None
    assert len(kept.hypotheses) == len(masses) - 1
    assert sum(h.mass for h in kept.hypotheses) == pytest.approx(1)
    # A lower bound of the probability of the text: what was dropped is not in it.
    lost = np.log(1 - masses[0])
    assert kept.log_prob == pytest.approx(whole.log_prob + lost)


def test_an_unlikely_first_byte_is_not_followed() -> None:
    model = TinyModel()
    everything = exact(model).characters("ab")
    first = exact(model).next_bytes(exact(model).read("ab")).probs[E_ACUTE[0]]
    for resolve, followed in ((first * 0.9, True), (first * 1.1, False)):
        predictor = CharacterBeam(model, 10**9, 0, resolve, anchored=False)
        found = predictor.characters("ab")
        assert ("é" in found.probs) is followed
        if not followed:
            expected = everything.unresolved + everything.probs["é"]
            assert found.unresolved == pytest.approx(expected)


def test_a_text_without_any_cover_falls_back_on_its_canonical_tokens() -> None:
    model = TinyModel([None, b"a", b"b"])
    model.encode = lambda text: [1] * len(text)  # type: ignore[method-assign]
    beam = CharacterBeam(model, anchored=False).read("xy")
    assert beam == Beam((beam.hypotheses[0],))
    assert beam.hypotheses[0].context == (0, 1, 1)


def test_other_characters_are_told_apart_from_the_alphabet() -> None:
    found = exact(TinyModel()).characters("ab")
    probs, unknown, outside = over_alphabet(found, ["a", "b", "z"])
    assert probs.tolist() == [found.probs["a"], found.probs["b"], found.probs["z"]]
    assert {char for char, _ in outside} == {"t", "\n", "é"}
    assert unknown + probs.sum() + found.end + found.unresolved == pytest.approx(1, abs=1e-12)


def test_pieces_keep_characters_whole() -> None:
    vocabulary = TokenVocabulary(TOKENS, [END])
    ids = [3, 9, 7, 8, 6]
    assert pieces(vocabulary, ids) == [
        Piece("ab"),
        Piece("t"),
        Piece("é", 1),
        Piece("é"),
        Piece("\ufffd"),
    ]
    assert vocabulary.decode(ids) == "abtéé\ufffd"


def test_bits_are_shared_by_bytes_and_their_sum_is_kept() -> None:
    bits = spread(np.array([3.0, 2.0, 4.0, 1.0]), np.array([1, 0, 2, 3]), "aéabc")
    np.testing.assert_allclose(bits, [5, 4, 1 / 3, 1 / 3, 1 / 3])
    # Two in a row that write nothing, and one before all that do, as some tokenisers have.
    bits = spread(np.array([2.0, 3.0, 1.0, 5.0, 4.0]), np.array([0, 1, 0, 0, 1]), "ab")
    np.testing.assert_allclose(bits, [11, 4])
    assert spread(np.zeros(0), np.zeros(0, np.int64), "").shape == (0,)
    split = spread(np.array([1.0, 8.0]), np.array([1, 2]), "éa")
    np.testing.assert_allclose(split, [5, 4])
