from __future__ import annotations

import bz2
import json
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from moliere_core import pretrained
from moliere_core.corpus import EMBEDDED, load_corpus
from moliere_core.errors import CorpusError, ModelError
from moliere_core.measures import axis
from moliere_core.models.evaluation import score
from moliere_core.models.protocol import UNKNOWN_BITS
from moliere_core.models.references import RecurrentModel, load_model, open_run
from moliere_core.runs.run import run_path
from moliere_core.system.storage import write_atomically
from moliere_core.text.vocabulary import Vocabulary
from tests.networks import LETTERS, make_run, random_network

POINTS = axis.Point("petit", 1.5, 3, 4), axis.Point("grand", 1.4, 5, 6)
VERSE = (
    "Mon frère, s'il vous plaît, ne discourons point tant,",
    "Et que chacun de nous vive comme il l'entend.",
)
TEXT = "Monsieur, je suis votre serviteur ; et vous êtes le mien."


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path))


def test_chance_is_the_logarithm_of_the_alphabet() -> None:
    letters = Vocabulary(tuple("abcdefgh"))
    assert axis.uniform(letters, "cafe", 10).bits_per_char == 3
    assert axis.uniform(letters, "café", 10).bits_per_char == (3 * 3 + UNKNOWN_BITS) / 4
    with pytest.raises(CorpusError, match="empty"):
        axis.uniform(letters, "", 10)


def test_chance_is_where_a_network_without_preference_stands() -> None:
    network = random_network()
    network.dense, network.dense_bias = network.dense * 0, network.dense_bias * 0
    model = RecurrentModel("flat", network, LETTERS)
    bits = score(model, TEXT.lower()).bits_per_char
    assert axis.uniform(LETTERS, TEXT.lower(), 10).bits_per_char == pytest.approx(bits)


def test_a_compressor_pays_only_for_what_it_has_not_seen() -> None:
    train = load_corpus(EMBEDDED).text()
    point = axis.compressed("bzip2", train, TEXT)
    before = len(bz2.compress(train.encode(), 9))
    after = len(bz2.compress((train + "\n" + TEXT).encode(), 9))
    assert point.bits_per_char == 8 * (after - before) / len(TEXT)
    seen = axis.compressed("xz", train, train[1000:3000]).bits_per_char
    assert seen < 0.2
    assert axis.compressed("xz", train, "Zq#%" * 30).bits_per_char > 5 * seen
    with pytest.raises(CorpusError, match="empty"):
        axis.compressed("gzip", train, "")


@pytest.mark.parametrize("reference", ["petit", "kn-3"])
def test_a_point_is_the_evaluation(reference: str) -> None:
    told: list[float] = []
    point = axis.measure(reference, TEXT, 7, progress=told.append)
    model = load_model(reference)
    assert point.bits_per_char == pytest.approx(score(model, TEXT).bits_per_char)
    assert (point.parameters, point.train_chars) == (model.parameters, 7)
    assert not point.upper_bound
    assert told[-1] == 1


@pytest.mark.parametrize(
    ("reference", "public", "train_chars", "may_have_read"),
    [
        ("mini-gpt", True, 7, False),
        ("hf:gpt2", True, axis.READ_CHARS["hf:gpt2"], True),
        ("hf:gpt2", False, axis.READ_CHARS["hf:gpt2"], False),
        ("hf:another", True, None, True),
    ],
)
def test_what_is_known_of_what_a_model_of_tokens_has_read(
    monkeypatch: pytest.MonkeyPatch,
    reference: str,
    public: bool,
    train_chars: int | None,
    may_have_read: bool,
) -> None:
    found = SimpleNamespace(bits_per_char=1.25, bits=np.full(len(TEXT), 1.25))
    answer = SimpleNamespace(wait=lambda _: True, result=lambda: found)
    monkeypatch.setattr(pretrained, "score", lambda *_, **__: answer)
    monkeypatch.setattr(pretrained, "card", lambda _: SimpleNamespace(parameters=9))
    assert axis.measure(reference, TEXT, 7, public) == axis.Point(
        reference,
        1.25,
        9,
        train_chars,
        upper_bound=True,
        may_have_read=may_have_read,
        parts={"prose": 1.25},
    )


def test_a_model_that_is_not_here_is_said() -> None:
    with pytest.raises(ModelError):
        axis.measure("hf:nobody/nothing", TEXT, 7)


def test_points_are_kept_for_the_text_they_were_measured_on() -> None:
    assert axis.stored(TEXT) == {}
    one, two = axis.uniform(LETTERS, TEXT, 10), axis.Point("petit", 1.5, 3, 4, upper_bound=True)
    axis.store(TEXT, one)
    axis.store(TEXT, two)
    assert axis.stored(TEXT) == {axis.UNIFORM: one, "petit": two}
    assert axis.stored(TEXT + "!") == {}


def test_points_of_before_the_parts_were_told_are_measured_again(tmp_path: Path) -> None:
    axis.store(TEXT, axis.Point("petit", 1.5, 3, 4))
    [path] = (tmp_path / "axis").iterdir()
    [document] = json.loads(path.read_text(encoding="utf-8"))
    del document["parts"]
    path.write_text(json.dumps([document]), encoding="utf-8")
    assert axis.stored(TEXT) == {}


@pytest.mark.parametrize("reference", ["petit", "kn-8"])
def test_verse_and_prose_are_told_apart_in_one_reading(reference: str) -> None:
    text = "\n".join([*VERSE, "", TEXT])
    point = axis.measure(reference, text, 7)
    bits, cut = score(load_model(reference), text).bits, len(text) - len(TEXT)
    assert point.parts["verse"] == pytest.approx(bits[: cut - 1].mean())
    assert point.parts["prose"] == pytest.approx(bits[cut:].mean())
    assert list(axis.measure(reference, TEXT, 7).parts) == ["prose"]


def test_a_run_tells_what_it_read_itself(tmp_path: Path) -> None:
    reference = f"run:{make_run(run_path('0123456789ab')).id}"
    point = axis.measure(reference, TEXT, 7)
    assert point.train_chars == open_run(reference)[0].corpus["chars"] != 7


def test_two_who_measure_one_text_keep_the_points_of_both(monkeypatch: pytest.MonkeyPatch) -> None:
    beside: list[threading.Thread] = []

    def slow(path: Path, data: bytes) -> None:
        if not beside:  # while the first has read and not written, somebody else has a point
            beside.append(threading.Thread(target=axis.store, args=(TEXT, POINTS[1])))
            beside[0].start()
            beside[0].join(0.2)
        write_atomically(path, data)

    monkeypatch.setattr(axis, "write_atomically", slow)
    axis.store(TEXT, POINTS[0])
    beside[0].join()
    assert set(axis.stored(TEXT)) == {"petit", "grand"}


def test_shipped_figures_agree_with_the_models_that_are_shipped() -> None:
    figures = axis.shipped()
    assert set(figures.points) == set(axis.SHIPPED_TEXTS)
    modern = axis.MODERN.read_text(encoding="utf-8").strip()
    assert figures.chars["modern"] == len(modern)
    chance = axis.uniform(load_model("petit").vocabulary, modern, 0).bits_per_char
    assert figures.points["modern"][axis.UNIFORM].bits_per_char == pytest.approx(chance)
    for reference in ("petit", "kn-8"):
        bits = score(load_model(reference), modern).bits_per_char
        assert figures.points["modern"][reference].bits_per_char == pytest.approx(bits, abs=1e-4)
    for found in figures.points.values():
        counts = [found[f"kn-{order}"].bits_per_char for order in range(1, 9)]
        assert counts == sorted(counts, reverse=True)
        assert found[axis.UNIFORM].bits_per_char > counts[0]
        assert found["grand"].bits_per_char < found["petit"].bits_per_char


def test_the_embedded_plays_do_not_hold_the_training_text() -> None:
    assert axis.training_text(load_corpus(EMBEDDED)) is None
