"""Models that the course's notebook saved: the same predictions, and every refusal."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moliere_core import keras_import
from moliere_core import keras_import_worker as worker
from moliere_core.corpus import Corpus
from moliere_core.errors import ConfigError, CorpusError, ModelError
from moliere_core.keras_import import course_text, import_keras, raw_text, with_unknown
from moliere_core.keras_import_worker import _check_description, _convert, _description
from moliere_core.models import load_model, load_recurrent
from moliere_core.recurrent import RecurrentNetwork
from moliere_core.runs import list_runs
from tests.core.test_jobs import CORPUS
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


def test_the_notebook_s_model_predicts_as_it_did(tmp_path: Path) -> None:
    model = course_model(
        layers.LSTM(7, return_sequences=True), layers.LSTM(7), layers.Dropout(0.25)
    )
    for variable in model.variables:  # as far from zero as trained ones
        if "seed" not in variable.name:
            variable.assign(np.random.default_rng(1).normal(0, 0.7, variable.shape))
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

    ours = load_model(f"run:{run.id}")
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
    model = course_model(layers.GRU(6, return_sequences=True), length=None)
    data = saved(model, tmp_path / "m.h5")
    run = import_keras(data, "m.h5", CORPUS)
    assert (run.config.model.cell, run.config.model.layers) == ("gru", 1)
    assert run.label == "m"
    np.testing.assert_array_equal(
        load_model(f"run:{run.id}").network.layers[0].recurrent,
        np.array(model.layers[1].cell.recurrent_kernel),
    )


def test_the_unknown_symbol_changes_nothing() -> None:
    weights = random_weights(LETTERS)
    before, after = RecurrentNetwork(weights), RecurrentNetwork(with_unknown(weights))
    ids = np.arange(10, dtype=np.int32)[None]
    expected = before.run(ids, before.zero_state(1))[0]
    found = after.run(ids + 1, after.zero_state(1))[0]
    np.testing.assert_allclose(found[..., 1:], expected, atol=1e-6)


def test_the_alphabet_is_the_notebook_s(tmp_path: Path) -> None:
    raw = 'play_name,cue\na,"L’été…"\na,\na,NA\nb,Ah !\n'.encode()
    assert course_text(raw) == "L’été…\nAh !"
    assert len(keras_import._alphabet(10, CORPUS, course_text(raw)).chars) == 10
    with pytest.raises(CorpusError, match="column 'cue'"):
        course_text(b"a,b\n1,2\n")
    with pytest.raises(ModelError, match=rf"alphabet of 9 .* one of {SIZE}.*very text"):
        keras_import._alphabet(9, CORPUS, None)
    with pytest.raises(ModelError, match="stands for unknown characters"):
        keras_import._alphabet(SIZE + 1, CORPUS, None)
    other = Corpus(CORPUS.frame.assign(cue="abcdefg"), "x")
    assert len(keras_import._alphabet(8, other, None).chars) == 8


def test_a_text_is_told_from_a_table_by_its_columns() -> None:
    verses = "Vaincue, elle a cédé ;\nJ’ai reçu…\n"
    assert raw_text(verses.encode()) == verses  # "cue" is in its first line
    assert raw_text(verses.encode("cp1252")) == verses
    assert raw_text("play_name;cue\na;L’été…\n".encode("utf-16")) == "L’été…"
    assert raw_text(b"play_name|cue\na|b, c\nd|e\n", ["a"]) == "b, c"


def refused(model: Any, path: Path) -> str:
    """Why the worker refuses a model; run here, where Keras is already imported."""
    model.save(path)

    def convert() -> None:
        _check_description(_description(path))
        _convert(keras, keras.models.load_model(path, compile=False))

    with pytest.raises(ModelError) as caught:
        convert()
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("stack", "options", "message"),
    [
        ([layers.Bidirectional(layers.LSTM(3))], {}, "a layer 'Bidirectional'"),
        ([layers.Lambda(lambda x: x), layers.LSTM(3)], {}, "a layer 'Lambda'"),
        ([layers.SimpleRNN(3)], {}, "a layer 'SimpleRNN'"),
        ([layers.GRU(3, reset_after=False)], {}, "reset_after=False"),
        ([layers.LSTM(3, activation="relu")], {}, "activation='relu'"),
        ([layers.LSTM(3, use_bias=False)], {}, "use_bias=False"),
        ([layers.LSTM(3, return_sequences=True), layers.LSTM(4)], {}, "several widths"),
        ([layers.LSTM(3, return_sequences=True), layers.GRU(3)], {}, "Embedding > LSTM > GRU"),
        ([layers.Dropout(0.1)], {}, "is Embedding"),
        ([layers.LSTM(3)], {"head": layers.Dense(SIZE, "sigmoid")}, "ends in sigmoid"),
        ([layers.LSTM(3)], {"embedding": layers.Embedding(SIZE, 2, mask_zero=True)}, "mask_zero"),
    ],
)
def test_another_architecture_is_refused(
    stack: list[Any], options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    assert message in refused(course_model(*stack, **options), tmp_path / "m.keras")


def opened(model: Any, path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the worker answers of a saved model; run here, where Keras is already imported."""
    model.save(path)
    monkeypatch.setattr(worker, "_limit_memory", lambda: None)
    return worker.answer(path, path.with_suffix(".safetensors"))


def functional(last: Any) -> Any:
    inputs = keras.Input((20,))
    hidden = layers.LSTM(3, name="memoire")(layers.Embedding(SIZE, 2, name="signes")(inputs))
    return keras.Model(inputs, last(layers.Dense(SIZE, name="scores")(hidden)), name="mon_modele")


@pytest.mark.parametrize(
    "make",
    [
        lambda: functional(layers.Softmax()),
        lambda: functional(layers.Activation("softmax")),
        lambda: functional(layers.Dropout(0.0)),  # scores without softmax
        lambda: course_model(layers.GRU(3, return_sequences=True), layers.GRU(3)),
        lambda: course_model(layers.LSTM(3, dropout=0.1, recurrent_dropout=0.1, unroll=True)),
        lambda: keras.Sequential(
            [
                keras.Input((20,), batch_size=64),
                layers.Embedding(SIZE, 2),
                layers.LSTM(3, stateful=True),
                layers.Dense(SIZE, activation="softmax"),
            ]
        ),
    ],
    ids=["softmax layer", "activation layer", "scores", "gru", "dropouts", "stateful"],
)
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_what_the_course_may_have_written_otherwise(
    make: Any, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker itself holds the outputs to those of Keras."""
    facts = opened(make(), tmp_path / f"m{suffix}", monkeypatch)
    assert (facts.get("error"), facts["units"], facts["vocab_size"]) == (None, 3, SIZE)


@pytest.mark.parametrize("kind", ["mixed_float16", "mixed_bfloat16", "float64"])
def test_a_model_of_another_precision(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keras.config.set_dtype_policy(kind)  # as on the graphics cards of Colab
    try:
        model = course_model(layers.LSTM(16))
    finally:
        keras.config.set_dtype_policy("float32")
    for variable in model.weights:
        if variable.dtype.startswith("float"):
            variable.assign(np.random.default_rng(1).normal(0, 0.7, variable.shape))
    assert opened(model, tmp_path / "m.keras", monkeypatch).get("units") == 16


def test_a_softmax_over_something_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = course_model(
        layers.LSTM(3, return_sequences=True), layers.Dense(SIZE), head=layers.Softmax(axis=1)
    )
    facts = opened(model, tmp_path / "m.keras", monkeypatch)
    assert "computes something else" in facts["error"]["message"]


def test_what_nobody_foresaw_is_a_sentence_and_not_a_lack_of_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_convert", lambda *_: 1 / 0)
    facts = opened(course_model(), tmp_path / "m.keras", monkeypatch)
    assert "cannot be read (ZeroDivisionError: division by zero)" in facts["error"]["message"]

    def exhausted(*_: object) -> None:
        raise ValueError("OOM when allocating tensor with shape[4000000,1000000]")

    monkeypatch.setattr(worker, "_convert", exhausted)
    with pytest.raises(ValueError, match="OOM"):
        opened(course_model(), tmp_path / "m.keras", monkeypatch)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"class_name": "Sequential", "config": "x"}', "no list of layers"),
        ('{"class_name": "Sequential", "config": [1]}', "no list of layers"),
        ("[" * 100_000, "not a model saved by Keras"),
        ("[]", "description is not one"),
    ],
)
def test_descriptions_that_are_none(text: str, message: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("config.json", text)
    found = worker.answer(tmp_path / "m.keras", tmp_path / "none")
    assert message in found["error"]["message"]


def test_code_from_outside_is_refused_before_keras_sees_it() -> None:
    description = {"class_name": "Sequential", "config": {"layers": []}}
    _check_description(description)
    for part in (
        {"module": "os", "class_name": "system"},
        {"class_name": "Mine", "registered_name": "course>Mine"},
        {"class_name": "Lambda"},
    ):
        layer = {"class_name": "LSTM", "config": {"kernel_initializer": part}}
        with pytest.raises(ModelError, match="code of its own"):
            _check_description({"class_name": "Sequential", "config": {"layers": [layer]}})
    with pytest.raises(ModelError, match="holds a 'Evil'"):
        _check_description({"class_name": "Evil"})


def test_files_of_other_kinds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, data in (("m.keras", b"PK\x03\x04"), ("m.h5", b"\x89HDF"), ("m.keras", b"")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ModelError, match="not a model saved by Keras"):
            _description(tmp_path / name)
    with zipfile.ZipFile(tmp_path / "bomb.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", bytes(101_000_000))
    with pytest.raises(ModelError, match="unpacks to more than 100 MB"):
        _description(tmp_path / "bomb.keras")
    with pytest.raises(ModelError, match=r"give a \.keras or \.h5"):
        import_keras(b"", "m.pkl", CORPUS)
    monkeypatch.setattr(keras_import, "MAX_BYTES", 10)
    with pytest.raises(ModelError, match="larger than"):
        import_keras(bytes(11), "m.keras", CORPUS)
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    with pytest.raises(ConfigError, match="public server"):
        import_keras(bytes(5), "m.keras", CORPUS)
    assert list_runs() == []


def test_a_refusal_crosses_the_process(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not a model saved by Keras"):
        import_keras(b"not a zip", "m.keras", CORPUS)
    with zipfile.ZipFile(tmp_path / "dog.keras", "w") as archive:
        archive.writestr("config.json", '{"class_name": "Dog"}')
    with pytest.raises(ModelError, match="holds a 'Dog', not a model") as caught:
        import_keras((tmp_path / "dog.keras").read_bytes(), "dog.keras", CORPUS)
    assert caught.value.values["name"] == "Dog"


def test_too_little_memory_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("resource")
    monkeypatch.setattr(keras_import, "MEMORY_MB", 80)
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
    assert keras_import._accuracy(model, text) == hits / len(text)
