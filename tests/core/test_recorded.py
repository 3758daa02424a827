"""Recorded voices: the files that are shipped, and what is answered from them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from moliere_core.config import SamplingConfig
from moliere_core.measures import axis
from moliere_core.models.references import load_model
from moliere_core.models.sampling import generate
from moliere_core.pretrained import Generation, NextChars, Piece, recorded
from moliere_core.pretrained.recorded import Bits, Voice, Written, beginning

pytestmark = pytest.mark.slow

MOST_BYTES = 150_000
ALPHABET = load_model("petit").vocabulary.chars
VOICES = [pytest.param(voice, id=name) for name, voice in recorded.voices().items()]
GENERATION = Generation(
    (Piece("ab"), Piece(" c", 0)), (Piece("de"), Piece("f\n", 2), Piece("g")), 4, 2.0, "end"
)
MADE = Voice(
    "hf:somebody/model", "2026-11-26", "0" * 40, "a wheel 1.0, model.gguf", "Q4_0", 4, "float32",
    "numpy 2", "gpt2", 10, 5, 64, 2,
    tuple(
        Written("ab c", SamplingConfig(temperature), seed, GENERATION)
        for temperature, seed in ((0.0, 1), (0.8, 1), (0.8, 2))
    ),
    {"ab c": NextChars(("d", "ß"), np.array([0.75, 0.125]), 0.0625, 0.0, 0.0625, (("œ", 0.06),))},
    {"modern": Bits(3982, 1.5, {"prose": 1.5})},
)  # fmt: skip


def test_the_models_of_the_issue_are_shipped_and_small() -> None:
    names = {"hf:HuggingFaceTB/SmolLM2-135M-Instruct", "hf:google/gemma-3-270m"}
    assert set(recorded.voices()) >= names
    files = [recorded.path(name) for name in names]
    assert sum(file.stat().st_size for file in files) < MOST_BYTES
    card = (recorded.VOICES / "README.md").read_text(encoding="utf-8")
    for voice in recorded.voices().values():
        assert voice.reference.removeprefix("hf:") in card
        assert voice.commit in card


@pytest.mark.parametrize("voice", VOICES)
def test_all_of_the_plan_was_recorded(voice: Voice) -> None:
    plan = recorded.plan()
    wanted = [(prompt, *draw) for prompt in plan.prompts for draw in plan.draws]
    assert [(w.after, w.config.temperature, w.seed) for w in voice.texts] == wanted
    assert voice.prompts == plan.prompts
    for written in voice.texts:
        read, found = written.generation.prompt, written.generation
        assert "".join(piece.text for piece in read) == written.after
        assert len(found.text) == plan.chars or found.ended == "end"
        assert found.seconds > 0
    assert set(voice.bits) == set(axis.SHIPPED_TEXTS)
    assert {name: bits.chars for name, bits in voice.bits.items()} == axis.shipped().chars
    assert re.fullmatch(r"[0-9a-f]{40}", voice.commit)
    assert re.fullmatch(r"2\d{3}-\d{2}-\d{2}", voice.date)


@pytest.mark.parametrize("voice", VOICES)
def test_the_bars_along_both_ways_are_whole(voice: Voice) -> None:
    plan = recorded.plan()
    for prompt in plan.prompts:
        [way] = generate(
            load_model(plan.walker), [prompt], [SamplingConfig()], [plan.seed], plan.steps
        )
        own = prompt
        for step in range(plan.steps + 1):
            for text in (own, prompt + way[:step]):
                found = voice.following(text, ALPHABET)
                assert found is not None
                total = found.probs.sum() + sum(found.extra.values())
                assert total == pytest.approx(1, abs=1e-3)
            following = voice.following(own, ALPHABET)
            assert following is not None
            if step < plan.steps:
                own += following.draw(plan.seed, step)


def test_a_file_gives_back_what_was_written_into_it(tmp_path: Path) -> None:
    recorded.save(MADE, tmp_path / "voice.json")
    found = recorded.load(tmp_path / "voice.json")
    assert replace(found, bars={}) == replace(MADE, bars={})
    assert list(found.bars) == ["ab c"]
    assert found.bars["ab c"].probs.tolist() == [0.75, 0.125]
    assert found.bars["ab c"].extra == MADE.bars["ab c"].extra
    assert found.bars["ab c"].outside == MADE.bars["ab c"].outside


def test_what_rounding_loses_is_unresolved(tmp_path: Path) -> None:
    chars = tuple(map(chr, range(97, 117)))
    probs = np.full(20, 0.00004)
    probs[3] = 0.99
    rest = 1 - probs.sum()
    voice = replace(MADE, bars={"x": NextChars(chars, probs, rest)})
    recorded.save(voice, tmp_path / "voice.json")
    found = recorded.load(tmp_path / "voice.json").bars["x"]
    assert found.chars == ("d",)
    assert found.unresolved == pytest.approx(19 * 0.00004, abs=1e-4)
    assert found.probs.sum() + sum(found.extra.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ((0.8, 2), (0.8, 2)),
        ((0.0, 1), (0.0, 1)),
        ((0.9, 1), (0.8, 1)),
        ((0.1, 2), (0.0, 1)),
        ((2.0, 7), (0.8, 2)),
    ],
)
def test_the_nearest_settings_and_which(asked: tuple[float, int], given: tuple[float, int]) -> None:
    found = MADE.written("ab c", SamplingConfig(asked[0]), asked[1], 10)
    assert found is not None
    assert (found.config.temperature, found.seed) == given


def test_nothing_is_answered_that_was_not_recorded() -> None:
    assert MADE.written("ab", SamplingConfig(), 1, 10) is None
    assert MADE.following("ab", ("a", "b")) is None


def test_bars_over_another_alphabet_keep_their_sum() -> None:
    found = MADE.following("ab c", ("d", "e"))
    assert found is not None
    assert found.probs.tolist() == [0.75, 0.0]
    assert found.unknown == 0.0625 + 0.125


def test_the_beginning_of_a_text() -> None:
    assert beginning(GENERATION, 5) is GENERATION
    found = beginning(GENERATION, 3)
    assert found.pieces == (Piece("de"), Piece("f", 2))
    assert (found.tokens, found.seconds, found.ended) == (3, 1.5, "length")
    assert not beginning(GENERATION, 0).pieces


def test_recorded_points_stand_on_the_axis_and_say_so() -> None:
    for name in axis.SHIPPED_TEXTS:
        for reference, point in axis.recorded(name).items():
            assert point.recorded
            assert point.upper_bound
            assert point.may_have_read == (name != "modern")
            assert point.bits_per_char == recorded.voices()[reference].bits[name].bits_per_char
    assert not any(p.recorded for points in axis.shipped().points.values() for p in points.values())
