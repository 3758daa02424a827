"""The bridge on tiny models of torch and transformers, where they are installed."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moliere_core import pretrained
from moliere_core.config import SamplingConfig
from moliere_core.errors import ModelError
from moliere_core.pretrained import client
from moliere_core.pretrained.beam import CharacterBridge

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
tokenizers = pytest.importorskip("tokenizers")
faster = pytest.importorskip("moliere_core.pretrained.faster")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

TEXT = "Mon frère, s'il vous plaît, ne discourons point tant ; le cœur a ses raisons.\n"
END = "<|endoftext|>"


def make(folder: Path, missing: int = 0, kind: str = "gpt2") -> Path:
    """A byte-level tokenizer of some 300 tokens and a network that nobody trained."""
    folder.mkdir(parents=True)
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=[END],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([TEXT] * 2, trainer)
    tokenizer.save(str(folder / "tokenizer.json"))
    rows = tokenizer.get_vocab_size() - missing
    settings = {"tokenizer_class": "GPT2Tokenizer", "bos_token": END, "eos_token": END}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    torch.manual_seed(0)
    if kind == "gpt2":
        config = transformers.GPT2Config(
            vocab_size=rows,
            n_positions=64,
            n_embd=16,
            n_layer=2,
            n_head=2,
            bos_token_id=0,
            eos_token_id=0,
            initializer_range=0.5,
        )
        network = transformers.GPT2LMHeadModel(config)
    else:
        config = transformers.LlamaConfig(
            vocab_size=rows,
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            max_position_embeddings=64,
            bos_token_id=0,
            eos_token_id=0,
            initializer_range=0.5,
        )
        network = transformers.LlamaForCausalLM(config)
    network.save_pretrained(folder)
    return folder


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(name="model", scope="module")
def _model(folder: Path) -> Any:
    from moliere_core.pretrained.causal import LanguageModel

    return LanguageModel("hf:tiny", folder, "float32")


def last(events: Any) -> dict[str, Any]:
    found = list(events)
    assert found[-1]["event"] == "done"
    return found[-1]


def written(events: Any) -> str:
    return "".join(piece[0] for event in events for piece in event.get("pieces", []))


def test_the_bytes_of_the_tokens_are_those_of_the_text(model: Any) -> None:
    ids = model.encode(TEXT)
    assert model.vocabulary.decode(ids) == TEXT
    assert len(ids) < len(TEXT.encode())
    assert model.vocabulary.ends.tolist() == [0]
    # Written by hand, the mark of the end is letters.
    assert model.vocabulary.decode(model.encode(END)) == END
    assert 0 not in model.encode(END)


def test_the_last_word_begins_where_the_tokenizer_cuts(model: Any) -> None:
    assert [TEXT[:n][model.anchor(TEXT[:n]) :] for n in (3, 4, 9, 11)] == [
        "Mon",
        " ",
        " frère",
        " ",
    ]
    assert model.anchor("") == 0


def test_what_is_remembered_of_a_context_changes_nothing(model: Any) -> None:
    from moliere_core.pretrained.causal import LanguageModel

    ids = tuple([*model.begin, *model.encode(TEXT)])
    for end in (4, 9, 7, len(ids), 8):
        [[found]] = model.probs([ids[:end]])
        with torch.inference_mode():
            logits = model.network(input_ids=torch.tensor([ids[:end]])).logits[0, -1]
        expected = torch.softmax(logits, -1).numpy()
        np.testing.assert_allclose(found, expected, atol=1e-6)
    assert isinstance(model, LanguageModel)
    assert model._remembers
    assert model._longest(ids[:9])[0] == 8


def test_contexts_read_together_are_those_read_one_by_one(model: Any) -> None:
    ids = tuple([*model.begin, *model.encode(TEXT)])
    # Alike in length or not, more than fit at once, one twice the other's beginning.
    contexts = [(*ids[:6], token) for token in range(40, 52)] + [ids[:5], ids[:9], ids[:12]]
    for last in (1, 3):
        found = model.probs(contexts, last)
        for context, rows in zip(contexts, found, strict=True):
            with torch.inference_mode():
                logits = model.network(input_ids=torch.tensor([context])).logits[0, -last:]
            np.testing.assert_allclose(rows, torch.softmax(logits, -1).numpy(), atol=1e-6)


def test_a_text_of_many_contexts_takes_few_forwards(
    model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, sizes = model.forward_rows, []

    def counted(rows: Any, past: Any, keep: int) -> Any:
        sizes.append((len(rows), len(rows[0])))
        return plain(rows, past, keep)

    monkeypatch.setattr(model, "forward_rows", counted)
    text = TEXT[:40]
    ids = [*model.begin, *model.encode(text)]
    bridge = CharacterBridge(model, prune=0.5)  # the canonical cover alone
    monkeypatch.setattr(model, "_pasts", type(model._pasts)())
    bridge.characters(text)
    assert sizes[0] == (1, len(ids) + 1)  # the text, its last word, and half of an é
    assert all(count == 2 for _, count in sizes[1:])  # a token, and half of an é


def test_the_faster_network_is_the_network(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faster, "PACKED_SIZE", 0)
    from moliere_core.pretrained.causal import LanguageModel

    model = LanguageModel("hf:tiny", folder, "float32")
    plain = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    names = {type(layer).__name__ for layer in model.network.modules()}
    assert "NewGELUActivation" not in names
    if faster._packs():
        assert "PackedLinear" in names
        assert "Conv1D" not in names
    ids = torch.tensor([model.encode(TEXT)])
    for size in (1, 2, 3, 5, ids.shape[1]):
        with torch.inference_mode():
            found, expected = (n(ids[:, :size]).logits for n in (model.network, plain.eval()))
        np.testing.assert_allclose(found, expected, atol=2e-5)


def test_few_tokens_are_read_with_half_of_the_threads(
    model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, seen, plain = torch.get_num_threads(), [], model.network.forward

    def spy(*args: Any, **keywords: Any) -> Any:
        seen.append(torch.get_num_threads())
        return plain(*args, **keywords)

    monkeypatch.setattr(model.network, "forward", spy)
    torch.set_num_threads(2)
    try:
        model.forward([3] * 8, [])
        model.forward([3] * 9, [])
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(usual)
    assert seen == [1, 2]


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 7, 20])
def test_faster_layers_give_what_the_plain_ones_give(rows: int) -> None:
    plain = torch.nn.Linear(24, 40)
    states = torch.randn(rows, 24)
    batches = states.reshape(rows, 1, 24)
    tall = torch.nn.Linear(24, 40, bias=False)
    tall.__class__ = faster.TallLinear
    with torch.inference_mode():
        expected = states @ tall.weight.t()
        np.testing.assert_allclose(tall(batches)[:, 0], expected, atol=1e-5)
        if faster._packs():
            for bias in (plain.bias, None):
                packed = faster.PackedLinear(plain.weight, bias)
                expected = torch.nn.functional.linear(states, plain.weight, bias)
                np.testing.assert_allclose(packed(states), expected, atol=1e-5)
                np.testing.assert_allclose(packed(batches)[:, 0], expected, atol=1e-5)


def test_without_the_operations_the_network_stays_as_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faster, "_packs", lambda: False)
    plain = transformers.AutoModelForCausalLM.from_pretrained(folder)
    before = [type(layer) for layer in plain.modules()]
    faster.pack(plain)
    assert [type(layer) for layer in plain.modules()] == before


def test_characters_add_up_and_do_not_depend_on_the_way(model: Any) -> None:
    for end in range(0, 30, 3):
        found = model.bridge.characters(TEXT[:end])
        assert sum(found.probs.values()) + found.end + found.unresolved == pytest.approx(1)
        fresh = CharacterBridge(model).characters(TEXT[:end])
        assert fresh.probs == pytest.approx(found.probs, abs=1e-5)  # of float32, in two orders


def test_a_narrow_beam_is_near_a_wide_one(model: Any) -> None:
    narrow = model.bridge.characters("Mon frère, s'il v")
    wide = CharacterBridge(model, width=64, prune=1e-9).characters("Mon frère, s'il v")
    distance = sum(abs(p - wide.probs.get(c, 0)) for c, p in narrow.probs.items()) / 2
    assert distance < 0.02


def test_texts_are_repeated_by_their_seed_and_streamed(model: Any) -> None:
    from moliere_core.pretrained.causal import generate

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


def test_greedy_is_the_networks_own_choice(model: Any) -> None:
    from moliere_core.pretrained.causal import generate

    request = {"prompt": "", "chars": 12, "seed": 1, "temperature": 0.0, "top_k": 0, "top_p": 1.0}
    events = list(generate(model, request))
    with torch.inference_mode():
        ids = model.network.generate(
            torch.tensor([model.begin]),
            attention_mask=torch.ones(1, len(model.begin), dtype=torch.long),
            max_new_tokens=events[-1]["tokens"],
            do_sample=False,
            pad_token_id=0,
        )[0, len(model.begin) :]
    expected = model.vocabulary.decode([int(i) for i in ids])
    assert expected.startswith(written(events))


def test_an_unfinished_word_is_finished_by_its_own_token(model: Any) -> None:
    from moliere_core.pretrained.causal import generate

    request = {"chars": 9, "seed": 1, "temperature": 0.0, "top_k": 0, "top_p": 1.0}
    [first, *rest] = generate(model, request | {"prompt": "Mon frère, "})
    prompt = "".join(text for text, _ in first["prompt"])
    assert prompt == "Mon frère, "
    read = model.bridge.beam(prompt).hypotheses[0]
    assert bool(read.depth) == (first["prompt"][-1][1] == 0)
    assert rest


def test_a_text_longer_than_the_context_goes_on(model: Any) -> None:
    read = model.read(TEXT[:30])
    tokens = list(islice(model.write(read, SamplingConfig(), 3), 3 * model.context))
    assert len(set(tokens)) > 20
    assert not set(tokens) & set(np.flatnonzero(model._silent))


def test_bits_are_the_networks_own(model: Any) -> None:
    from moliere_core.pretrained.causal import score, windows

    done = last(score(model, {"text": TEXT[:30], "context": ""}))
    ids = [*model.begin, *model.encode(TEXT[:30])]
    with torch.inference_mode():
        logits = model.network(input_ids=torch.tensor([ids[:-1]])).logits[0]
    losses = torch.nn.functional.cross_entropy(logits, torch.tensor(ids[1:]), reduction="sum")
    assert sum(done["bits"]) == pytest.approx(float(losses) / np.log(2), rel=1e-5)
    assert (len(done["bits"]), done["tokens"]) == (30, len(ids) - 1)
    # Longer than a window: each token once, and those of the first window as alone.
    long = model.encode(TEXT * 6)
    found = list(windows(model, long))
    assert [begin for begin, _ in found] == np.cumsum([0, *[len(b) for _, b in found]])[
        :-1
    ].tolist()
    assert sum(len(bits) for _, bits in found) == len(long)
    np.testing.assert_allclose(found[0][1], next(windows(model, long[:64]))[1], atol=1e-5)


def test_the_context_of_a_score_is_read_and_not_scored(model: Any) -> None:
    from moliere_core.pretrained.causal import score

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


def test_a_context_that_ends_with_a_space_leaves_the_word_its_own_token(model: Any) -> None:
    from moliere_core.pretrained.causal import score

    whole = last(score(model, {"text": "Mon frère", "context": ""}))["bits"]
    end = last(score(model, {"text": "frère", "context": "Mon "}))
    assert sum(end["bits"]) == pytest.approx(sum(whole[3:]), abs=1e-3)
    assert len(end["bits"]) == 5
    assert end["tokens"] == len(model.encode("Mon frère")) - len(model.encode("Mon"))


def test_a_text_past_the_context_is_one_sentence(model: Any) -> None:
    with pytest.raises(ModelError, match="hf:tiny reads 64 of them here: shorten it"):
        model.read(TEXT * 5)


def test_half_precision_comes_close(folder: Path, model: Any) -> None:
    from moliere_core.pretrained.causal import LanguageModel

    half = LanguageModel("hf:tiny", folder, "bfloat16")
    context = (*model.begin, *model.encode("Mon"))
    np.testing.assert_allclose(half.probs([context]), model.probs([context]), atol=0.02)


def test_other_architectures_follow_the_same_path(tmp_path: Path) -> None:
    from moliere_core.pretrained.causal import LanguageModel

    llama = LanguageModel("hf:llama", make(tmp_path / "llama", kind="llama"), "float32")
    found = llama.bridge.characters("Mon")
    assert sum(found.probs.values()) + found.end + found.unresolved == pytest.approx(1)


def failure(folder: Path) -> str:
    from moliere_core.pretrained.causal import LanguageModel

    with pytest.raises(ModelError) as caught:
        LanguageModel("hf:x", folder, "float32")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_files_that_do_not_belong_together(tmp_path: Path) -> None:
    assert "do not belong together" in failure(make(tmp_path / "a", missing=9))
    damaged = make(tmp_path / "b") / "model.safetensors"
    damaged.write_bytes(damaged.read_bytes()[:2000])
    assert "cannot be read" in failure(damaged.parent)


def test_an_architecture_that_is_not_causal(tmp_path: Path) -> None:
    folder = make(tmp_path / "a")
    config = json.loads((folder / "config.json").read_text())
    config |= {"architectures": ["ViTModel"], "model_type": "vit"}
    (folder / "config.json").write_text(json.dumps(config))
    assert "does not write from left to right" in failure(folder)


def test_weights_that_lack_a_matrix(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = make(tmp_path / "a")
    weights = load_file(folder / "model.safetensors")
    weights = {name: w for name, w in weights.items() if "h.1.mlp" not in name}
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    assert "are not whole" in failure(folder)


def test_the_real_worker_answers(
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
    finally:
        client.close()


def test_attention_looks_back_and_sums_to_one(model: Any) -> None:
    from moliere_core.pretrained.causal import attention

    found = last(attention(model, {"text": TEXT[:40]}))
    weights = np.array(found["weights"])
    tokens = len(model.read(TEXT[:40]))
    assert weights.shape == (2, tokens, tokens)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-3)
    assert np.triu(weights, 1).max() == 0
    assert "".join(piece for piece, _ in found["pieces"]) == "\n" + TEXT[:40]
    [before] = model.probs([tuple(model.read("Mon"))])
    assert np.isfinite(before).all()  # the usual attention is back
