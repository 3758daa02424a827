from typing import Any

import numpy as np
import pytest

from moliere_core.config import SamplingConfig
from moliere_core.errors import ConfigError
from moliere_core.models.references import RecurrentModel
from moliere_core.models.sampling import (
    NOISE_BLOCK,
    PIECE,
    Writer,
    entropy_bits,
    filtered_logits,
    generate,
    gumbel_noise,
    next_distribution,
    write,
    write_with_logits,
)
from moliere_core.networks.arrays import Array, softmax
from moliere_core.text.vocabulary import UNKNOWN, Ids, Vocabulary
from tests.networks import LETTERS, AlphabetModel, random_network

LOGITS = np.log(np.array([0.1, 0.4, 0.2, 0.2, 0.1], np.float32))  # the first is unknown


def test_greedy_recites_the_alphabet() -> None:
    greedy = SamplingConfig(temperature=0)
    texts = generate(AlphabetModel(), ["a", "x"], [greedy] * 2, [0, 1], 5)
    assert texts == ["bcdef", "yz\n a"]


def test_temperature_one_is_as_learned_and_never_unknown() -> None:
    probs = next_distribution(LOGITS, SamplingConfig())
    np.testing.assert_allclose(probs, [0, 4 / 9, 2 / 9, 2 / 9, 1 / 9], atol=1e-6)


def test_temperature_keeps_the_order_and_moves_the_entropy() -> None:
    cold, warm = (next_distribution(LOGITS, SamplingConfig(t)) for t in (0.5, 2.0))
    assert entropy_bits(cold) < entropy_bits(warm)
    assert (np.argsort(cold, kind="stable") == np.argsort(warm, kind="stable")).all()
    np.testing.assert_allclose(cold[1] / cold[4], 16, rtol=1e-5)  # (4 to 1) to the power 1 / T


def test_extreme_temperatures_stay_finite() -> None:
    for temperature in (0.0, 0.001, 10.0):
        probs = next_distribution(LOGITS * 100, SamplingConfig(temperature))
        assert probs.sum() == pytest.approx(1)
    np.testing.assert_array_equal(next_distribution(LOGITS, SamplingConfig(0)), [0, 1, 0, 0, 0])


def test_top_k_keeps_ties_and_top_p_the_smallest_set() -> None:
    assert np.isfinite(filtered_logits(LOGITS, SamplingConfig(top_k=1))).sum() == 1
    assert np.isfinite(filtered_logits(LOGITS, SamplingConfig(top_k=2))).sum() == 3  # a tie
    assert np.isfinite(filtered_logits(LOGITS, SamplingConfig(top_k=99))).sum() == 4
    for top_p, kept in ((1e-300, 1), (0.01, 1), (0.5, 2), (0.7, 3), (0.95, 4), (1.0, 4)):
        assert np.isfinite(filtered_logits(LOGITS, SamplingConfig(top_p=top_p))).sum() == kept


def test_top_p_comes_after_temperature() -> None:
    # At T = 0.25 the first alone has 16^2 / (16^2 + 2 * 16 + 1) = 0.89 of the mass.
    assert np.isfinite(filtered_logits(LOGITS, SamplingConfig(0.25, top_p=0.8))).sum() == 1


@pytest.mark.parametrize(
    "settings",
    [
        {"temperature": -1},
        {"temperature": 1e-46},
        {"temperature": float("nan")},
        {"top_k": -1},
        {"top_p": 0},
        {"top_p": 2},
    ],
)
def test_bad_settings_name_the_way_out(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="choose"):
        SamplingConfig(**settings)


def test_draws_follow_the_probabilities() -> None:
    points = np.arange(3, dtype=np.uint64)
    noise = gumbel_noise(5, range(60_000), points)
    drawn = (np.log(np.array([0.7, 0.2, 0.1])) + noise).argmax(axis=1)
    shares = np.bincount(drawn, minlength=3) / len(drawn)
    np.testing.assert_allclose(shares, [0.7, 0.2, 0.1], atol=0.006)  # three standard errors


def test_noise_depends_on_seed_step_and_character_alone() -> None:
    points = np.array([ord("a"), ord("b")], np.uint64)
    noise = gumbel_noise(3, range(10), points)
    np.testing.assert_array_equal(gumbel_noise(3, range(4, 10), points[1:]), noise[4:, 1:])
    assert not np.isclose(gumbel_noise(4, range(10), points), noise).any()
    assert noise.mean() == pytest.approx(0.5772, abs=0.6)
    large = gumbel_noise(9, range(20_000), points)
    correlations = np.atleast_2d(np.corrcoef(large.T))
    assert correlations[0, 1] == pytest.approx(0, abs=0.03)


def test_two_alphabets_share_the_luck_of_their_common_characters() -> None:
    few = Vocabulary(tuple("abc"))
    many = Vocabulary(tuple("!abcé"))
    a, b = (gumbel_noise(1, range(3), v.codepoints) for v in (few, many))
    np.testing.assert_array_equal(a[:, few.encode("abc")], b[:, many.encode("abc")])


def model() -> RecurrentModel:
    return RecurrentModel("test", random_network(layers=2), LETTERS)


def test_the_same_seed_writes_the_same_text_alone_or_in_company() -> None:
    config = SamplingConfig(0.8)
    alone = generate(model(), ["le"], [config], [3], 150)
    company = generate(model(), ["la", "le", "le"], [config] * 3, [3, 3, 4], 150)
    assert company[1] == alone[0]
    assert company[2] != alone[0]
    assert len(alone[0]) == 150


def test_each_stream_keeps_to_its_filters() -> None:
    configs = [SamplingConfig(1.0), SamplingConfig(1.0, top_k=1), SamplingConfig(0)]
    texts = generate(model(), [""] * 3, configs, [8] * 3, 80)
    assert texts[1] == texts[2] != texts[0]


def test_a_distribution_is_what_is_drawn_from() -> None:
    config = SamplingConfig(0.7, top_p=0.8)
    probs = next_distribution(model().start(["le "])[0][0], config)
    counts = np.zeros(len(LETTERS))
    writer = Writer(model(), ["le "] * 3000, [config] * 3000, range(3000))
    np.add.at(counts, writer.choose(), 1)
    np.testing.assert_allclose(counts / 3000, probs, atol=0.03)
    assert counts[UNKNOWN] == 0


def test_choosing_by_hand() -> None:
    writer = Writer(AlphabetModel(), ["a"], [SamplingConfig(0)], [0])
    writer.push(LETTERS.encode("m"))
    writer.step()
    assert writer.texts == ["mn"]


def test_softmax_of_minus_infinity_is_zero() -> None:
    np.testing.assert_array_equal(softmax(np.array([-np.inf, 0, 0], np.float32)), [0, 0.5, 0.5])
    assert entropy_bits(np.array([0, 0.5, 0.5], np.float32)) == 1
    assert str(entropy_bits(np.array([1.0], np.float32))) == "0.0"


def test_top_k_comes_before_top_p() -> None:
    # The two that are kept have 4/7 and 3/7: the first alone reaches a half.
    logits = np.log(np.array([1e-9, 0.4, 0.3, 0.2, 0.1], np.float32))
    both = filtered_logits(logits, SamplingConfig(top_k=2, top_p=0.5))
    assert np.isfinite(both).tolist() == [False, True, False, False, False]


def test_what_reaches_p_exactly_is_enough() -> None:
    fair = np.zeros(3, np.float32)  # of which the first is unknown
    assert np.isfinite(filtered_logits(fair, SamplingConfig(top_p=0.5))).sum() == 1


@pytest.mark.parametrize("temperature", [0, 1])
def test_the_unknown_symbol_is_never_drawn_however_likely(temperature: float) -> None:
    class Lost(AlphabetModel):
        def step(self, ids: Ids, state: None) -> tuple[Array, None]:
            logits, state = super().step(ids, state)
            logits[:, UNKNOWN] = 50
            return logits, state

    text = generate(Lost(), ["a"], [SamplingConfig(temperature)], [1], 100)[0]
    assert LETTERS.decode([UNKNOWN]) not in text


def test_every_step_has_a_luck_of_its_own() -> None:
    # More steps than a block of noise holds.
    flat = generate(AlphabetModel(), ["a"], [SamplingConfig(10)], [6], 150)[0]
    noise = gumbel_noise(6, range(150), LETTERS.codepoints)
    last, expected = LETTERS.encode("a"), []
    for row in noise:
        logits = AlphabetModel().step(last, None)[0][0] / np.float32(10)
        logits[UNKNOWN] = -np.inf
        last = np.array([(logits + row).argmax()], np.int32)
        expected.append(int(last[0]))
    assert flat == LETTERS.decode(expected)


@pytest.mark.parametrize("before", [0, 3, NOISE_BLOCK, NOISE_BLOCK + 1])
def test_a_copy_goes_on_as_the_writer_would(before: int) -> None:
    settings = ["a", "b"], [SamplingConfig(1), SamplingConfig(2, top_k=3)], [5, 6]
    chars = before + NOISE_BLOCK + 1
    whole = generate(AlphabetModel(), *settings, chars)
    writer = Writer(AlphabetModel(), *settings)
    for _ in write(writer, before):
        pass
    for _ in range(2):  # neither changes the other, nor the one it was copied from
        other = writer.copy()
        write_with_logits(other, chars - before)
        assert other.texts == whole
        assert [len(text) for text in writer.texts] == [before, before]


def test_writing_reports_how_far_it_is_between_pieces_and_at_the_end() -> None:
    told = list[float]()
    texts = generate(AlphabetModel(), ["a"], [SamplingConfig(0)], [0], PIECE * 2 + 3, told.append)
    assert len(texts[0]) == PIECE * 2 + 3
    assert told == [PIECE / len(texts[0]), 2 * PIECE / len(texts[0]), 1.0]
    told.clear()
    writer = Writer(AlphabetModel(), ["a"], [SamplingConfig(0)], [0])
    logits, ids = write_with_logits(writer, PIECE, told.append)
    assert told == [1.0]
    np.testing.assert_array_equal(logits[:, 0].argmax(axis=-1), ids[:, 0])
