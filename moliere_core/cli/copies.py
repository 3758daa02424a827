"""Find what a text has word for word from what a model was trained on."""

from __future__ import annotations

import argparse
from typing import Any

from moliere_core.cli import judging, options

NAME = "copies"
SHOWN = 8  # passages, for people


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", help="plain text, CSV, TEI, or a .zip or folder of these")
    options.add_model(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Look up the file in the model's training text, or in the fingerprints that ship."""
    from moliere_core.judging.judgement import yardstick
    from moliere_core.judging.passages import longest
    from moliere_core.text.normalise import normalise

    read = judging.what_was_read(args.model)
    text = normalise(judging.text_of(args.file).text())
    passages = read.passages(text)
    found, new = longest(passages), read.new_shares(text)
    real = yardstick().of("all", read.exact)
    return {
        "model": args.model,
        "longest": found.chars if found else 0,
        "play": found.place.play if found else None,
        "offset": found.start if found else None,
        "novel_8grams": new[8],
        "novel_12grams": new[12],
        "novel_20grams": new[20],
        "exact": read.exact,
        "passages": [
            {
                "text": text[p.start : p.stop],
                "offset": p.start,
                "chars": p.chars,
                "play": p.place.play,
                "act": p.place.act,
                "scene": p.place.scene,
                "speaker": p.place.speaker,
            }
            for p in passages
        ],
        "real": {
            "longest": real["longest"].mean,
            **{f"novel_{size}grams": real[f"new_{size}"].mean for size in (8, 12, 20)},
        },
    }


def render(result: dict[str, Any]) -> str:
    """A sentence on the whole, then a line for each of the longest passages."""
    at_least = "" if result["exact"] else "at least "
    real = result["real"]
    lines = [
        f"longest passage read by {result['model']}: {at_least}{result['longest']} characters "
        f"(2,000 of real, unseen Molière have one of {real['longest']:.0f})"
    ]
    for size in (8, 12, 20):
        share = result[f"novel_{size}grams"]
        if share is not None:
            beside = real[f"novel_{size}grams"]
            lines.append(f"new runs of {size}: {share:.1%} (real, unseen Molière: {beside:.1%})")
    for passage in result["passages"][:SHOWN]:
        shown = " / ".join(passage["text"].split("\n"))
        place = ", ".join(
            part
            for part in (
                passage["play"],
                passage["act"] and f"act {passage['act']}",
                passage["scene"] and f"scene {passage['scene']}",
                passage["speaker"],
            )
            if part
        )
        lines.append(f"{passage['chars']:4} at {passage['offset']}: « {shown} » {place}")
    return "\n".join(lines)
