"""A language model on a small GPT-2 of NumPy's; no framework."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from moliere_core import pretrained
from moliere_core.config import SamplingConfig
from moliere_core.errors import ModelError
from moliere_core.networks.arrays import Array, softmax
from moliere_core.networks.transformer import TransformerConfig, TransformerNetwork
from moliere_core.pretrained import client, language
from moliere_core.pretrained.beam import CharacterBeam
from moliere_core.pretrained.language import LanguageModel
from moliere_core.pretrained.operations import attention, generate, opened, score
from moliere_core.pretrained.results import Attention
from tests.gpts import CONFIG, END, TEXT, write_gpt2


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gpt2(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(name="model", scope="module")
def _model(folder: Path) -> LanguageModel:
    return opened("hf:tiny", folder)


@pytest.fixture(name="network", scope="module")
def _network(folder: Path) -> TransformerNetwork:
    """The same, without anything around it."""
    config = TransformerConfig.of(CONFIG)
    assert config is not None
    return TransformerNetwork(load_file(folder / "model.safetensors"), config)


def expected_probs(network: TransformerNetwork, ids: Any, keep: int = 1) -> Array:
    stream, _ = network.run(np.array([ids]))
    return softmax(network.logits(stream)[0, -keep:])


def last(events: Any) -> dict[str, Any]:
    found = list(events)
    assert found[-1]["event"] == "done"
    return found[-1]


def written(events: Any) -> str:
    return "".join(piece[0] for event in events for piece in event.get("pieces", []))


def test_the_bytes_of_the_tokens_are_those_of_the_text(model: LanguageModel) -> None:
    ids = model.encode(TEXT)
    assert model.vocabulary.decode(ids) == TEXT
    assert len(ids) < len(TEXT.encode())
    assert model.vocabulary.ends.tolist() == [0]
    # Written by hand, the mark of the end is letters.
    assert model.vocabulary.decode(model.encode(END)) == END
    assert 0 not in model.encode(END)


def test_what_is_remembered_of_a_context_changes_nothing(
    model: LanguageModel, network: TransformerNetwork
) -> None:
    ids = tuple([*model.begin, *model.encode(TEXT)])
    for end in (4, 9, 7, len(ids), 8):
        [[found]] = model.probs([ids[:end]])
        np.testing.assert_allclose(found, expected_probs(network, ids[:end])[0], atol=1e-6)


def test_contexts_read_together_are_those_read_one_by_one(
    model: LanguageModel, network: TransformerNetwork
) -> None:
    ids = tuple([*model.begin, *model.encode(TEXT)])
    # Alike in length or not, more than fit at once, one twice the other's beginning.
    contexts = [(*ids[:6], token) for token in range(40, 52)] + [ids[:5], ids[:9], ids[:12]]
    for last in (1, 3):
        found = model.probs(contexts, last)
        for context, rows in zip(contexts, found, strict=True):
            np.testing.assert_allclose(rows, expected_probs(network, context, last), atol=1e-6)


def test_a_context_that_outgrows_the_network_loses_its_beginning(model: LanguageModel) -> None:
    ids = [*model.begin, *(7 for _ in range(70))]
    [[found]] = model.probs([tuple(ids)])
    [[expected]] = model.probs([(*model.begin, *ids[-63:])])
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_text_of_many_contexts_takes_few_forwards(
    model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = LanguageModel(model.reference, model.network, model.tokenizer)  # remembers nothing
    plain, sizes = model.forward, []

    def counted(rows: Any, past: Any, keep: int = 1) -> Any:
        sizes.append((len(rows), len(rows[0])))
        return plain(rows, past, keep)

    monkeypatch.setattr(model, "forward", counted)
    text = TEXT[:40]
    ids = [*model.begin, *model.encode(text)]
    predictor = CharacterBeam(model, prune=0.5)  # the canonical cover alone
    predictor.characters(text)
    assert sizes[0] == (1, len(ids) + 1)  # the text, its last word, and half of an é
    assert all(count == 2 for _, count in sizes[1:])  # a token, and half of an é


def test_characters_add_up_and_do_not_depend_on_the_way(model: LanguageModel) -> None:
    for end in range(0, 30, 3):
        found = model.beam.characters(TEXT[:end])
        assert sum(found.probs.values()) + found.end + found.unresolved == pytest.approx(1)
        fresh = CharacterBeam(model).characters(TEXT[:end])
        assert fresh.probs == pytest.approx(found.probs, abs=1e-5)  # of float32, in two orders


def test_a_narrow_beam_is_near_a_wide_one(model: LanguageModel) -> None:
    narrow = model.beam.characters("Mon frère, s'il v")
    wide = CharacterBeam(model, width=64, prune=1e-9).characters("Mon frère, s'il v")
    distance = sum(abs(p - wide.probs.get(c, 0)) for c, p in narrow.probs.items()) / 2
    assert distance < 0.02


def test_texts_are_repeated_by_their_seed_and_streamed(model: LanguageModel) -> None:
    request = {"prompt": "Mon frère, ", "chars": 60, "seed": 1, "temperature": 1.0}
    request |= {"top_k": 0, "top_p": 1.0}
    texts = {seed: written(generate(model, request | {"seed": seed})) for seed in (1, 2)}
    assert len(texts[1]) <= 60
    assert texts[1] != texts[2]
    assert written(generate(model, request)) == texts[1]
    greedy = request | {"temperature": 0.0}
    assert written(generate(model, greedy)) == written(generate(model, greedy | {"seed": 9}))
    one = written(generate(model, request | {"top_k": 1}))
    assert one == written(generate(model, greedy))
    assert one == written(generate(model, request | {"top_p": 1e-6}))


def test_greedy_is_the_networks_own_choice(
    model: LanguageModel, network: TransformerNetwork
) -> None:
    request = {"prompt": "", "chars": 12, "seed": 1, "temperature": 0.0, "top_k": 0, "top_p": 1.0}
    ids = list(model.begin)
    while len(model.vocabulary.decode(ids[len(model.begin) :])) < 12:
        ids.append(int(expected_probs(network, ids)[0].argmax()))
    expected = model.vocabulary.decode(ids[len(model.begin) :])
    assert expected.startswith(written(generate(model, request)))


def test_an_unfinished_word_is_finished_by_its_own_token(model: LanguageModel) -> None:
    request = {"chars": 9, "seed": 1, "temperature": 0.0, "top_k": 0, "top_p": 1.0}
    [first, *rest] = generate(model, request | {"prompt": "Mon frère, "})
    prompt = "".join(text for text, _ in first["prompt"])
    assert prompt == "Mon frère, "
    read = model.beam.read(prompt).hypotheses[0]
    assert bool(read.depth) == (first["prompt"][-1][1] == 0)
    assert rest


def test_a_text_longer_than_the_context_goes_on(model: LanguageModel) -> None:
    read = model.read(TEXT[:30])
    tokens = list(islice(model.write(read, SamplingConfig(), 3), 3 * model.context))
    assert len(set(tokens)) > 20
    assert all(model.vocabulary.tokens[i] or i in model.vocabulary.ends for i in tokens)


def test_a_prompt_that_fits_in_its_canonical_tokens_alone_is_written_on(
    model: LanguageModel,
) -> None:
    ids = [*model.begin, *(model.encode("a") * model.trained_context)]
    assert len(list(islice(model.write(ids, SamplingConfig(0.0), 0), 3))) == 3
    end = [*model.begin, *ids[len(ids) - model.trained_context + len(model.begin) :]]
    assert len(end) == model.trained_context
    assert next(model.write(ids, SamplingConfig(0.0), 0)) == next(
        model.write(end, SamplingConfig(0.0), 0)
    )


def test_bits_are_the_networks_own(model: LanguageModel, network: TransformerNetwork) -> None:
    done = last(score(model, {"text": TEXT[:30], "context": ""}))
    ids = [*model.begin, *model.encode(TEXT[:30])]
    probs = expected_probs(network, ids[:-1], len(ids) - 1)
    expected = -np.log2(probs[np.arange(len(ids) - 1), ids[1:]])
    assert sum(done["bits"]) == pytest.approx(float(expected.sum()), rel=1e-5)
    assert (len(done["bits"]), done["tokens"]) == (30, len(ids) - 1)


@pytest.mark.parametrize("at_once", [1, 5, 1000])
def test_a_long_text_is_scored_in_windows_each_token_once(
    at_once: int,
    model: LanguageModel,
    network: TransformerNetwork,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(language, "SCORE_TOKENS", at_once)
    ids = model.encode(TEXT * 6)
    found = [(begin, bits) for begin, bits in model.bits(ids) if len(bits)]
    begins = np.cumsum([0, *(len(bits) for _, bits in found)])
    assert [begin for begin, _ in found] == begins[:-1].tolist()
    assert begins[-1] == len(ids)
    assert max(len(bits) for _, bits in found) <= at_once
    bits = np.concatenate([bits for _, bits in found])
    # The first window is read from the beginning, the second from half of it on.
    for start, first, stop in ((0, 0, 64), (32, 64, 96)):
        read = [*model.begin, *ids[start : stop - 1]]
        probs = expected_probs(network, read, stop - first)
        expected = -np.log2(probs[np.arange(stop - first), ids[first:stop]])
        np.testing.assert_allclose(bits[first:stop], expected, atol=1e-4)


def test_a_network_that_cannot_go_on_is_given_the_whole_window(
    folder: Path, model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgetful = opened("hf:tiny", folder)
    plain = forgetful.network.forward
    monkeypatch.setattr(
        forgetful.network, "forward", lambda rows, past, keep=1: (plain(rows, (), keep)[0], ())
    )
    monkeypatch.setattr(language, "SCORE_TOKENS", 5)
    ids = model.encode(TEXT * 3)
    expected = np.concatenate([bits for _, bits in model.bits(ids)])
    found = np.concatenate([bits for _, bits in forgetful.bits(ids)])
    np.testing.assert_allclose(found, expected, atol=1e-4)
    context = tuple([*model.begin, *ids[:9]])
    np.testing.assert_allclose(forgetful.probs([context]), model.probs([context]), atol=1e-6)
    one, other = (islice(m.write([0, 1], SamplingConfig(), 3), 40) for m in (forgetful, model))
    assert list(one) == list(other)


def test_the_context_of_a_score_is_read_and_not_scored(model: LanguageModel) -> None:
    whole = last(score(model, {"text": "Mon frère", "context": ""}))["bits"]
    end = last(score(model, {"text": " frère", "context": "Mon"}))["bits"]
    np.testing.assert_allclose(end, whole[3:], atol=1e-4)
    far = last(score(model, {"text": " frère", "context": TEXT * 4}))["bits"]
    assert len(far) == 6
    assert min(far) > 0
    # A text longer than all of its windows, after a context that is, too.
    long = last(score(model, {"text": " frère" * 400, "context": TEXT * 4}))["bits"]
    np.testing.assert_allclose(long[:6], far, atol=1e-4)
    assert min(long) > 0


def test_a_context_that_ends_with_a_space_leaves_the_word_its_own_token(
    model: LanguageModel,
) -> None:
    whole = last(score(model, {"text": "Mon frère", "context": ""}))["bits"]
    end = last(score(model, {"text": "frère", "context": "Mon "}))
    assert sum(end["bits"]) == pytest.approx(sum(whole[3:]), abs=1e-3)
    assert len(end["bits"]) == 5
    assert end["tokens"] == len(model.encode("Mon frère")) - len(model.encode("Mon"))


def test_a_text_past_the_context_is_one_sentence(model: LanguageModel) -> None:
    with pytest.raises(ModelError, match="hf:tiny reads 64 of them here: shorten it"):
        model.read(TEXT * 5)


@pytest.mark.parametrize("value", [np.nan, 1e30])
def test_answers_that_are_no_numbers_are_one_sentence(
    value: float, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = opened("hf:tiny", folder)
    plain = model.network.forward

    def ill(rows: Any, past: Any, keep: int = 1) -> Any:
        logits, past = plain(rows, past, keep)
        with np.errstate(over="ignore", invalid="ignore"):
            logits[..., 3] = np.float32(value) * np.float32(value) * 0  # NaN, both ways
        return logits, past

    monkeypatch.setattr(model.network, "forward", ill)
    with pytest.raises(ModelError, match="hf:tiny answers with values that are not numbers"):
        model.beam.characters("Mon")


def failure(folder: Path) -> str:
    with pytest.raises(ModelError) as caught:
        opened("hf:x", folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_files_that_do_not_belong_together(tmp_path: Path) -> None:
    assert "do not belong together" in failure(write_gpt2(tmp_path / "a", missing=9))
    damaged = write_gpt2(tmp_path / "b") / "model.safetensors"
    damaged.write_bytes(damaged.read_bytes()[:2000])
    assert "hf:x" in failure(damaged.parent)


def test_weights_that_lack_a_matrix(tmp_path: Path) -> None:
    folder = write_gpt2(tmp_path / "a")
    weights = load_file(folder / "model.safetensors")
    weights = {name: w for name, w in weights.items() if "h.1.mlp" not in name}
    save_file(weights, folder / "model.safetensors")
    assert "these weights lack h.1.mlp.c_fc.weight" in failure(folder)


def test_the_real_worker_answers_without_a_framework(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    root = tmp_path / "hub" / "models--tiny"
    (root / "snapshots").mkdir(parents=True)
    (root / "snapshots" / "0123").symlink_to(folder)
    (root / "refs").mkdir()
    (root / "refs" / "main").write_text("0123")
    try:
        text = pretrained.generate("hf:tiny", "Mon ", SamplingConfig(0.8), 1, 20).result(300)
        assert 0 < len(text.text) <= 20
        assert text.tokens_per_second > 0
        following = pretrained.next_chars("hf:tiny", "Mon ", "abc").result(60)
        assert following.probs.sum() + sum(following.extra.values()) == pytest.approx(1)
        scored = pretrained.score("hf:tiny", TEXT).result(60)
        assert scored.chars == len(TEXT)
        assert 1 < scored.bits_per_char < 30
        looked = pretrained.attention("mini-gpt", "Mon frère").result(60)
        assert looked.heads.shape[:2] == (4, 3)
        assert "".join(looked.tokens) == "\nMon frère"
        step = pretrained.attention_step("mini-gpt", "Mon frère", 2, 3, 1).result(60)
        assert step.found is not None
        np.testing.assert_allclose(step.found.weights, looked.heads[3, 1, 2], atol=1e-4)
        lens = pretrained.guesses("mini-gpt", "Mon frère", 1).result(60)
        assert lens.found is not None
        assert lens.found.probs.shape == (5, 5)
        assert set(lens.others) == set(lens.found.symbols.ravel().tolist())
        pid = client.shared().pid
        maps = Path(f"/proc/{pid}/maps")
        assert not maps.is_file() or "libtorch" not in maps.read_text()
    finally:
        client.close()


def test_attention_looks_back_and_sums_to_one(model: LanguageModel) -> None:
    found = last(attention(model, {"text": TEXT[:40]}))
    looked = Attention.of(found)
    ids = model.read(TEXT[:40])
    assert looked.heads.shape == (2, 2, len(ids), len(ids))
    np.testing.assert_allclose(looked.heads, model.network.attention(ids), atol=1e-5)
    np.testing.assert_allclose(looked.layers, looked.heads.mean(axis=1), atol=1e-6)
    np.testing.assert_allclose(looked.heads.sum(axis=-1), 1, atol=1e-3)
    assert np.triu(looked.heads, 1).max() == 0
    assert len(looked.tokens) == len(ids)
    assert "".join(looked.tokens) == "\n" + TEXT[:40]
