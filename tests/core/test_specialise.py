"""GPTs that are continued on another text: what is trained, what is stored, and who does it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moliere_core import pretrained
from moliere_core.cli.main import main
from moliere_core.corpus import Split
from moliere_core.errors import ConfigError, CorpusError, ModelError
from moliere_core.networks.transformer import TransformerConfig, TransformerNetwork
from moliere_core.networks.transformer_gradients import transformer_weights
from moliere_core.pretrained import catalogue
from moliere_core.pretrained.language import LanguageModel
from moliere_core.pretrained.operations import opened
from moliere_core.runs.ownership import Owner
from moliere_core.training.memory import OldText
from moliere_core.training.specialise import client, estimate, stored, worker
from moliere_core.training.specialise.client import Request
from moliere_core.training.specialise.loop import Point, Settings, own_text, specialise
from moliere_core.training.specialise.methods import METHODS, LoRA, suited
from tests.gpts import random_gpt2, write_gpt2

LINES = "Mon frère, le cœur a ses raisons ; ne discourons point tant, s'il vous plaît.\n" * 6
OLD = OldText("plays", "Vous plaît-il, monsieur, de me donner un peu de raison ?\n")
QUICK = Settings("lora", 2, 1e-2)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path / "home"))
    yield tmp_path
    client.close()


@pytest.fixture
def folder(home: Path) -> str:
    """A small GPT-2 that nobody trained, by its path."""
    path = str(write_gpt2(home / "made"))
    assert catalogue.open_folder(path)
    return path


def model_of(folder: str) -> LanguageModel:
    model = opened(folder, Path(folder))
    small = {n: 0.2 * w for n, w in transformer_weights(model.transformer).items()}
    model.network.transformer = TransformerNetwork(  # type: ignore[attr-defined]  # in NumPy
        {**small, **{n: w for n, w in random_gpt2(1).items() if ".ln_" in n or "ln_f" in n}},
        model.transformer.config,
    )
    return model


@pytest.mark.parametrize("method", sorted(METHODS))
def test_the_new_text_becomes_cheaper(folder: str, method: str) -> None:
    model = model_of(folder)
    before = transformer_weights(model.transformer)
    points = list(specialise(model, LINES, LINES[:80], OLD, Settings(method, 6, 3e-2)))
    measured = [p for p in points if p.new is not None]
    first, last = measured[0], measured[-1]
    assert (first.update, first.left, first.loss) == (0, None, None)
    assert last.update == last.updates == points[-1].update == len(points) - 1
    assert (last.new or 9) < (first.new or 0) - 0.15
    assert last.old != first.old
    assert last.left == 0
    after = transformer_weights(model.transformer)
    moved = {name for name in before if not np.array_equal(before[name], after[name])}
    if method == "block":
        assert moved == {n for n in before if n.startswith(("h.1.", "ln_f."))}
    else:
        kept = {n for n in before if n.startswith(("w", "ln_f.")) or ".ln_" in n or "bias" in n}
        assert moved == before.keys() - kept


def test_a_change_of_low_rank_begins_as_nothing_and_has_the_slopes_of_what_it_makes() -> None:
    network = TransformerNetwork(random_gpt2(9), TransformerConfig(2))
    method = LoRA(network, seed=1)
    for name, weights in method.weights(method.parameters).items():
        np.testing.assert_array_equal(weights, method.before[name])
    random = np.random.default_rng(0)
    some = {n: random.standard_normal(w.shape, np.float32) for n, w in method.parameters.items()}
    # Of a loss that is a weighted sum of all weights: its gradient by them is those numbers.
    by_weight = {n: random.standard_normal(w.shape, np.float32) for n, w in method.before.items()}

    def loss(parameters: dict[str, Any]) -> float:
        made = method.weights(parameters)
        return float(sum((by_weight[n].astype(float) * made[n]).sum() for n in made))

    gradient = method.gradient(some, by_weight)
    assert gradient.keys() == some.keys()
    for name in ("h.0.attn.c_attn.weight.A", "h.1.mlp.c_proj.weight.B"):
        way = random.standard_normal(some[name].shape, np.float32)
        moved = [{**some, name: some[name] + s * np.float32(0.01) * way} for s in (1, -1)]
        slope = (loss(moved[0]) - loss(moved[1])) / 0.02
        assert float((gradient[name] * way).sum()) == pytest.approx(slope, rel=1e-2, abs=0.5)
    assert method.size == sum(w.size for w in some.values())


def test_it_ends_where_it_is_told_to(folder: str) -> None:
    points = list(specialise(model_of(folder), LINES, "", None, QUICK, lambda: True))
    assert [p.update for p in points] == [0, 1]
    assert points[-1].new is None
    assert points[-1].old is None


def test_what_a_model_writes_tells_of_a_model_of_which_nothing_is_known(folder: str) -> None:
    found = own_text(model_of(folder), 30)
    assert found.kind == "own"
    assert 0 < len(found.text) <= 30


def test_what_cannot_be_done_is_said(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="lora, block"):
        Settings("all")
    with pytest.raises(CorpusError, match="too few"):
        list(specialise(model_of(folder), "court", "", None, QUICK))
    texts = Split(LINES, LINES[:80], "last-tenth")
    with pytest.raises(ModelError, match="not on this machine"):
        client.prepare("hf:nobody/nothing", "lignes", texts)
    monkeypatch.setattr(catalogue, "needs_torch", lambda path: True)
    monkeypatch.setattr(catalogue, "has_frameworks", lambda: True)
    with pytest.raises(ModelError, match="hf:gpt2"):
        client.prepare(folder, "lignes", texts)
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    with pytest.raises(ModelError, match="your own machine"):
        client.prepare(folder, "lignes", texts)


def test_sizes_choose_the_method() -> None:
    assert (suited(2_000_000), suited(124_000_000)) == ("lora", "block")


def test_a_request_goes_to_the_worker_and_back() -> None:
    request = Request("mini-gpt", "n", "t", "a", "b", OLD, QUICK, Owner.of("moi"))
    assert Request.from_json(json.loads(json.dumps(asdict(request)))) == request


def test_an_estimate_grows_with_what_is_done() -> None:
    def seconds(read: int, method: str = "lora", epochs: int = 3, old: OldText | None = OLD) -> Any:
        text = LINES * read
        asked = Request("mini-gpt", "n", "t", text, "b", old, Settings(method, epochs))
        return estimate.seconds(asked)

    assert 0 < seconds(1) < seconds(100) < seconds(100, epochs=6)
    assert seconds(100, "block") < seconds(100)
    assert seconds(1, old=None) > seconds(1)  # it writes its own first
    assert estimate.width_of(pretrained.card("mini-gpt")) == 192


def test_an_estimate_counts_what_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """In seconds of which a token takes one in each block, and nothing else takes any."""
    monkeypatch.setenv("MOLIERE_THREADS", "1")
    monkeypatch.setattr(estimate, "measured", lambda width: estimate.Speed(1.0, 0.0, 0.0, 0.0))
    monkeypatch.setattr(estimate, "chars_per_token", lambda base, folder, sample: 3.0)
    layers, window = 4, 256

    def seconds(learned: float, held: float, old: float = 0) -> float:
        """Of texts of so many tokens, of which the last block learns for two epochs."""
        train, scored, known = ("a" * round(3 * tokens) for tokens in (learned, held, old))
        settings = Settings("block", 2)
        asked = Request("mini-gpt", "n", "t", train, scored, OldText("plays", known), settings)
        return estimate.seconds(asked) - estimate.LAUNCH_SECONDS

    def about(tokens: float) -> Any:
        return pytest.approx(tokens, abs=1 + 0.02 * tokens)

    # What is below the last block is computed once; what does not fill a window is left out.
    assert seconds(3 * window + 1, 0) == seconds(4 * window - 1, 0) == about(3 * window * (2 + 3))
    assert seconds(100, 0) == about(100 * (2 + 3))
    # Both texts are scored at each point and before the first, in one window where they fit.
    for tokens in (100, window - 1):
        assert seconds(0, tokens) == seconds(0, 0, tokens) == about(9 * layers * tokens)
    assert seconds(0, 4 * window) == about(9 * layers * 7 * window)


def test_an_estimate_counts_the_text_s_own_tokens(folder: str) -> None:
    found = estimate.chars_per_token(folder, Path(folder), LINES)
    assert found == pytest.approx(len(LINES) / len(model_of(folder).encode(LINES)))
    assert estimate.chars_per_token(folder, Path(folder), "日本語" * 50) < found / 2
    request = client.prepare(folder, "lignes", Split(LINES, LINES[:80], "last-tenth"), QUICK)
    (Path(folder) / "tokenizer.json").write_text("{}")
    estimate.chars_per_token.cache_clear()
    with pytest.raises(ModelError, match="tokenizer"):
        estimate.seconds(request)


def test_a_scored_text_is_read_as_often_as_an_estimate_says(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, read = model_of(folder), 0
    forward, window = model.forward, model.trained_context

    def counted(rows: Any, *more: Any) -> Any:
        nonlocal read
        read += sum(map(len, rows))
        return forward(rows, *more)

    monkeypatch.setattr(model, "forward", counted)
    ids = model.encode(LINES * 4)
    assert len(ids) > 4 * window
    for tokens in (window // 2, window - 1, 2 * window, 4 * window):
        read = 0
        list(model.bits(ids[:tokens]))
        assert read == pytest.approx(estimate.tokens_read(tokens, window), rel=0.1)


def test_a_worker_makes_a_model_that_opens_like_another(folder: str, home: Path) -> None:
    texts = Split(LINES, LINES[:80], "last-tenth")
    request = client.prepare(folder, "Mes lignes", texts, QUICK, owner=Owner.of("moi"))
    asked = client.begin(request)
    assert client.begin(request) is asked
    other = client.prepare(folder, "Autres", Split(LINES * 2, LINES, "last-tenth"), QUICK)
    if not asked.done():
        with pytest.raises(ModelError, match="wait for its end"):
            client.begin(other)
    reference = asked.result(120)
    assert reference.startswith("hf:local/made-mes-lignes-")
    assert asked.stage == "saving"
    (made,) = stored.models()
    assert (made.reference, made.record.base, made.record.old_kind) == (reference, folder, "own")
    assert made.record.points == tuple(p for p in asked.points if p.new is not None)
    assert reference in [entry.name for entry in pretrained.entries() if entry.available]
    assert pretrained.presence(reference) is pretrained.Presence.READY
    again = opened(reference, catalogue.check(reference))
    ids = again.encode(LINES[:80])
    bits = sum(float(b.sum()) for _at, b in again.bits(ids)) / 80
    assert bits == pytest.approx(made.record.points[-1].new, rel=0.02)  # half precision
    assert client.begin(request).result(1) == reference  # made once

    with pytest.raises(ModelError, match="somebody else"):
        stored.delete(stored.name_in(reference), "toi")
    stored.delete(stored.name_in(reference), "moi")
    assert stored.models() == []
    assert pretrained.presence(reference) is pretrained.Presence.ABSENT


@pytest.mark.slow
def test_transformers_open_what_was_made(folder: str) -> None:
    transformers = pytest.importorskip("transformers")
    model = opened(folder, Path(folder))
    record = stored.Record(folder, "t", 9, QUICK, "own", ())
    made = stored.save("made", Path(folder), transformer_weights(model.transformer), record)
    theirs = transformers.GPT2LMHeadModel.from_pretrained(made, local_files_only=True)
    assert theirs.num_parameters() == model.network.parameters


def test_a_damaged_record_hides_its_model_alone(home: Path) -> None:
    for name, told in (("whole", None), ("broken", "{"), ("other", '{"base": 1}')):
        path = home / "home" / "gpts" / name
        path.mkdir(parents=True)
        record = stored.Record("mini-gpt", "t", 9, QUICK, "own", (Point(0, 1, 0.0, 0.1),))
        text = json.dumps(asdict(record)) if told is None else told
        (path / stored.RECORD).write_text(text, encoding="utf-8")
    assert [model.reference for model in stored.models()] == ["hf:local/whole"]


def test_the_command_line_specialises(
    folder: str, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_once(asked: client.Specialising) -> None:  # what the worker does, without its process
        def say(event: str, **values: Any) -> None:
            if event == "point":
                asked.points.append(Point(**values))

        worker.specialised(asked.request, threading.Event(), say)
        asked.set_result(stored.reference_of(asked.request.name))

    monkeypatch.setattr(client.Specialising, "start", at_once)
    text = home / "lignes.txt"
    text.write_text(LINES * 2, encoding="utf-8")
    arguments = ["models", "specialise", folder, str(text), "--epochs", "1", "--json"]
    assert main(arguments) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["model"].startswith("hf:local/made-lignes-")
    assert result["method"] == "lora"
    assert len(result["new_bits_per_char"]) == 2
    assert main(arguments[:-1]) == 0  # made already
    assert "what it wrote before" in capsys.readouterr().out
    assert main(["models", "specialise", folder]) == 2
    assert "give the text" in capsys.readouterr().err
