"""`moliere models specialise`: continue a GPT on a text, and tell what it forgets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from moliere_core.cli.progress import progress_bar

OLD = {
    "plays": "Molière, held-out plays",
    "last-tenth": "the end of the old text",
    "pastiches": "the pastiches",
    "own": "what it wrote before",
}


def run(
    name: str, text: str | None, method: str | None, epochs: int, rate: float
) -> dict[str, Any]:
    """Continue a GPT on a text, with progress; what it learned, and what it forgot."""
    from moliere_core import pretrained
    from moliere_core.cli import options
    from moliere_core.config import RunConfig
    from moliere_core.corpus import load_corpus, split
    from moliere_core.errors import ModelError
    from moliere_core.models.references import HUB, MINI
    from moliere_core.training.specialise import client, stored
    from moliere_core.training.specialise.loop import Settings
    from moliere_core.training.specialise.methods import suited

    if not text:
        raise ModelError("give the text to learn: moliere models specialise mini-gpt FILE")
    reference = options.model(name)
    if reference != MINI and not pretrained.is_pretrained(reference):
        reference = HUB + reference
    texts = split(load_corpus(text), (), RunConfig().validation)
    chosen = method or suited(pretrained.card(reference).parameters)
    settings = Settings(chosen, epochs, rate)
    label = Path(text).stem
    asked = client.begin(client.prepare(reference, label, texts, settings, [load_corpus()]))
    try:
        with progress_bar("specialising") as update:
            while not asked.wait(0.3):
                update(asked.share)
    except KeyboardInterrupt:
        asked.kill()
        raise
    made = asked.result()
    record = next(model.record for model in stored.models() if model.reference == made)
    first, last = record.points[0], record.points[-1]
    return {
        "model": made,
        "folder": str(pretrained.catalogue.folder(made)),
        "method": record.settings.method,
        "rate": record.settings.rate,
        "updates": last.update,
        "seconds": round(last.seconds, 1),
        "new_bits_per_char": [first.new, last.new],
        "old_text": record.old_kind,
        "old_bits_per_char": [first.old, last.old],
    }


def render(result: dict[str, Any]) -> str:
    """The model, and both texts before and after."""

    def told(bits: list[float | None]) -> str:
        return " -> ".join("?" if value is None else f"{value:.3f}" for value in bits)

    old = OLD.get(result["old_text"], "")
    return (
        f"{result['model']} is here: {result['updates']} updates, {result['seconds']:g} s\n"
        f"bits per character of the new text: {told(result['new_bits_per_char'])}\n"
        f"bits per character of the old text ({old}): {told(result['old_bits_per_char'])}"
    )
