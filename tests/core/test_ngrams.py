"""The counted model against the formula written out, one string at a time."""

import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from moliere_core.config import SamplingConfig
from moliere_core.corpus import load_corpus, split
from moliere_core.errors import ConfigError, ModelError, TrainingError
from moliere_core.models import ngrams
from moliere_core.models.evaluation import score
from moliere_core.models.ngrams import FALLBACK_DISCOUNTS, Ints, NGramModel, estimate_discounts
from moliere_core.models.protocol import UNKNOWN_BITS, CharModel
from moliere_core.models.sampling import generate
from moliere_core.text.vocabulary import UNKNOWN, Vocabulary

TEXT = (
    "le bourgeois gentilhomme\nles femmes savantes\nles fourberies de scapin\n"
    "le malade imaginaire\nles précieuses ridicules\nl'école des femmes\nla critique\n"
) * 2 + "ah ! ah ! que la peste soit de l'avarice et des avaricieux !"
NOTHING = "\0"  # stands for the unknown symbol, and for what precedes the beginning


class Formula:
    """Modified Kneser-Ney as the paper has it, on dictionaries of strings."""

    def __init__(self, text: str, order: int, chars: str, min_count: int = 1) -> None:
        known = "".join(c if c in chars else NOTHING for c in "\n" + text)
        padded = NOTHING * order + known
        self.chars, self.order, self.min_count = chars, order, min_count
        self.read: list[Counter[str]] = []  # by length less one, occurrences
        for length in range(1, order + 1):
            ends = range(order + 1, len(padded))
            grams = (padded[end + 1 - length : end + 1] for end in ends)
            self.read.append(Counter(g for g in grams if g[-1] != NOTHING))
        self.counts = [Counter(g[1:] for g in longer) for longer in self.read[1:]]
        self.counts.append(self.read[-1])
        self.discounts = [
            estimate_discounts(np.array(list(c.values()), np.int64)) for c in self.counts
        ]

    def prob(self, char: str, context: str) -> float:
        """p(char | context); only the last `order - 1` characters of the context count."""
        context = (
            context[len(context) - self.order + 1 :] if len(context) >= self.order else context
        )
        context = context.split(NOTHING)[-1]
        return self._prob(char, context)

    def _prob(self, char: str, context: str) -> float:
        lower = self._prob(char, context[1:]) if context else 1 / len(self.chars)
        length = len(context)
        seen = {c: self.counts[length][context + c] for c in self.chars}
        total = sum(seen.values())
        if not total:
            return lower
        shares = {}
        for c, count in seen.items():
            if count and (not length or self.read[length][context + c] >= self.min_count):
                shares[c] = (count - self.discounts[length][min(count, 3) - 1]) / total
        if not shares:
            return lower
        return shares.get(char, 0.0) + (1 - sum(shares.values())) * lower


def distribution(model: NGramModel, context: str) -> NDArray[np.float64]:
    """Its probabilities after exactly this context, shape (vocab_size,)."""
    state = np.zeros((1, model.order - 1), np.int32)
    recent = model.vocabulary.encode(context)[::-1][: model.order - 1]
    state[0, : len(recent)] = recent
    return model.probabilities(state)[0]


@pytest.mark.parametrize("min_count", [1, 2, 3])
@pytest.mark.parametrize("order", [1, 2, 3, 5, 8])
def test_it_is_the_formula(order: int, min_count: int) -> None:
    model = NGramModel.train(TEXT, order, min_count=min_count)
    formula = Formula(TEXT, order, "".join(model.vocabulary.chars), min_count)
    for context in ["", "\n", "l", "les femmes ", "les fou", "zzz", "ah ! que l", "\nle ", "qz e"]:
        expected = [formula.prob(c, context) for c in model.vocabulary.chars]
        found = distribution(model, context)
        np.testing.assert_allclose(found[1:], expected, rtol=0, atol=1e-12)
        assert found[UNKNOWN] == 0
        assert found.sum() == pytest.approx(1, abs=1e-12)
    text = "le médecin malgré lui ! ah !"
    probs = [2.0**-UNKNOWN_BITS] * len(text)
    for i, char in enumerate(text):
        if char in model.vocabulary.index:
            before = "".join(c if c in model.vocabulary.index else NOTHING for c in text[:i])
            probs[i] = formula.prob(char, "\n" + before)
    np.testing.assert_allclose(model.surprisal(text), -np.log2(probs), rtol=0, atol=1e-11)


def test_rare_and_unseen_characters_follow_the_formula() -> None:
    # "x" is too rare for the alphabet; "k" is in it and was never read.
    text = "abcabdabxcabdaxbcab"
    model = NGramModel.train(text, 4, Vocabulary(tuple("\nabcdk")))
    formula = Formula(text, 4, "\nabcdk")
    for context in ["", "a", "ab", "cab", "xb", "k", "\na"]:
        expected = [formula.prob(c, context.replace("x", NOTHING)) for c in "\nabcdk"]
        np.testing.assert_allclose(distribution(model, context)[1:], expected, atol=1e-12)
    frequent = NGramModel.train(text, 4, min_char_freq=3)
    assert frequent.vocabulary.chars == tuple("abc")
    assert frequent.surprisal("axb")[1] == UNKNOWN_BITS


def test_large_alphabets_and_wide_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(1)
    text = "".join(map(chr, 0x4E00 + (generator.zipf(1.4, 3000) % 400)))
    model = NGramModel.train(text, 3)
    assert len(model.vocabulary) > 256
    formula = Formula(text, 3, "".join(model.vocabulary.chars))
    context = text[100:102]
    expected = [formula.prob(c, context) for c in model.vocabulary.chars]
    np.testing.assert_allclose(distribution(model, context)[1:], expected, atol=1e-12)
    assert ngrams.key_type(2**32) is np.int64
    monkeypatch.setattr(ngrams, "key_type", lambda limit: np.int64)
    wide = NGramModel.train(text, 3)
    np.testing.assert_array_equal(wide.surprisal(text), model.surprisal(text))
    np.testing.assert_array_equal(distribution(wide, context), distribution(model, context))


def test_discounts_are_those_of_the_paper() -> None:
    counts = np.repeat([1, 2, 3, 4, 9], [40, 20, 10, 6, 5])
    y = 40 / (40 + 2 * 20)
    expected = [1 - 2 * y * 20 / 40, 2 - 3 * y * 10 / 20, 3 - 4 * y * 6 / 10]
    np.testing.assert_allclose(estimate_discounts(counts), expected)
    # None was counted four times: what is counted three times loses all it has.
    without = estimate_discounts(np.repeat([1, 2, 3], [40, 20, 10]))
    np.testing.assert_allclose(without, [*expected[:2], 3])


@pytest.mark.parametrize(
    "counts",
    [[], [1, 1, 1], [1, 2, 2, 4], [5, 6, 7], [1, 1, *[2], *[3] * 9, 4], [1, 2, 3, 3]],
    ids=["none", "only-1", "no-3", "large", "negative", "zero"],
)
def test_discounts_fall_back_where_they_cannot_be_estimated(counts: list[int]) -> None:
    found = estimate_discounts(np.array(counts, np.int64))
    np.testing.assert_array_equal(found, FALLBACK_DISCOUNTS)


def test_the_protocol_is_the_chain_rule() -> None:
    model: CharModel = NGramModel.train(TEXT, 6)
    text = TEXT[20:80] + "É" + TEXT[10:30]
    bits = model.surprisal(text)
    logits, state = model.start(["", "unused"])
    for i, char in enumerate(text):
        target = model.vocabulary.encode(char)
        assert logits[0, UNKNOWN] == -np.inf
        assert np.exp(logits[0].astype(float)).sum() == pytest.approx(1, abs=1e-6)
        if target[0] == UNKNOWN:
            assert bits[i] == UNKNOWN_BITS
        else:
            assert bits[i] == pytest.approx(-logits[0, target[0]] / np.log(2), abs=1e-5)
        before = state.copy()
        logits, following = model.step(np.repeat(target, 2), state)
        np.testing.assert_array_equal(state, before)  # a state can be kept and returned to
        state = following
    assert logits.dtype == np.float32
    assert model.reference == "kn-6"


def test_start_reads_a_newline_then_the_normalised_prompt() -> None:
    model = NGramModel.train(TEXT, 4)
    logits, state = model.start(["le", "", "l\u2019é", "a" * 5000])
    stepped, _ = model.step(model.vocabulary.encode("e"), model.start(["l"])[1])
    np.testing.assert_array_equal(logits[0], stepped[0])
    np.testing.assert_array_equal(state[0], model.vocabulary.encode("el\n"))
    np.testing.assert_array_equal(state[1], [*model.vocabulary.encode("\n"), 0, 0])
    np.testing.assert_array_equal(state[2], model.vocabulary.encode("é'l"))
    assert model.start([])[0].shape == (0, len(model.vocabulary))


def test_the_beginning_of_the_text_is_not_recited() -> None:
    # Its first characters have nothing before them, as the first characters of a prompt.
    model = NGramModel.train("zut" + TEXT, 8)
    logits, _ = model.start([""])
    assert logits[0].argmax() == model.vocabulary.index["l"]


def test_a_lower_order_is_the_model_trained_at_that_order(tmp_path: Path) -> None:
    model = NGramModel.train(TEXT, 7, min_count=2)
    model.save(tmp_path / "kn.safetensors")
    for order in range(1, 8):
        trained = NGramModel.train(TEXT, order, min_count=2).surprisal(TEXT)
        lower = model.truncated(order)
        assert (lower.reference, lower.order) == (f"kn-{order}", order)
        np.testing.assert_array_equal(lower.surprisal(TEXT), trained)
        loaded = NGramModel.load(tmp_path / "kn.safetensors", order)
        np.testing.assert_array_equal(loaded.surprisal(TEXT), trained)
        lower.save(tmp_path / "lower.safetensors")
        again = NGramModel.load(tmp_path / "lower.safetensors")
        np.testing.assert_array_equal(again.surprisal(TEXT), trained)
        assert again.parameters == lower.parameters


def test_parameters_are_the_contexts_and_the_ngrams() -> None:
    model = NGramModel.train("abab", 2)
    # Contexts: none, \n, a, b. N-grams: a, b, \na, ab, ba. But "\n" is not in the alphabet.
    assert (model.contexts, model.ngrams, model.parameters) == (3, 4, 7)
    assert NGramModel.train("abab", 2, Vocabulary(tuple("\nab"))).parameters == 4 + 5


def test_pruning_shrinks_and_keeps_single_characters() -> None:
    whole, pruned = NGramModel.train(TEXT, 6), NGramModel.train(TEXT, 6, min_count=1000)
    assert pruned.ngrams == len(set(TEXT)) < whole.ngrams
    assert distribution(pruned, "les ").sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("order", [1, 2, 10])
@pytest.mark.parametrize("text", ["a", "ab", "aaaa", "\n", "a\nb"])
def test_short_texts(text: str, order: int, tmp_path: Path) -> None:
    model = NGramModel.train(text, order)
    model.save(tmp_path / "kn.safetensors")
    model = NGramModel.load(tmp_path / "kn.safetensors")
    formula = Formula(text, order, "".join(model.vocabulary.chars))
    for context in ["", "a", "ba", "aaaaaaaaaaaaa"]:
        known = "".join(c if c in model.vocabulary.index else NOTHING for c in context)
        expected = [formula.prob(c, known) for c in model.vocabulary.chars]
        np.testing.assert_allclose(distribution(model, context)[1:], expected, atol=1e-12)
    assert np.isfinite(model.surprisal(text + "É")).all()
    assert model.surprisal("").shape == (0,)


def test_scoring_in_pieces_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    model = NGramModel.train(TEXT, 5)
    whole = model.surprisal(TEXT)
    monkeypatch.setattr(ngrams, "SCORE_CHUNK", 7)
    reported: list[float] = []
    np.testing.assert_array_equal(model.surprisal(TEXT, reported.append), whole)
    assert reported == sorted(reported)
    assert reported[-1] == 1


def test_it_writes_what_it_read() -> None:
    model = NGramModel.train(TEXT, 8)
    greedy, config = SamplingConfig(temperature=0), SamplingConfig(temperature=1.5)
    configs = [greedy, config, config, config]
    most_likely, first, second, other = generate(
        model, ["les fourb"] * 4, configs, [1, 1, 1, 2], 60
    )
    assert most_likely.startswith("eries de scapin\n")
    assert first == second != other


def test_longer_contexts_predict_better_text() -> None:
    model = NGramModel.train(TEXT, 5)
    bits = [score(model.truncated(n), TEXT[:-60]).bits_per_char for n in range(1, 6)]
    assert bits == sorted(bits, reverse=True)


@pytest.mark.parametrize("order", [0, 11])
def test_an_order_out_of_range_is_refused(order: int, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="choose from 1 to 10"):
        NGramModel.train(TEXT, order)
    model = NGramModel.train(TEXT, 3)
    with pytest.raises(ConfigError, match="1 to 3"):
        model.truncated(order)
    model.save(tmp_path / "kn.safetensors")
    with pytest.raises(ConfigError, match="1 to 3"):
        NGramModel.load(tmp_path / "kn.safetensors", order)


def test_nothing_to_count_is_refused() -> None:
    with pytest.raises(ConfigError, match="min_count is 0"):
        NGramModel.train(TEXT, 3, min_count=0)
    with pytest.raises(TrainingError, match="none of the 0 characters"):
        NGramModel.train("", 3)
    with pytest.raises(TrainingError, match="none of the 3 characters"):
        NGramModel.train("abc", 3, min_char_freq=2)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kn.safetensors"
    with pytest.raises(ModelError, match="not an n-gram model"):
        NGramModel.load(path)
    path.write_bytes(b"not safetensors")
    with pytest.raises(ModelError, match="not an n-gram model"):
        NGramModel.load(path)
    save_file({"embedding": np.zeros(3)}, path)
    with pytest.raises(ModelError, match="format"):
        NGramModel.load(path)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("1.sizes", lambda a: a[1:]),
        ("1.sizes", lambda a: a * 0),
        ("1.children", lambda a: a + 1),
        ("1.occurrences", lambda a: a[:-1]),
        ("0.continuations", lambda a: a.astype(np.float32)),
        ("1.nexts", lambda a: a + 100),
        ("1.nexts", lambda a: a[::-1].copy()),
        ("1.nexts", lambda a: np.concatenate([a[:1] * 0, a[1:]])),
        ("1.nexts", None),
    ],
)
def test_a_damaged_file_is_refused(name: str, values: object, tmp_path: Path) -> None:
    path = tmp_path / "kn.safetensors"
    model = NGramModel.train(TEXT, 3)
    model.save(path)
    tensors: dict[str, Ints] = load_file(path)
    if callable(values):
        tensors[name] = values(tensors[name])
    else:
        del tensors[name]
    chars = '["' + '","'.join(model.vocabulary.chars).replace("\n", "\\n") + '"]'
    save_file(tensors, path, {"format": ngrams.FORMAT, "chars": chars})
    with pytest.raises(ModelError, match="not an n-gram model"):
        NGramModel.load(path)


CORPUS = os.environ.get("MOLIERE_CORPUS", "")
REFERENCE = {
    1: 4.553,
    2: 3.275,
    3: 2.622,
    4: 2.153,
    5: 1.918,
    6: 1.822,
    8: 1.769,
    10: 1.767,
}


@pytest.mark.slow
@pytest.mark.skipif(
    not Path(CORPUS).is_file(),
    reason="MOLIERE_CORPUS does not name the CSV of the thirty plays that the values come from",
)
def test_reference_values_on_held_out_plays() -> None:
    texts = split(load_corpus(CORPUS), [], ["ecole-des-maris", "medecin-malgre-lui"])
    assert texts.held_out == "plays"
    model = NGramModel.train(texts.train_text, 10)
    for order, expected in REFERENCE.items():
        measured = score(model.truncated(order), texts.validation_text)
        assert measured.bits_per_char == pytest.approx(expected, abs=0.002)
