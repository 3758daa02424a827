"""Recorded answers of large models, for machines that have neither the models nor a network.

A voice is a file of `assets/voices`, made by `python -m tools.record_voices` where the model is:
texts it wrote after some prompts, its bars after these and a few characters more, its bits on the
texts of the axis, with where its weights came from and when. `plan.toml`, beside them, says what is
recorded of each. Nothing here is made up: what was not recorded is not answered.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from moliere_core.assets import ASSETS
from moliere_core.config import SamplingConfig
from moliere_core.pretrained.results import Generation, NextChars
from moliere_core.pretrained.tokens import Piece
from moliere_core.text.normalise import normalise

VOICES = ASSETS / "voices"
PLAN = VOICES / "plan.toml"
DIGITS = 4  # of a stored probability; what is rounded away counts as unresolved


@dataclass(frozen=True)
class Plan:
    """What is recorded of every model.

    Attributes:
        prompts: normalised.
        chars: of each text.
        draws: temperatures and seeds of the texts after each prompt.
        steps: characters after each prompt along which bars are recorded.
        walker: the model whose draws lead along one way; the recorded model's lead along another.
        seed: of these draws.
    """

    prompts: tuple[str, ...]
    chars: int
    draws: tuple[tuple[float, int], ...]
    steps: int
    walker: str
    seed: int


@dataclass(frozen=True)
class Written:
    """A recorded text, and the settings that it was written with."""

    after: str  # the prompt, normalised
    config: SamplingConfig
    seed: int
    generation: Generation


@dataclass(frozen=True)
class Bits:
    """What a recorded model makes of a text; an upper bound, as `results.TokenScore` is.

    Attributes:
        chars: of the text.
        bits_per_char: of the whole.
        parts: of what looks like verse in it and of the rest, by the names of `verse.FORMS`.
    """

    chars: int
    bits_per_char: float
    parts: Mapping[str, float]


@dataclass(frozen=True)
class Voice:
    """What was recorded of a model.

    Attributes:
        reference: of the model, `hf:NAME`.
        date: of the recording, as ISO 8601 has it.
        commit: of the hub's repository; of weights from elsewhere, the beginning of their SHA-256.
        source: where weights from elsewhere came from; "" of the hub's own.
        quantisation: what they were reduced to before they came, "" where they were not.
        stored_bits: of each of the stored numbers.
        dtype: in which it was computed, "float32" or "bfloat16".
        engine: what computed it.
        architecture: as its configuration has it.
        parameters: trained numbers.
        vocab_size: tokens.
        context_length: tokens that it was trained to read at once.
        layers: blocks.
        texts: that it wrote.
        bars: what it expected, by the normalised text before.
        bits: on the texts of the axis, by their names there.
    """

    reference: str
    date: str
    commit: str
    source: str
    quantisation: str
    stored_bits: int
    dtype: str
    engine: str
    architecture: str
    parameters: int
    vocab_size: int
    context_length: int
    layers: int
    texts: tuple[Written, ...] = ()
    bars: Mapping[str, NextChars] = field(default_factory=dict)
    bits: Mapping[str, Bits] = field(default_factory=dict)

    @property
    def prompts(self) -> tuple[str, ...]:
        """The prompts after which it wrote."""
        return tuple(dict.fromkeys(written.after for written in self.texts))

    def written(self, prompt: str, config: SamplingConfig, seed: int, chars: int) -> Written | None:
        """What it wrote after a prompt; None where nothing was recorded after this one.

        With the settings asked for where there is such a text, else with the nearest temperature,
        then the nearest seed: the answer says with which.

        Args:
            prompt: normalised here.
            config: of the draws.
            seed: of the draws.
            chars: of the text, at most.
        """
        after = [written for written in self.texts if written.after == normalise(prompt)]
        if not after:
            return None
        nearest = min(
            after,
            key=lambda written: (
                abs(written.config.temperature - config.temperature),
                abs(written.seed - seed),
            ),
        )
        return replace(nearest, generation=beginning(nearest.generation, chars))

    def following(self, text: str, alphabet: Sequence[str]) -> NextChars | None:
        """What it expected after a text, over an alphabet; None where that was not recorded."""
        found = self.bars.get(normalise(text))
        if found is None:
            return None
        stored = dict(zip(found.chars, found.probs, strict=True))
        probs = np.array([stored.pop(char, 0.0) for char in alphabet])
        return replace(
            found, chars=tuple(alphabet), probs=probs, unknown=found.unknown + sum(stored.values())
        )


def beginning(generation: Generation, chars: int) -> Generation:
    """The first characters of a text, as if the model had stopped there."""
    if len(generation.text) <= chars:
        return generation
    pieces: list[Piece] = []
    left = chars
    for piece in generation.pieces:
        if not left:
            break
        pieces.append(Piece(piece.text[:left], piece.tokens))
        left -= len(pieces[-1].text)
    tokens = sum(piece.tokens for piece in pieces)
    seconds = generation.seconds * tokens / max(generation.tokens, 1)
    return replace(generation, pieces=tuple(pieces), tokens=tokens, seconds=seconds, ended="length")


@cache
def plan() -> Plan:
    """What is recorded of every model."""
    found = tomllib.loads(PLAN.read_text(encoding="utf-8"))
    draws = tuple((temperature, seed) for temperature, seeds in found["draws"] for seed in seeds)
    prompts = tuple(map(normalise, found["prompts"]))
    return Plan(**found | {"draws": draws, "prompts": prompts})


@cache
def voices() -> Mapping[str, Voice]:
    """All recordings, by the reference of the model."""
    read = (load(path) for path in sorted(VOICES.glob("*.json")))
    return {voice.reference: voice for voice in read}


# The files


def path(reference: str) -> Path:
    """The file of a model's voice."""
    return VOICES / (reference.removeprefix("hf:").replace("/", "--") + ".json")


def load(file: Path) -> Voice:
    """A voice from its file."""
    data = json.loads(file.read_text(encoding="utf-8"))
    texts = tuple(
        Written(
            t["after"],
            SamplingConfig(t["temperature"]),
            t["seed"],
            Generation(
                _joined(t["after"], t["prompt"]),
                _joined(t["text"], t["cuts"]),
                t["tokens"],
                t["seconds"],
                t["ended"],
            ),
        )
        for t in data["texts"]
    )
    bars = {
        b["after"]: NextChars(
            tuple(b["probs"]),
            np.array(list(b["probs"].values()), np.float64),
            b["unknown"],
            b["end"],
            b["unresolved"],
            tuple((char, prob) for char, prob in b["outside"]),
        )
        for b in data["bars"]
    }
    bits = {name: Bits(**found) for name, found in data["bits"].items()}
    return Voice(**data | {"texts": texts, "bars": bars, "bits": bits})


def save(voice: Voice, file: Path) -> None:
    """Write a voice into its file, a text and a distribution a line."""
    texts = [
        {
            "after": w.after,
            "temperature": w.config.temperature,
            "seed": w.seed,
            "prompt": _cuts(w.generation.prompt),
            "text": w.generation.text,
            "cuts": _cuts(w.generation.pieces),
            "tokens": w.generation.tokens,
            "seconds": round(w.generation.seconds, 2),
            "ended": w.generation.ended,
        }
        for w in voice.texts
    ]
    bars = [{"after": text} | _rounded(found) for text, found in voice.bars.items()]
    bits = {name: vars(found) for name, found in voice.bits.items()}
    lists = {"texts": texts, "bars": bars}
    lines = [
        f" {_line(k)}: {_line(v)}"
        for k, v in (vars(voice) | {"bits": bits}).items()
        if k not in lists
    ]
    for name, rows in lists.items():
        inside = ",\n".join(f"  {_line(row)}" for row in rows)
        lines.append(f" {_line(name)}: [\n{inside}\n ]")
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _rounded(found: NextChars) -> dict[str, Any]:
    """A distribution rounded to `DIGITS`; what is lost counts as unresolved: the sum stays 1."""
    pairs = sorted(zip(found.chars, found.probs, strict=True), key=lambda pair: -pair[1])
    probs = {char: kept for char, prob in pairs if (kept := round(float(prob), DIGITS))}
    unknown, end = round(found.unknown, DIGITS), round(found.end, DIGITS)
    rest = 1.0 - sum(probs.values()) - unknown - end
    return {
        "probs": probs,
        "unknown": unknown,
        "end": end,
        "unresolved": max(round(rest, DIGITS), 0.0),
        "outside": [[c, kept] for c, prob in found.outside if (kept := round(prob, DIGITS))],
    }


def _cuts(pieces: Iterable[Piece]) -> list[int | list[int]]:
    """The characters of each piece, with the number of its tokens where that is not one."""
    return [
        len(piece.text) if piece.tokens == 1 else [len(piece.text), piece.tokens]
        for piece in pieces
    ]


def _joined(text: str, cuts: Iterable[int | list[int]]) -> tuple[Piece, ...]:
    """The pieces of a text; the inverse of `_cuts`."""
    pieces, at = [], 0
    for cut in cuts:
        size, tokens = cut if isinstance(cut, list) else (cut, 1)
        pieces.append(Piece(text[at : at + size], tokens))
        at += size
    return tuple(pieces)


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
