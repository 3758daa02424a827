from __future__ import annotations

import math

import numpy as np
import pytest

from moliere_core.errors import ModelError
from moliere_core.inspection.forgetting import Echo, echo, half_life, survival
from moliere_core.inspection.step import GRU_GATES, LSTM_GATES, RNN_GATES, spell_out
from moliere_core.inspection.trace import read, trace
from moliere_core.inspection.vectors import finer_kind, neighbours, principal_plane
from moliere_core.models.references import RecurrentModel, load_recurrent
from tests.networks import LETTERS, random_network

ARCHITECTURES = [(cell, layers) for cell in ("lstm", "gru", "rnn") for layers in (1, 2, 3)]


@pytest.mark.parametrize(("cell", "layers"), ARCHITECTURES)
def test_the_numbers_of_a_step_add_up(cell: str, layers: int) -> None:
    model = RecurrentModel("test", random_network(cell=cell, layers=layers), LETTERS)
    context, seen = read(model, "le malade")
    assert context == "\nle malade"
    for layer in range(layers):
        step = spell_out(model, seen, position=4, layer=layer, unit=3)
        assert step.char == "m"
        assert step.vector.tolist() == model.network.embedding[step.symbol].tolist()
        gates = {gate.name: gate for gate in step.gates}
        names = {"lstm": LSTM_GATES, "gru": GRU_GATES, "rnn": RNN_GATES}
        assert tuple(gates) == names[cell]
        for gate in step.gates:
            squashed = (
                math.tanh(gate.total) if gate.squash == "tanh" else 1 / (1 + math.exp(-gate.total))
            )
            assert gate.value == pytest.approx(squashed, abs=1e-5)
            recalled = gate.from_state
            if cell == "gru" and gate.name == "candidate":
                recalled *= gates["reset"].value
            assert gate.total == pytest.approx(gate.from_input + recalled + gate.bias, abs=1e-6)
        if cell == "lstm":
            memory = (
                gates["forget"].value * step.memory_before
                + gates["input"].value * gates["candidate"].value
            )
            assert step.hidden == pytest.approx(
                gates["output"].value * math.tanh(step.memory), abs=1e-5
            )
        elif cell == "rnn":
            memory = gates["hidden"].value
            assert step.hidden == step.memory
        else:
            z = gates["update"].value
            memory = z * step.memory_before + (1 - z) * gates["candidate"].value
            assert step.hidden == step.memory
        assert step.memory == pytest.approx(memory, abs=1e-5)
        assert step.probs.sum() == pytest.approx(1, abs=1e-5)
        assert step.probs[0] == 0
    top = [spell_out(model, seen, 4, layers - 1, unit).contribution for unit in range(8)]
    np.testing.assert_allclose(
        np.sum(top, axis=0) + model.network.dense_bias, step.logits, atol=1e-5
    )


def test_the_first_step_remembers_nothing() -> None:
    model = RecurrentModel("test", random_network(), LETTERS)
    step = spell_out(model, read(model, "")[1], 0, 0, 0)
    assert step.memory_before == 0
    assert all(gate.from_state == 0 for gate in step.gates)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_what_is_left_is_the_product_of_the_gates(cell: str) -> None:
    network = random_network(cell=cell)
    seen = trace(network, LETTERS.encode("\nla cassette"))
    left = survival(seen.layers[0], 3)
    assert left.shape == (len(seen.ids) - 3, 8)
    assert (left[0] == 1).all()
    expected = seen.layers[0].kept[4] * seen.layers[0].kept[5]
    np.testing.assert_allclose(left[2], expected, rtol=1e-6)


def test_half_life() -> None:
    assert half_life(np.array([1, 0.8, 0.5, 0.2], np.float32)) == 2
    assert half_life(np.array([1, 0.9], np.float32)) is None


@pytest.mark.parametrize("layers", [1, 2])
def test_the_echo_of_a_passage(layers: int) -> None:
    network = random_network(layers=layers)
    ids = LETTERS.encode("\nle pauvre homme")
    full = trace(network, ids)
    found = echo(network, full, 3, 6)
    assert found.distance.shape == (layers, len(ids) - 5)
    less = trace(network, np.delete(ids, slice(3, 6)))
    p, q = (np.exp(t.log_probs[-1, 1:].astype(np.float64)) for t in (full, less))
    assert found.divergence[-1] == pytest.approx((p * np.log2(p / q)).sum(), abs=1e-5)
    with_it = full.layers[-1].memory[-1]
    gap = np.linalg.norm(with_it - less.layers[-1].memory[-1])
    assert found.distance[-1, -1] == pytest.approx(gap / np.linalg.norm(with_it), rel=1e-4)


def test_when_an_echo_has_died_away() -> None:
    nothing = np.zeros(5, np.float32)
    found = Echo(np.array([[1.0, 0.4, 0.6, 0.1, 0.05]], np.float32), nothing)
    assert found.steps_until(0.5) == 3  # the last time that it was above
    assert found.steps_until(0.01) is None
    assert found.steps_until(1.0) == 0
    weaker = Echo(
        found.distance / np.float32(2), nothing
    )  # of what it was at first, not of the memory
    assert weaker.steps_until(0.5) == 3


@pytest.mark.parametrize("span", [(0, 2), (3, 3), (4, 3), (5, 99)])
def test_a_passage_outside_the_text_is_refused(span: tuple[int, int]) -> None:
    network = random_network()
    seen = trace(network, LETTERS.encode("\nmonsieur"))
    with pytest.raises(ModelError, match="select at least one"):
        echo(network, seen, *span)


def test_the_plane_keeps_what_lies_in_a_plane() -> None:
    rng = np.random.default_rng(0)
    flat = rng.normal(size=(30, 2)) * [5, 1]
    turned = flat @ np.linalg.qr(rng.normal(size=(6, 2)))[0].T
    plane = principal_plane(turned)
    assert plane.explained.sum() == pytest.approx(1)
    assert plane.explained[0] > 0.9
    distances = np.linalg.norm(turned[:, None] - turned, axis=-1)
    np.testing.assert_allclose(
        np.linalg.norm(plane.points[:, None] - plane.points, axis=-1), distances, atol=1e-9
    )
    assert (plane.points[np.abs(plane.points).argmax(axis=0), [0, 1]] > 0).all()


def test_an_embedding_of_one_dimension_has_a_plane() -> None:
    plane = principal_plane(np.array([[1.0], [2.0], [4.0]]))
    assert plane.explained.tolist() == [1, 0]


def test_petit_puts_like_with_like() -> None:
    petit = load_recurrent("petit")
    for char, capital in (("é", "É"), ("a", "A"), ("t", "T")):
        near = neighbours(petit.network.embedding, petit.vocabulary.index[char], 8)
        cosines = [cosine for _, cosine in near]
        assert cosines == sorted(cosines, reverse=True)
        chars = [petit.vocabulary.chars[i - 1] for i, _ in near]
        assert char not in chars
        assert capital in chars[:3]
    everybody = neighbours(petit.network.embedding, petit.vocabulary.index["a"], 1000)
    assert len(everybody) == len(petit.vocabulary.chars) - 1  # nor itself, nor the unknown symbol
    assert 0 not in [i for i, _ in everybody]
    marks = neighbours(petit.network.embedding, petit.vocabulary.index["."], 3)
    assert {"?", "!"} <= {petit.vocabulary.chars[i - 1] for i, _ in marks}


@pytest.mark.parametrize(
    ("char", "expected"),
    [
        ("a", "vowel"),
        ("é", "accented"),
        ("ç", "accented"),
        ("œ", "accented"),
        ("m", "consonant"),
        ("É", "capital"),
        ("4", "digit"),
        ("!", "punctuation"),
        ("\n", "space"),
    ],
)
def test_kinds_of_characters(char: str, expected: str) -> None:
    assert finer_kind(char) == expected
