"""The beam on weights that somebody trained: SmolLM2, as `tools.real_models` lays it out.

Skipped without torch, and where `MOLIERE_REAL_MODELS` names no such folder, made by
`python -m tools.real_models FOLDER smollm2`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from moliere_core.measures import axis
from moliere_core.models.protocol import CONTEXT_START
from moliere_core.pretrained import catalogue, operations, recorded
from moliere_core.pretrained.beam import CharacterBeam
from moliere_core.pretrained.language import LanguageModel
from moliere_core.pretrained.results import Event
from moliere_core.system import machine
from moliere_core.text.normalise import normalise

SMOL = "hf:HuggingFaceTB/SmolLM2-135M-Instruct"
CACHE = os.environ.get("MOLIERE_REAL_MODELS", "")
TEXT = "Le train de 8 h 12 est parti sans nous, et il pleuvait à verse. — Quel dommage !"
FIRST = 24  # characters of a text that are compared: later, a difference may have added up

pytestmark = pytest.mark.skipif(
    not Path(CACHE, "models--" + SMOL.removeprefix("hf:").replace("/", "--")).is_dir()
    or not machine.installed("torch", "transformers"),
    reason="torch is not installed, or "
    "MOLIERE_REAL_MODELS names no folder made by `python -m tools.real_models`",
)


@pytest.fixture(name="folder", scope="module")
def _folder() -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_CACHE", CACHE)
        yield catalogue.check(SMOL)


@pytest.fixture(name="model", scope="module")
def _model(folder: Path) -> LanguageModel:
    return operations.opened(SMOL, folder)


def done(events: Iterator[Event]) -> Event:
    *_before, last = events
    return last


def test_bits_are_those_of_transformers_alone(folder: Path, model: LanguageModel) -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    network = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    ids = tokenizer(TEXT, add_special_tokens=False)["input_ids"]
    read = tokenizer(CONTEXT_START)["input_ids"] + ids
    with torch.inference_mode():
        logits = network(torch.tensor([read])).logits[0].double()
    chances = logits[-len(ids) - 1 : -1].log_softmax(-1)
    nats = -chances[torch.arange(len(ids)), torch.tensor(ids)]
    expected = float(nats.sum()) / np.log(2)
    found = done(operations.score(model, {"text": TEXT, "context": ""}))
    assert sum(found["bits"]) == pytest.approx(expected, abs=1e-4 * len(TEXT))


@pytest.mark.parametrize(
    "text", ["La capitale de la France est", "Ah ! voil", "Mon frère, je v", "In 1912, the sh"]
)
def test_bars_are_those_of_a_beam_without_an_anchor(model: LanguageModel, text: str) -> None:
    wide = CharacterBeam(model, width=48, prune=1e-6, anchored=False).characters(text)
    found = model.beam.characters(text)
    chars = {*found.probs, *wide.probs}
    apart = sum(abs(found.probs.get(c, 0) - wide.probs.get(c, 0)) for c in chars)
    apart += abs(found.end - wide.end) + abs(found.unresolved - wide.unresolved)
    assert sum(wide.probs.values()) > 0.99
    assert apart / 2 <= 0.004  # total variation


def test_the_recorded_texts_are_written_again(model: LanguageModel) -> None:
    greedy = [w for w in recorded.voices()[SMOL].texts if not w.config.temperature]
    assert {w.after for w in greedy} == set(recorded.plan().prompts)
    for written in greedy:
        request = {"prompt": written.after, "seed": written.seed, "chars": FIRST}
        settings = {"temperature": 0, "top_k": 0, "top_p": 1.0}
        events = operations.generate(model, request | settings)
        text = "".join(p for event in events for p, _tokens in event.get("pieces", []))
        assert text == written.generation.text[:FIRST]


def test_the_recorded_bars_are_found_again(model: LanguageModel) -> None:
    voice = recorded.voices()[SMOL]
    for prompt in recorded.plan().prompts:
        stored, found = voice.bars[prompt], model.beam.characters(prompt)
        kept = dict(zip(stored.chars, stored.probs, strict=True))
        assert all(found.probs[char] == pytest.approx(p, abs=2e-3) for char, p in kept.items())


def test_the_recorded_bits_are_found_again(model: LanguageModel) -> None:
    text = normalise(axis.MODERN.read_text(encoding="utf-8").strip())
    found = done(operations.score(model, {"text": text, "context": ""}))
    stored = recorded.voices()[SMOL].bits["modern"]
    assert len(text) == stored.chars
    assert np.mean(found["bits"]) == pytest.approx(stored.bits_per_char, abs=0.01)
