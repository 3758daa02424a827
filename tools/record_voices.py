"""Record what large models write, expect and score: `python -m tools.record_voices hf:NAME ...`.

Writes moliere_core/assets/voices/NAME.json, as plan.toml beside it asks, of models that are in the
hub's cache. The bits of the two plays need `MOLIERE_CORPUS`; the text of neither is stored. What is
recorded already is kept where `--only` names something else.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from moliere_core import pretrained
from moliere_core.config import SamplingConfig
from moliere_core.corpus import load_corpus
from moliere_core.measures import axis
from moliere_core.models.references import load_model
from moliere_core.models.sampling import generate
from moliere_core.pretrained import NextChars, catalogue, folders, recorded
from moliere_core.pretrained.recorded import Bits, Voice, Written
from moliere_core.text.normalise import normalise
from moliere_core.text.verse import bits_by_form
from tools.real_models import SOURCE

PARTS = ("texts", "bars", "bits")
STORED_BITS = {"float32": 32, "float16": 16, "bfloat16": 16}
QUANTISED_BITS = 4  # of the files that `tools.real_models` knows


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description="Record the voices of large models.")
    parser.add_argument("references", nargs="+", metavar="hf:NAME")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS)
    options = parser.parse_args(arguments)
    for reference in options.references:
        file = recorded.path(reference)
        voice = described(reference)
        if file.exists():
            before = recorded.load(file)
            voice = replace(voice, texts=before.texts, bars=before.bars, bits=before.bits)
        if "bits" in options.only:
            voice = replace(voice, bits={**voice.bits, **bits(reference)})
            recorded.save(voice, file)
        if "bars" in options.only:
            voice = replace(voice, bars=dict(bars(reference)))
            recorded.save(voice, file)
        if "texts" in options.only:
            found = {_of(written): written for written in voice.texts}
            for written in texts(reference):  # kept one by one: an interruption loses one
                found[_of(written)] = written
                voice = replace(voice, texts=tuple(found.values()))
                recorded.save(voice, file)
        print(f"{file.name}: {file.stat().st_size:,} bytes", file=sys.stderr)


def _of(written: Written) -> tuple[str, SamplingConfig, int]:
    return written.after, written.config, written.seed


def described(reference: str) -> Voice:
    """A model's voice, before anything is recorded."""
    folder = catalogue.check(reference)
    card, config = catalogue.card(reference), folders.configuration(folder)
    quantisation, source = "", ""
    stored_bits = STORED_BITS[str(config.get("dtype", config.get("torch_dtype", "float32")))]
    if (folder / SOURCE).is_file():
        told = json.loads((folder / SOURCE).read_text(encoding="utf-8"))
        quantisation, source = told["quantisation"], f"{told['package']}, {told['file']}"
        stored_bits = QUANTISED_BITS
    frameworks = catalogue.FRAMEWORKS if catalogue.needs_torch(folder) else ("numpy",)
    return Voice(
        reference=reference,
        date=datetime.now(UTC).date().isoformat(),
        commit=folder.name,
        source=source,
        quantisation=quantisation,
        stored_bits=stored_bits,
        dtype=catalogue.precision(reference),
        engine=", ".join(f"{name} {importlib.metadata.version(name)}" for name in frameworks),
        architecture=card.architecture,
        parameters=card.parameters,
        vocab_size=card.vocab_size,
        context_length=card.context_length,
        layers=card.layers,
    )


def texts(reference: str) -> Iterator[Written]:
    """What it writes after every prompt, at every temperature."""
    plan = recorded.plan()
    for prompt in plan.prompts:
        for temperature, seed in plan.draws:
            config = SamplingConfig(temperature)
            request = pretrained.generate(reference, prompt, config, seed, plan.chars)
            found = request.result()
            print(f"{prompt}|{found.text[:60]!r}", file=sys.stderr)
            yield Written(prompt, config, seed, found)


def bars(reference: str) -> Iterator[tuple[str, NextChars]]:
    """What it expects after every prompt, and along two ways from there."""
    plan = recorded.plan()
    walker = load_model(plan.walker)
    alphabet = walker.vocabulary.chars
    draws = [SamplingConfig()], [plan.seed], plan.steps
    for prompt in plan.prompts:
        [way] = generate(walker, [prompt], *draws)
        seen = {}
        for text in (prompt + way[:step] for step in range(plan.steps + 1)):
            seen[text] = pretrained.next_chars(reference, text, alphabet).result()
        text = prompt
        for step in range(plan.steps):
            text += seen[text].draw(plan.seed, step)
            if text not in seen:
                seen[text] = pretrained.next_chars(reference, text, alphabet).result()
        print(f"{prompt}|{way!r}|{text[len(prompt) :]!r}", file=sys.stderr)
        yield from seen.items()


def bits(reference: str) -> Mapping[str, Bits]:
    """Its bits on the texts of the axis that are here."""
    plays = load_corpus().plays
    wanted = {"modern": normalise(axis.MODERN.read_text(encoding="utf-8").strip())}
    for name, play in axis.VALIDATION.items():
        if play in plays:
            wanted[name] = normalise(load_corpus().select([play]).text())
        else:
            print(f"{play} is not here: set MOLIERE_CORPUS", file=sys.stderr)
    found = {}
    for name, text in wanted.items():
        scored = pretrained.score(reference, text, background=True).result()
        found[name] = Bits(scored.chars, scored.bits_per_char, bits_by_form(text, scored.bits))
        print(f"{name} {scored.bits_per_char:.4f}", file=sys.stderr)
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
