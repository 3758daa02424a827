"""Who remembers the name: models made to remember so far and no further."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest

from moliere_core.errors import CorpusError
from moliere_core.measures import name_recall as recall
from moliere_core.measures.ends import EndBits, end_bits_of
from moliere_core.measures.name_recall import (
    DISTANCES,
    FRAMES,
    NAMES,
    WITHIN,
    NameRecall,
    fillers,
    lines,
    name_recall,
    recorded,
    to_json,
)
from moliere_core.models.references import RecurrentModel
from moliere_core.text.normalise import normalise
from tests.networks import LETTERS, random_network


def remembers(reach: int) -> EndBits:
    """A name costs 5 bits where it stands among the last `reach` characters, 20 otherwise."""
    return lambda before, end: 5.0 if end in before[-reach:] else 20.0


def test_what_is_within_reach_is_remembered() -> None:
    found = name_recall(remembers(200))
    assert [point.distance for point in found] == list(DISTANCES)
    near, middle, far = found
    for point in (near, middle):
        assert (point.planted, point.without, point.other) == (5, 20, 20)
        assert point.saved == point.own == 15
        assert point.saved_error == point.own_error == 0
        assert point.share == 0.75
    assert (far.planted, far.saved, far.own) == (20, 0, 0)


def test_another_name_is_not_this_one() -> None:
    """A model that only learns from the line that some name comes saves nothing of its own."""

    def expects_a_name(before: str, end: str) -> float:
        return 8.0 if any(name in before for name in NAMES) else 20.0

    for point in name_recall(expects_a_name):
        assert (point.saved, point.own) == (12, 0)


def test_errors_are_those_of_the_names() -> None:
    costs = {name: float(i) for i, name in enumerate(NAMES)}

    def by_name(before: str, end: str) -> float:
        return 30 - costs[end.strip()] if end in before else 30.0

    point = name_recall(by_name, (20,))[0]
    values = np.array(list(costs.values()))
    assert point.own == pytest.approx(values.mean())
    assert point.own_error == pytest.approx(values.std(ddof=1) / np.sqrt(len(values)))


def test_the_three_texts_differ_in_the_line_that_plants() -> None:
    asked: list[tuple[str, str]] = []

    def keep(before: str, end: str) -> float:
        asked.append((before, end))
        return 1.0

    name_recall(keep, (100,))
    assert len(asked) == len(NAMES) * len(FRAMES) * 2 * 3
    for at in range(0, len(asked), 3):
        (planted, end), (without, _), (other, _) = asked[at : at + 3]
        first, _, rest = planted.partition("\n")
        assert rest == without == other.partition("\n")[2]
        assert end in first
        assert end not in rest
        assert end not in other.partition("\n")[0]
        assert not planted.endswith(" ")
        assert planted == normalise(planted)


@pytest.mark.parametrize("distance", DISTANCES)
def test_fillers_are_whole_lines_of_the_plays(distance: int) -> None:
    found = fillers(distance, 32)
    assert found == fillers(distance, 32)
    assert len(set(found)) == 32
    text = "\n".join(lines())
    for filler in found:
        assert filler in f"{text}\n"
        assert filler.endswith("\n")
        assert abs(len(filler) - distance) <= WITHIN * distance


def test_names_are_in_no_play_that_is_here() -> None:
    text = "\n".join(lines())
    assert not [name for name in NAMES if name in text]
    assert len(set(NAMES)) == len(NAMES)


def test_a_distance_without_passages_is_one_sentence() -> None:
    with pytest.raises(CorpusError, match="ask for another distance"):
        fillers(10_000_000, 3)


def test_a_model_of_the_protocol_is_asked_for_the_end_alone() -> None:
    model = RecurrentModel("random", random_network(), LETTERS)
    expected = model.surprisal("abcde")[3:].sum()
    assert end_bits_of(model)("abc", "de") == pytest.approx(float(expected))


def test_progress_rises_to_one() -> None:
    told: list[float] = []
    name_recall(remembers(1), (20, 100), progress=told.append)
    assert told[-1] == 1
    assert all(one < other for one, other in pairwise(told))


def test_what_was_recorded_is_of_these_distances() -> None:
    found = recorded()
    assert {"kn-8", "petit", "mini-gpt"} <= set(found)
    for points in found.values():
        assert [point.distance for point in points] == list(DISTANCES)
        assert [NameRecall(**point) for point in to_json(points)] == points
    json.dumps(to_json(found["petit"]))
    assert abs(found["kn-8"][0].own) < 0.01  # the name is 8 characters back and more
    assert found["mini-gpt"][0].own > found["petit"][0].own
    assert recall.RECORDED.is_file()
