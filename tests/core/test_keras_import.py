"""Models that the course's notebook saved: the same predictions, and every refusal."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from safetensors.numpy import load_file

from moliere_core.cli.main import main
from moliere_core.corpus import Corpus
from moliere_core.errors import ConfigError, CorpusError, ModelError
from moliere_core.exchange import keras_file, keras_import
from moliere_core.exchange import keras_import_worker as worker
from moliere_core.exchange.keras_alphabets import RULES, Source, carried, choose, reordered
from moliere_core.exchange.keras_import import (
    course_text,
    import_keras,
    notebook_texts,
    raw_text,
    with_unknown,
)
from moliere_core.models.references import load_model, load_recurrent
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.runs.index import stored_runs
from tests.core.trainings import CORPUS
from tests.networks import LETTERS, random_weights

keras = pytest.importorskip("keras")
layers = keras.layers

TEXT = CORPUS.text()
ALPHABET = sorted(set(TEXT))
SIZE = len(ALPHABET)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MOLIERE_PUBLIC", raising=False)


def course_model(
    *stack: Any, head: Any = None, length: int | None = 60, embedding: Any = None
) -> Any:
    """The notebook's model, with other recurrent layers where some are given."""
    return keras.Sequential(
        [
            keras.Input((length,)),
            embedding or layers.Embedding(SIZE, 5),
            *(stack or (layers.LSTM(7), layers.Dropout(0.2))),
            head or layers.Dense(SIZE, activation="softmax"),
        ]
    )


def saved(model: Any, path: Path) -> bytes:
    model.save(path)
    return path.read_bytes()


def informed(
    model: Any, symbols: Sequence[str] = tuple(ALPHABET), text: str = TEXT, scale: float = 0.1
) -> Any:
    """The model with seeded weights, and frequencies for a bias: it predicts better than chance."""
    rng = np.random.default_rng(1)
    for variable in model.weights:
        if "seed" not in variable.name:
            variable.assign(rng.normal(0, scale, variable.shape))
    counts = Counter(text)
    shares = np.array([counts.get(symbol, 0.01) for symbol in symbols])
    kernel, bias = model.weights[-2:]
    kernel.assign(kernel * (0.1 / scale) / 5)  # what was read matters less than frequencies
    bias.assign(np.log(shares / shares.sum()))
    return model


@pytest.mark.slow
def test_the_notebook_s_model_predicts_as_it_did(tmp_path: Path) -> None:
    model = informed(
        course_model(layers.LSTM(7, return_sequences=True), layers.LSTM(7), layers.Dropout(0.25)),
        scale=0.4,
    )
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
    run = import_keras(saved(model, tmp_path / "m.keras"), "Mon modèle.keras", CORPUS, token="moi")
    assert run.complete
    assert (run.label, run.check_owner("moi"), run.check_owner("toi")) == (
        "Mon modèle",
        True,
        False,
    )
    assert run.corpus["imported_from"] == "Mon modèle.keras"
    assert run.vocabulary.chars == tuple(ALPHABET)
    config = run.config.model
    assert (config.cell, config.embedding_dim, config.units, config.layers, config.dropout) == (
        "lstm",
        5,
        7,
        2,
        0.25,
    )
    assert run.config.training.seq_length == 60
    record = run.history[0]
    assert record["loss"] is None
    assert 1 < record["validation_bits_per_char"] < 20
    assert 0 <= record["accuracy"] <= 1
    assert len(record["sample"]) == 200

    ours = load_recurrent(f"run:{run.id}")
    assert ours.parameters > model.count_params()
    windows = [TEXT[start : start + 60] for start in range(0, 300, 50)]
    theirs = model.predict(np.array([[ALPHABET.index(c) for c in w] for w in windows]), verbose=0)
    ids = np.stack([run.vocabulary.encode(w) for w in windows])
    logits = ours.network.run(ids, ours.network.zero_state(len(windows)))[0][:, -1]
    probs = np.exp(logits - logits.max(-1, keepdims=True))
    probs /= probs.sum(-1, keepdims=True)
    np.testing.assert_allclose(probs[:, 1:], theirs, atol=1e-5)
    assert probs[:, 0].max() < 1e-9  # the unknown symbol
    again = import_keras((tmp_path / "m.keras").read_bytes(), "Mon modèle.keras", CORPUS)
    assert again.id == run.id


def test_an_h5_file_of_a_gru_that_predicts_everywhere(tmp_path: Path) -> None:
    model = informed(course_model(layers.GRU(6, return_sequences=True), length=None))
    data = saved(model, tmp_path / "m.h5")
    run = import_keras(data, "m.h5", CORPUS)
    assert (run.config.model.cell, run.config.model.layers) == ("gru", 1)
    assert run.label == "m"
    np.testing.assert_array_equal(
        load_recurrent(f"run:{run.id}").network.layers[0].recurrent,
        np.array(model.layers[1].cell.recurrent_kernel),
    )


def test_the_unknown_symbol_changes_nothing() -> None:
    weights = random_weights(LETTERS)
    before, after = RecurrentNetwork(weights), RecurrentNetwork(with_unknown(weights))
    ids = np.arange(10, dtype=np.int32)[None]
    expected = before.run(ids, before.zero_state(1))[0]
    found = after.run(ids + 1, after.zero_state(1))[0]
    np.testing.assert_allclose(found[..., 1:], expected, atol=1e-6)


def test_the_text_is_the_notebook_s() -> None:
    raw = 'play_name,cue\na,"L’été…"\na,\na,NA\nb,Ah !\n'.encode()
    assert course_text(raw) == "L’été…\nAh !"
    assert course_text(raw, ["b"]) == "Ah !"
    with pytest.raises(CorpusError, match="column 'cue'"):
        course_text(b"a,b\n1,2\n")
    with pytest.raises(CorpusError, match="column 'cue'"):
        course_text(b"cue\n\xff\n")
    plays = Corpus(CORPUS.frame.assign(play_name="a"), "x")
    assert notebook_texts(plays, raw) == ("L’été…\nAh !", {})
    assert notebook_texts(CORPUS, None) == notebook_texts(CORPUS, b"<TEI/>") == (None, {})
    assert notebook_texts(CORPUS, b"Ah\xc2\xa0!") == ("Ah\u00a0!", {})
    slug, other = CORPUS.plays[:2]
    text, own = notebook_texts(CORPUS, f"play_name,cue\n{slug},L’un\n{other},Deux\n".encode())
    assert (text, own) == ("L’un\nDeux", {slug: "L’un", other: "Deux"})


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_text_has_the_line_ends_of_any_system(end: str) -> None:
    raw = end.join(["play_name;cue", "a;Oui, non", "a;Bon", ""]).encode()
    plays = Corpus(CORPUS.frame.assign(play_name="a"), "x")
    assert notebook_texts(plays, raw) == ("Oui, non\nBon", {})
    verses = end.join(["Oui, non", "Bon"])
    assert notebook_texts(plays, verses.encode()) == (verses, {})


def test_what_the_notebook_could_not_read_has_the_text_of_the_corpus_alone() -> None:
    assert notebook_texts(CORPUS, b'play_name,cue\na,"Oui\na,Non\n') == (None, {})


def test_a_text_is_told_from_a_table_by_its_columns() -> None:
    verses = "Vaincue, elle a cédé ;\nJ’ai reçu…\n"
    assert raw_text(verses.encode()) == verses  # "cue" is in its first line
    assert raw_text(verses.encode("cp1252")) == verses
    assert raw_text("play_name;cue\na;L’été…\n".encode("utf-16")) == "L’été…"
    assert raw_text(b"play_name|cue\na|b, c\nd|e\n", ["a"]) == "b, c"


def opened(model: Any, path: Path) -> dict[str, Any]:
    """What the worker answers of a saved model; run here, where its imports are made already."""
    model.save(path)
    return worker.answer(path, path.with_suffix(".safetensors"))


def refused(model: Any, path: Path) -> str:
    """Why the worker refuses a model."""
    message: str = opened(model, path)["error"]["message"]
    assert "\n" not in message
    return message


def probabilities(path: Path, ids: Any, last_only: bool) -> Any:
    """What this application predicts with the weights that the worker wrote beside `path`."""
    network = RecurrentNetwork(load_file(path.with_suffix(".safetensors")))
    logits = network.run(ids, network.zero_state(len(ids)))[0]
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    probs = powers / powers.sum(-1, keepdims=True)
    return probs[:, -1] if last_only else probs


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stack", "options", "message"),
    [
        ([layers.Bidirectional(layers.LSTM(3))], {}, "a layer 'Bidirectional'"),
        ([layers.Lambda(lambda x: x), layers.LSTM(3)], {}, "a layer 'Lambda'"),
        ([layers.SimpleRNN(3, activation="relu")], {}, "SimpleRNN has activation='relu'"),
        ([layers.GRU(3, reset_after=False)], {}, "reset_after=False"),
        ([layers.LSTM(3, activation="relu")], {}, "activation='relu'"),
        ([layers.GRU(3, reset_after=False, use_bias=False)], {}, "reset_after=False"),
        ([layers.LSTM(3, return_sequences=True), layers.LSTM(4)], {}, "several widths"),
        ([layers.LSTM(3, return_sequences=True), layers.GRU(3)], {}, "Embedding > LSTM > GRU"),
        ([layers.Dropout(0.1)], {}, "is Embedding"),
        ([layers.LSTM(3)], {"head": layers.Dense(SIZE, "sigmoid")}, "ends in sigmoid"),
        ([layers.LSTM(3)], {"embedding": layers.Embedding(SIZE, 2, mask_zero=True)}, "mask_zero"),
        ([layers.LSTM(3)], {"embedding": layers.Embedding(SIZE + 1, 2)}, "as many in both"),
        ([layers.LSTM(3), layers.Dense(SIZE, "softmax")], {}, "LSTM > Dense > Dense"),
        (
            [layers.LSTM(3, return_sequences=True), layers.Dense(SIZE)],
            {"head": layers.Softmax(axis=1)},
            "softmax (axis 1)",
        ),
        ([layers.LSTM(3, go_backwards=True)], {}, "go_backwards=True"),
        (
            [*(layers.LSTM(1, return_sequences=True) for _ in range(20)), layers.LSTM(1)],
            {},
            "LSTM > …: give",
        ),
    ],
)
def test_another_architecture_is_refused(
    stack: list[Any], options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    assert message in refused(course_model(*stack, **options), tmp_path / "m.keras")


def functional(last: Any) -> Any:
    inputs = keras.Input((20,))
    hidden = layers.LSTM(3, name="memoire")(layers.Embedding(SIZE, 2, name="signes")(inputs))
    return keras.Model(inputs, last(layers.Dense(SIZE, name="scores")(hidden)), name="mon_modele")


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        lambda: functional(layers.Softmax()),
        lambda: functional(layers.Activation("softmax")),
        lambda: functional(layers.Dropout(0.0)),  # scores without softmax
        lambda: course_model(layers.GRU(3, return_sequences=True), layers.GRU(3)),
        lambda: course_model(layers.LSTM(3, dropout=0.1, recurrent_dropout=0.1, unroll=True)),
        lambda: course_model(
            layers.Dropout(0.1), layers.LSTM(3, return_sequences=True, name="un"), layers.LSTM(3)
        ),
        lambda: course_model(layers.SimpleRNN(3, return_sequences=True), layers.SimpleRNN(3)),
        lambda: course_model(layers.LSTM(3, use_bias=False)),
        lambda: course_model(layers.GRU(3, use_bias=False)),
        lambda: course_model(
            layers.LSTM(3, return_sequences=True),
            head=layers.TimeDistributed(layers.Dense(SIZE, activation="softmax")),
        ),
        lambda: keras.Sequential(
            [
                keras.Input((20,), batch_size=4),
                layers.Embedding(SIZE, 2),
                layers.LSTM(3, stateful=True),
                layers.Dense(SIZE, activation="softmax"),
            ]
        ),
    ],
    ids=[
        "softmax layer",
        "activation layer",
        "scores",
        "gru",
        "dropouts",
        "between",
        "rnn",
        "lstm without a bias",
        "gru without a bias",
        "distributed",
        "stateful",
    ],
)
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_what_the_course_may_have_written_otherwise(
    make: Callable[[], Any], suffix: str, tmp_path: Path
) -> None:
    model, path = informed(make(), scale=0.5), tmp_path / f"m{suffix}"
    facts = opened(model, path)
    assert (facts.get("error"), facts["units"], facts["vocab_size"]) == (None, 3, SIZE)
    ids = np.random.default_rng(0).integers(0, SIZE, (4, model.input_shape[1]), np.int32)
    theirs = np.asarray(model.predict(ids, batch_size=4, verbose=0))
    if not isinstance(model.layers[-1], layers.Dropout):  # not scores
        np.testing.assert_allclose(probabilities(path, ids, theirs.ndim == 2), theirs, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind", ["mixed_float16", "mixed_bfloat16", "float64", "float16", "bfloat16"]
)
@pytest.mark.parametrize("ending", ["softmax", None])
def test_a_model_of_another_precision_keeps_its_very_weights(
    kind: str, ending: str | None, tmp_path: Path
) -> None:
    """Computed in single precision: what the product promises, whatever processor trained it."""
    keras.config.set_dtype_policy(kind)  # as on the graphics cards of Colab
    try:
        lstm = layers.LSTM(16, recurrent_initializer="zeros")  # not orthogonal: no bfloat16 of it
        model = informed(course_model(lstm, head=layers.Dense(SIZE, ending)), scale=0.7)
    finally:
        keras.config.set_dtype_policy("float32")
    path = tmp_path / "m.keras"
    assert opened(model, path).get("error") is None
    theirs = [np.array(keras.ops.cast(w, "float32")) for w in model.weights]
    ours = load_file(path.with_suffix(".safetensors"))
    names = ["embedding", *(f"lstm_0.{n}" for n in ("kernel", "recurrent_kernel", "bias"))]
    for name, weight in zip([*names, "dense.kernel", "dense.bias"], theirs, strict=True):
        np.testing.assert_array_equal(ours[name], weight)


def weighed(model: Any, path: Path) -> dict[str, Any]:
    """What the worker answers of a model's weights alone, as Keras 3 writes them or as Keras 2."""
    if path.name.endswith(".weights.h5"):
        model.save_weights(path)
    else:
        from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

        with h5py.File(path, "w") as file:
            save_weights_to_hdf5_group(file, model)
    return worker.answer(path, path.with_suffix(".safetensors"))


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".weights.h5", ".h5"])
@pytest.mark.parametrize(
    "between",
    [
        lambda: [layers.LSTM(4, return_sequences=True) for _ in range(4)],  # one was left out
        lambda: [
            layers.Bidirectional(layers.LSTM(2, return_sequences=True)),
            layers.LSTM(4),
        ],
        lambda: [layers.LSTM(4, return_sequences=True), layers.LayerNormalization()],
        lambda: [layers.LSTM(4, return_sequences=True), layers.BatchNormalization()],
        lambda: [
            keras.Sequential([layers.LSTM(4, return_sequences=True) for _ in range(2)]),
            layers.LSTM(4),
        ],
    ],
    ids=["four layers", "bidirectional", "layer norm", "batch norm", "nested"],
)
def test_no_layer_of_weights_alone_is_passed_over(
    between: Callable[[], list[Any]], suffix: str, tmp_path: Path
) -> None:
    """All of these have the shapes of the course's network once a layer is left out."""
    model = course_model(*between(), embedding=layers.Embedding(SIZE, 4))
    facts = weighed(model, tmp_path / f"m{suffix}")
    assert "not those of the course's network" in facts["error"]["message"]


def of_its_own_code(count: int) -> Any:
    """The course's network as TensorFlow's tutorial writes one."""

    class Own(keras.Model):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.embedding, self.dense = layers.Embedding(SIZE, 3), layers.Dense(SIZE)
            for number in range(count):
                setattr(self, f"cell{number}", layers.GRU(3, return_sequences=True))

        def call(self, ids: Any) -> Any:
            hidden = self.embedding(ids)
            for number in range(count):
                hidden = getattr(self, f"cell{number}")(hidden)
            return self.dense(hidden)

    return Own()


def test_weights_of_a_model_of_its_own_code(tmp_path: Path) -> None:
    """The shapes tell all, but not which of two layers is the first."""
    model, path = of_its_own_code(1), tmp_path / "m.weights.h5"
    ids = np.random.default_rng(0).integers(0, SIZE, (2, 9), np.int32)
    theirs = keras.ops.softmax(model(ids))
    facts = weighed(model, path)
    assert (facts.get("error"), facts["cell"]) == (None, "gru")
    np.testing.assert_allclose(probabilities(path, ids, last_only=False), theirs, atol=1e-5)
    assert "'Own', not a Sequential or a functional" in refused(model, tmp_path / "m.keras")
    two = of_its_own_code(2)
    two(ids)
    assert "write it as keras.Sequential" in weighed(two, path)["error"]["message"]


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".weights.h5", ".h5"])
@pytest.mark.parametrize("cell", [layers.LSTM, layers.GRU, layers.SimpleRNN])
def test_weights_alone_say_all_of_the_course_s_network(
    suffix: str, cell: Any, tmp_path: Path
) -> None:
    model = informed(course_model(cell(6, return_sequences=True), cell(6)))
    path = tmp_path / f"m{suffix}"
    facts = weighed(model, path)
    assert (facts.get("error"), facts["layers"], facts["units"]) == (None, 2, 6)
    assert facts["cell"] == cell.__name__.lower().removeprefix("simple")
    ids = np.random.default_rng(0).integers(0, SIZE, (2, 60), np.int32)
    theirs = model.predict(ids, verbose=0)
    np.testing.assert_allclose(probabilities(path, ids, True), theirs, atol=1e-5)


def test_weights_of_something_else_are_a_sentence(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.Dense(5)])
    model.save_weights(tmp_path / "m.weights.h5")
    facts = worker.answer(tmp_path / "m.weights.h5", tmp_path / "none")
    assert "weights alone" in facts["error"]["message"]
    with h5py.File(tmp_path / "empty.h5", "w"):
        pass
    facts = worker.answer(tmp_path / "empty.h5", tmp_path / "none")
    assert "not a model saved by Keras" in facts["error"]["message"]


# Files of other versions, as their configurations were


Change = Callable[[dict[str, Any]], object]


def rewritten(path: Path, version: str, change: Change) -> Path:
    """A `.keras` as another version would have written it."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(files["config.json"])
    for layer in config["config"]["layers"]:
        change(layer)
    files["config.json"] = json.dumps(config).encode()
    files["metadata.json"] = json.dumps({"keras_version": version}).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def setting(kind: str, **values: Any) -> Change:
    def change(layer: dict[str, Any]) -> None:
        if layer["class_name"] == kind:
            layer["config"].update(values)

    return change


# What Keras writes for `activation=tf.nn.softmax`.
TENSORFLOW_S = {"module": "builtins", "class_name": "function", "config": "softmax_v2"}


@pytest.mark.parametrize(
    ("version", "change"),
    [
        ("2.15.0", setting("LSTM", time_major=False, implementation=2)),
        ("3.99.0", setting("LSTM", option_a_venir=None)),
        ("3.99.0", setting("Dense", quantization_config=None, other=False)),
        ("2.12.0", lambda layer: [layer.pop(k, None) for k in ("module", "registered_name")]),
        ("3.15.1", setting("Dense", activation=TENSORFLOW_S)),
        ("2.15.0", setting("Dense", activation={"class_name": "softmax", "config": {}})),
        ("3.15.1", setting("LSTM", activation={"class_name": "function", "config": "tanh"})),
        ("2.16.0", lambda layer: layer.update(module="tf_keras.layers")),
        ("3.15.1", setting("InputLayer", batch_shape=[None, True])),
    ],
)
def test_what_another_version_adds_and_leaves_off_is_passed_over(
    version: str, change: Change, tmp_path: Path
) -> None:
    saved(course_model(), tmp_path / "m.keras")
    path = rewritten(tmp_path / "m.keras", version, change)
    facts = worker.answer(path, tmp_path / "out.safetensors")
    assert (facts.get("error"), facts["units"]) == (None, 7)


@pytest.mark.parametrize(
    ("version", "change", "message"),
    [
        ("3.99.0", setting("LSTM", peepholes=True), "Keras 3.99.0, and LSTM.peepholes is unknown"),
        ("3.99.0", lambda c: c.update(class_name="LSTM2"), r"3.99.0.*keras==3.15"),
        ("3.2.0", setting("LSTM", peepholes=True), "has peepholes=True"),
        ("2.15.0", setting("LSTM", time_major=True), "time_major=True"),
        ("1.2.2", setting("LSTM", recurrent_activation="hard_sigmoid"), "hard_sigmoid"),
    ],
)
def test_what_computes_otherwise_is_named_with_the_versions(
    version: str, change: Change, message: str, tmp_path: Path
) -> None:
    import re

    saved(course_model(), tmp_path / "m.keras")
    path = rewritten(tmp_path / "m.keras", version, change)
    found = worker.answer(path, tmp_path / "out")["error"]["message"]
    assert re.search(message, found)


def test_an_old_gru_is_told_by_its_bias(tmp_path: Path) -> None:
    model = course_model(layers.GRU(3, reset_after=False))
    saved(model, tmp_path / "m.keras")
    path = rewritten(
        tmp_path / "m.keras",
        "2.1.0",
        lambda layer: layer["config"].pop("reset_after", None),
    )
    message = worker.answer(path, tmp_path / "out")["error"]["message"]
    assert "reset_after=False" in message


# The alphabets of the course


def trained_on(text: str, rule: str, size: int = 6) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Weights that know the frequencies of a text, whose characters are numbered by a rule."""
    counts = Counter(text)
    symbols = RULES[rule].symbols(counts)
    kept = [symbol for symbol in symbols if len(symbol) == 1]
    weights = random_weights(LETTERS, units=size)
    rng = np.random.default_rng(3)
    shares = np.array([counts[symbol] if symbol in kept else 1.0 for symbol in symbols], float)
    weights["embedding"] = rng.normal(0, 0.1, (len(symbols), 4)).astype(np.float32)
    weights["dense.kernel"] = rng.normal(0, 0.01, (size, len(symbols))).astype(np.float32)
    weights["dense.bias"] = np.log(shares / shares.sum()).astype(np.float32)
    return weights, symbols


def follower(text: str, symbols: Sequence[str]) -> dict[str, Any]:
    """Weights that know what follows each character of a text."""
    size = len(symbols)
    seen = Counter(pairwise(text))
    follows = np.array([[seen[a, b] + 0.01 for b in symbols] for a in symbols])
    return {
        "embedding": np.eye(size, dtype=np.float32) * 9,
        "rnn_0.kernel": np.eye(size, dtype=np.float32),
        "rnn_0.recurrent_kernel": np.zeros((size, size), np.float32),
        "rnn_0.bias": np.zeros(size, np.float32),
        "dense.kernel": np.log(follows).astype(np.float32),
        "dense.bias": np.zeros(size, np.float32),
    }


RARE = TEXT + "Œ&9"  # seen once each


@pytest.mark.parametrize("rule", list(RULES))
def test_every_alphabet_of_the_course_is_found_again(rule: str) -> None:
    symbols = RULES[rule].symbols(Counter(RARE))
    found = choose(follower(RARE, symbols), [Source(RARE)])
    assert found.symbols == symbols  # by whichever rule gives the same


def test_one_rare_character_no_longer_shifts_the_alphabet() -> None:
    """All characters, and the frequent ones with `<UNK>`, are as many."""
    text = TEXT + "é" * (3 * ("é" not in TEXT)) + "&"
    assert "&" not in TEXT
    for rule in ("1 sorted none", "3 sorted unknown-last"):
        weights, symbols = trained_on(text, rule)
        assert len(weights["embedding"]) == len(set(text))
        assert choose(weights, [Source(text)]).symbols == symbols


@pytest.mark.parametrize("rule", ["2 sorted none", "3 sorted unknown-last"])
def test_a_shift_of_a_few_rare_characters_is_found(rule: str) -> None:
    """One character is seen twice: both alphabets have as many, and differ after it alone."""
    text = "abc" * 400 + "".join(f"a{char}b" for char in "mxyzxyzxyzm")
    symbols = RULES[rule].symbols(Counter(text))
    assert len(symbols) == 7
    assert choose(follower(text, symbols), [Source(text)]).symbols == symbols


def test_of_two_plays_with_one_alphabet_the_likelier_rule_counts() -> None:
    read, other = "abcd" * 100 + "e", "abcd" * 100 + "eee" + "f"
    sources = [Source(read + other + "fgh" * 20), Source(other, "autre"), Source(read, "lue")]
    symbols = RULES["1 sorted none"].symbols(Counter(read))
    found = choose(follower(read, symbols), sources)
    assert (found.symbols, found.source.play) == (symbols, "lue")


@pytest.mark.parametrize("order", ["frequency-met", "frequency-reversed", "frequency"])
def test_characters_seen_as_often_are_told_by_what_is_before_them(order: str) -> None:
    """As many times each: "x" after "a", "q" after "b", "k" after "c"; one in a hundred."""
    text = "".join(f"{'abc' * 40}{pair}" for pair in ("ax", "bq", "ck") for _ in range(20))
    symbols = RULES[f"1 {order} none"].symbols(Counter(text))
    assert choose(follower(text, symbols), [Source(text)]).symbols == symbols


def test_letters_in_an_order_of_nobody_s_are_refused() -> None:
    """It is better than chance, and silently wrong: frequent letters stand for frequent ones."""
    text = "".join(chr(ord("a") + i) * (40 // (i + 1)) for i in range(26)) * 4
    weights, symbols = trained_on(text, "1 sorted none")
    order = list(range(len(symbols)))
    order[0], order[7] = 7, 0  # "h" for "a", eight times as frequent
    with pytest.raises(ModelError, match=r"in an order that no notebook.*very text"):
        choose(reordered(weights, order), [Source(text)])


def test_weights_too_large_to_compute_with_are_said() -> None:
    weights, _ = trained_on(TEXT, "1 sorted none")
    large = {name: array * np.float32(1e30) for name, array in weights.items()}
    with pytest.raises(ModelError, match=r"so large.*train it again"):
        choose(large, [Source(TEXT)])


def test_the_alphabet_of_one_play_is_found_in_the_corpus(tmp_path: Path) -> None:
    play = "abcdefghij abcdefgh " * 40
    other = "klmnopqrstuvw " * 60
    frame = CORPUS.frame.iloc[:2].assign(play_name=["une", "autre"], cue=[play, other])
    corpus = Corpus(frame, "deux")
    weights, symbols = trained_on(play, "1 sorted none")
    found = choose(weights, [Source(corpus.text()), Source(play, "une"), Source(other, "autre")])
    assert (found.symbols, found.source.play) == (symbols, "une")


def test_an_alphabet_in_the_file_fits_the_file_and_the_text() -> None:
    weights, symbols = trained_on(TEXT, "1 sorted none")
    own = carried(weights, symbols, TEXT)
    assert own is not None
    assert (own.symbols, own.rule) == (symbols, None)
    assert carried(weights, symbols[:-1], TEXT) is None
    assert carried(weights, [symbols[0], *symbols[:-1]], TEXT) is None
    assert carried(weights, symbols, "ΑΒΓΔ " * 40) is None  # another language


def test_half_a_character_is_no_alphabet(tmp_path: Path) -> None:
    saved(course_model(), tmp_path / "m.keras")
    for char, read in (("é", True), ("\ud800", False)):
        chars = [chr(0x4E00 + number) for number in range(SIZE - 1)] + [char]
        with zipfile.ZipFile(tmp_path / "m.keras", "a") as archive:
            archive.writestr("vocabulary.json", json.dumps({"chars": chars}))
        facts = worker.answer(tmp_path / "m.keras", tmp_path / "out")
        assert (facts["alphabet"] is not None) == read
        saved(course_model(), tmp_path / "m.keras")


def test_what_predicts_no_better_than_chance_is_refused() -> None:
    weights, _ = trained_on(TEXT, "1 sorted none")
    with pytest.raises(ModelError, match=r"no better than chance.*very text"):
        choose({**weights, "dense.bias": -weights["dense.bias"]}, [Source(TEXT)])
    few = {"embedding": np.zeros((9, 4), np.float32)}
    with pytest.raises(ModelError, match=rf"alphabet of 9 symbols.*one of {SIZE}.*very text"):
        choose(random_weights(LETTERS) | few, [Source(TEXT)])


def test_the_command_line_does_what_the_page_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slug, other = "une", "autre"
    text = "le roi rit de la reine " * 60
    rows = f'play_name,cue\n{slug},"{text}&"\n{other},"{"wxyz " * 300}"\n'
    (tmp_path / "plays.csv").write_text(rows, "utf-8")
    symbols = RULES["3 sorted unknown-last"].symbols(Counter(text + "&"))
    model = keras.Sequential(
        [
            keras.Input((20,)),
            layers.Embedding(len(symbols), 4),
            layers.LSTM(5),
            layers.Dense(len(symbols), activation="softmax"),
        ]
    )
    saved(informed(model, symbols, text), tmp_path / "m.keras")
    for play, of in (([], f", of {slug}"), (["--play", slug], "")):
        asked = ["models", "import", str(tmp_path / "m.keras"), "--json", *play]
        assert main([*asked, "--corpus", str(tmp_path / "plays.csv")]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["bits_per_char"] < 6
        assert found["alphabet"].startswith(
            f"characters seen 3 times or more, sorted, <UNK> last{of}"
        )
        assert load_model(found["run"]).vocabulary.chars == tuple(sorted(set(text)))
    assert main([*asked, "--corpus", str(tmp_path / "none.csv")]) == 2
    assert main([*asked, "--corpus", str(tmp_path / "plays.csv"), "--play", "x"]) == 2
    assert "there is no play 'x'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"class_name": "Sequential", "config": "x"}', "no list of layers"),
        ('{"class_name": "Sequential", "config": [1]}', "a layer 1"),
        ("[" * 100_000, "not a model saved by Keras"),
        ("[]", "description is not one"),
    ],
)
def test_descriptions_that_are_none(text: str, message: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("config.json", text)
    found = worker.answer(tmp_path / "m.keras", tmp_path / "none")
    assert message in found["error"]["message"]


def test_layers_of_other_code_are_refused(tmp_path: Path) -> None:
    saved(course_model(), tmp_path / "m.keras")
    for values in ({"module": "course"}, {"registered_name": "course>LSTM"}):

        def change(layer: dict[str, Any], values: dict[str, str] = values) -> None:
            layer.update(values if layer["class_name"] == "LSTM" else {})

        path = rewritten(tmp_path / "m.keras", "3.15.1", change)
        facts = worker.answer(path, tmp_path / "out")
        assert "layer of its own code" in facts["error"]["message"]


def test_nothing_that_the_file_names_is_run(tmp_path: Path) -> None:
    """A metric or a regularizer of one's own leaves no trace in the weights: it is passed over."""
    saved(course_model(), tmp_path / "m.keras")
    regularizer = {"module": "os", "class_name": "system", "config": {"command": "false"}}
    path = rewritten(
        tmp_path / "m.keras", "3.15.1", setting("LSTM", kernel_regularizer=regularizer)
    )
    assert "error" not in worker.answer(path, tmp_path / "out.safetensors")


def test_layers_that_are_not_in_one_line_are_refused(tmp_path: Path) -> None:
    inputs = keras.Input((20,))
    shared = layers.LSTM(3, return_sequences=True)
    embedded = layers.Embedding(SIZE, 3)(inputs)
    hidden = shared(shared(embedded))
    model = keras.Model(inputs, layers.Dense(SIZE, activation="softmax")(hidden))
    assert "not one after the other" in refused(model, tmp_path / "m.keras")


def h5_with(change: Callable[[Any], object], path: Path) -> Path:
    """A `.keras` whose weights were changed by hand."""
    saved(course_model(), path)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    buffer = io.BytesIO(files["model.weights.h5"])
    with h5py.File(buffer, "r+") as file:
        change(file)
    files["model.weights.h5"] = buffer.getvalue()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def replaced_by(link: Any) -> Callable[[Any], None]:
    def change(file: Any) -> None:
        del file["layers/dense/vars/1"]
        file["layers/dense/vars/1"] = link

    return change


def stored_outside(file: Any) -> None:
    del file["layers/dense/vars/1"]
    where = [("/etc/hostname", 0, 4 * SIZE)]
    file.create_dataset("layers/dense/vars/1", (SIZE,), "f4", external=where)


def gathered_elsewhere(file: Any) -> None:
    del file["layers/dense/vars/1"]
    layout = h5py.VirtualLayout((SIZE,), "f4")
    layout[:] = h5py.VirtualSource("/etc/other.h5", "x", (SIZE,))
    file.create_virtual_dataset("layers/dense/vars/1", layout)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (replaced_by(h5py.ExternalLink("/etc/other.h5", "/x")), "points outside itself"),
        (replaced_by(h5py.SoftLink("/layers/dense/vars/0")), "points outside itself"),
        (stored_outside, "points outside itself"),
        (gathered_elsewhere, "points outside itself"),
        (replaced_by(np.zeros(SIZE, np.int8)), "type int8"),
        (replaced_by(np.full(SIZE, np.nan, np.float32)), "not numbers"),
        (replaced_by(np.zeros(SIZE + 1, np.float32)), "does not fit the alphabet"),
        (lambda f: f.create_dataset("layers/dense/vars/2", data=np.zeros(3)), "other weights"),
        (lambda f: f.move("layers/dense", "layers/dense_9"), "no weights for the layer dense"),
        (
            lambda f: (
                f.pop("layers/dense/vars/1"),
                f.create_dataset("layers/dense/vars/1", (9**9,), "f4"),
            ),
            "larger than 100 MB",
        ),
    ],
)
def test_weights_that_are_not_plainly_there_are_refused(
    change: Callable[[Any], object], message: str, tmp_path: Path
) -> None:
    path = h5_with(change, tmp_path / "m.keras")
    facts = worker.answer(path, tmp_path / "out")
    assert message in facts["error"]["message"]


def test_a_group_that_holds_itself_ends(tmp_path: Path) -> None:
    def loop(file: Any) -> None:
        for name in "abcd":
            file[f"layers/{name}"] = file["layers"]

    facts = worker.answer(h5_with(loop, tmp_path / "m.keras"), tmp_path / "out")
    assert "not a model saved by Keras" in facts["error"]["message"]


def test_files_of_other_kinds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, data in (("m.keras", b"PK\x03\x04"), ("m.h5", b"\x89HDF"), ("m.keras", b"")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ModelError, match="not a model saved by Keras"):
            keras_file.read(tmp_path / name)
    with zipfile.ZipFile(tmp_path / "bomb.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", bytes(101_000_000))
    with pytest.raises(ModelError, match="unpacks to more than 100 MB"):
        keras_file.read(tmp_path / "bomb.keras")
    with pytest.raises(ModelError, match=r"give a \.keras or \.h5"):
        import_keras(b"", "m.pkl", CORPUS)
    monkeypatch.setattr(keras_import, "MAX_BYTES", 10)
    with pytest.raises(ModelError, match="larger than"):
        import_keras(bytes(11), "m.keras", CORPUS)
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    with pytest.raises(ConfigError, match="public server"):
        import_keras(bytes(5), "m.keras", CORPUS)
    assert stored_runs() == []


def test_what_nobody_foresaw_is_a_sentence_and_not_a_lack_of_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "read", lambda *_: 1 / 0)
    facts = opened(course_model(), tmp_path / "m.keras")
    assert "cannot be read (ZeroDivisionError: division by zero)" in facts["error"]["message"]

    def exhausted(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(worker, "read", exhausted)
    with pytest.raises(MemoryError):
        opened(course_model(), tmp_path / "m.keras")


def test_a_refusal_crosses_the_process(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not a model saved by Keras"):
        import_keras(b"not a zip", "m.keras", CORPUS)
    with zipfile.ZipFile(tmp_path / "dog.keras", "w") as archive:
        archive.writestr("config.json", '{"class_name": "Dog"}')
    with pytest.raises(ModelError, match="holds a 'Dog', not a Sequential") as caught:
        import_keras((tmp_path / "dog.keras").read_bytes(), "dog.keras", CORPUS)
    assert caught.value.values["name"] == "Dog"


def test_too_little_memory_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("resource")
    monkeypatch.setattr(keras_import, "MEMORY_MB", 20)
    with pytest.raises(ModelError) as caught:
        import_keras(saved(course_model(), tmp_path / "m.keras"), "m.keras", CORPUS)
    assert "\n" not in str(caught.value)


def test_accuracy_is_the_share_of_first_guesses(monkeypatch: pytest.MonkeyPatch) -> None:
    model = load_recurrent("petit")
    text = "Monsieur, je suis votre serviteur de tout mon cœur."
    logits, state = model.start([""])
    hits = 0
    for char in text:
        target = model.vocabulary.encode(char)
        hits += int(logits[0, 1:].argmax()) + 1 == target[0]
        logits, state = model.step(target, state)
    assert 0 < hits < len(text)
    monkeypatch.setattr(keras_import, "SCORE_CHUNK", 7)
    assert keras_import.accuracy(model, text) == hits / len(text)
