import json
from pathlib import Path

import numpy as np
import pytest

from moliere_core.errors import MoliereError
from moliere_core.models.evaluation import score
from moliere_core.models.protocol import UNKNOWN_BITS
from moliere_core.models.references import (
    SHIPPED,
    ModelEntry,
    RecurrentModel,
    list_models,
    load_model,
    load_recurrent,
)
from moliere_core.networks.arrays import log_softmax
from moliere_core.text.vocabulary import Vocabulary
from tests.networks import LETTERS, make_run, random_network

TEXT = "le bourgeois gentilhomme " * 40


@pytest.fixture(name="model")
def _model() -> RecurrentModel:
    return RecurrentModel("test", random_network(layers=2), LETTERS)


def test_start_reads_a_newline_then_the_prompt(model: RecurrentModel) -> None:
    logits, _ = model.start(["le", "", "le"])
    ids = LETTERS.encode("\nle")[None]
    expected, _ = model.network.run(ids, model.network.zero_state(1))
    np.testing.assert_allclose(logits[0], expected[0, -1], atol=1e-6)
    np.testing.assert_array_equal(logits[0], logits[2])
    np.testing.assert_allclose(logits[1], expected[0, 0], atol=1e-6)


def test_start_normalises_and_takes_long_prompts(model: RecurrentModel) -> None:
    np.testing.assert_array_equal(model.start(["a\u00a0b"])[0], model.start(["a b"])[0])
    long_start, _ = model.start([TEXT * 2])
    ids = LETTERS.encode("\n" + TEXT * 2)[None]
    whole, _ = model.network.run(ids, model.network.zero_state(1))
    np.testing.assert_allclose(long_start[0], whole[0, -1], atol=1e-4)


def test_a_prompt_is_read_once(model: RecurrentModel, monkeypatch: pytest.MonkeyPatch) -> None:
    read, run = list[int](), model.network.run
    monkeypatch.setattr(model.network, "run", lambda *args: (read.append(1), run(*args))[1])
    before = [model.start(["le"])[0], model.start(["le", "le"])[0][:1]]
    assert len(read) == 1
    before[0][:] = 0  # what somebody does with it is theirs
    np.testing.assert_array_equal(model.start(["le"])[0], before[1])
    model.start(["la", "le"])
    assert len(read) == 2


def test_surprisal_is_the_chain_rule(model: RecurrentModel) -> None:
    text = TEXT[:60]
    bits = model.surprisal(text)
    logits, state = model.start([""])
    for i, char in enumerate(text):
        known = log_softmax(logits[:, 1:])[0]  # the unknown symbol is never drawn
        target = LETTERS.encode(char)
        assert bits[i] == pytest.approx(-known[target[0] - 1] / np.log(2), abs=1e-4)
        logits, state = model.step(target, state)


def test_pieces_side_by_side_approach_one_pass(model: RecurrentModel) -> None:
    reported: list[float] = []
    whole = model.surprisal(TEXT, reported.append)
    pieces = model.surprisal(TEXT, streams=3, warm_up=100)
    assert len(pieces) == len(whole) == len(TEXT)
    np.testing.assert_allclose(pieces, whole, atol=1e-3)
    assert reported == sorted(reported)
    assert reported[-1] == 1


@pytest.mark.parametrize(("chars", "warm_up"), [(1, 100), (33, 100), (580, 100), (580, 1)])
def test_a_text_may_be_short_for_so_many_pieces(
    model: RecurrentModel, chars: int, warm_up: int
) -> None:
    pieces = model.surprisal(TEXT[:chars], streams=32, warm_up=warm_up)
    assert pieces.shape == (chars,)
    if warm_up > 1:  # each piece reads as much as was asked for: fewer pieces, the same figures
        np.testing.assert_allclose(pieces, model.surprisal(TEXT[:chars]), atol=1e-3)


def test_unknown_characters_pay_a_flat_fee_and_are_counted(model: RecurrentModel) -> None:
    bits = model.surprisal("aÉb")
    assert bits[1] == UNKNOWN_BITS
    measured = score(model, "aÉb É")
    assert (measured.chars, measured.unknown_chars) == (5, 2)
    assert measured.bits_per_char == pytest.approx(model.surprisal("aÉb É").mean())


def test_a_scored_text_is_normalised(model: RecurrentModel) -> None:
    assert score(model, "a\u00a0b\r\n").bits.tolist() == model.surprisal("a b\n").tolist()


def test_an_untrained_network_is_near_chance() -> None:
    network = random_network()
    network.dense = network.dense * 0
    network.dense_bias = network.dense_bias * 0
    model = RecurrentModel("flat", network, LETTERS)
    assert score(model, "abc").bits_per_char == pytest.approx(np.log2(len(LETTERS) - 1))


def test_an_empty_text_is_refused(model: RecurrentModel) -> None:
    with pytest.raises(MoliereError, match="empty"):
        score(model, "")


def test_weights_of_another_alphabet_are_refused() -> None:
    with pytest.raises(MoliereError, match="two models were mixed"):
        RecurrentModel("test", random_network(), Vocabulary(("a",)))


def test_runs_are_opened_by_path_identifier_and_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path))
    run = make_run(tmp_path / "runs" / "0123456789ab", ["epoch-000", "step-000030", "epoch-001"])
    expected = load_model(str(run.path)).start(["a"])[0]
    for reference in ("run:0123456789ab", "run:0123456789ab@1", "run:0123456789ab@step-30"):
        np.testing.assert_array_equal(load_model(reference).start(["a"])[0], expected)
    entry = ModelEntry("run:0123456789ab", "lstm", random_network().parameters, True, (0, 1))
    assert list_models()[-1] == entry


def test_a_file_is_no_model_and_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "moliere-0123456789ab.zip"
    path.write_bytes(b"PK")
    with pytest.raises(MoliereError, match=r"is a file.*models import FILE.*\.keras"):
        load_model(str(path))


def test_settings_of_another_run_are_refused(tmp_path: Path) -> None:
    """Pages would show the parameters and the shapes of a network that is not there."""
    run = make_run(tmp_path / "run", ["epoch-000"])
    document = json.loads((run.path / "config.json").read_text("utf-8"))
    document["model"]["units"] += 1
    (run.path / "config.json").write_text(json.dumps(document), "utf-8")
    with pytest.raises(MoliereError, match="another architecture than its settings"):
        load_model(str(run.path))


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("", "choose petit or grand"),
        ("gros", "there is no model 'gros': choose petit, grand, petit-rnn, petit-gpt, mini-gpt, "),
        ("gros" * 200, "there is no model 'gros"),  # too long for a path
        ("mini-gpt", "mini-gpt writes tokens, .*: choose petit, grand, petit-rnn, petit-gpt or"),
        ("hf:gpt2", "hf:gpt2 writes tokens"),
        ("run:nope", "'nope' is not a run"),
        ("run:0123456789ab", "not a run"),
        ("petit@999", "no snapshot '999'"),
    ],
)
def test_a_reference_that_names_nothing_says_what_would(
    reference: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path))
    with pytest.raises(MoliereError, match=message):
        load_model(reference)


def test_the_shipped_models_write_french() -> None:
    from moliere_core.config import SamplingConfig
    from moliere_core.models.sampling import generate

    for name in SHIPPED:
        model = load_model(name)
        french = score(model, "Monsieur, je suis votre serviteur de tout mon cœur.").bits_per_char
        shuffled = score(model, "ruc nom tuot ed ruetivres ertov sius ej ,rueisnoM").bits_per_char
        assert french < 2 < 3 < shuffled
        [text] = generate(model, ["Mon père, "], [SamplingConfig(0.5)], [1], 200)
        words = text.lower().split()
        assert len({"de", "que", "vous", "je", "et", "la", "à", "est"} & set(words)) >= 3


def test_petit_has_the_courses_architecture_and_all_its_snapshots() -> None:
    entry = next(e for e in list_models() if e.name == "petit")
    model = load_recurrent("petit")
    config = model.network.config
    assert (config.cell, config.embedding_dim, config.units, config.layers) == ("lstm", 128, 256, 1)
    assert entry.epochs == tuple(range(len(entry.epochs)))
    bits = [
        score(load_model(f"petit@{name}"), "Vous me direz ce qu'il vous plaira.").bits_per_char
        for name in ("0", "step-30", "step-1000", str(entry.epochs[-1]))
    ]
    assert bits == sorted(bits, reverse=True)
    assert bits[0] == pytest.approx(np.log2(len(model.vocabulary) - 1), abs=0.1)
