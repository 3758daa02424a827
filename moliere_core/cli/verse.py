"""Count the syllables of each line of a text, and how many of its lines are alexandrines."""

from __future__ import annotations

import argparse
from typing import Any

from moliere_core.cli import judging

NAME = "verse"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", help="plain text, CSV, TEI, or a .zip or folder of these")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Count each line; of a play in CSV or TEI, a verse that speakers share is one."""
    from moliere_core.judging.alexandrines import lines_of, verse
    from moliere_core.judging.judgement import yardstick
    from moliere_core.text.syllables import ALEXANDRINE

    found = verse(lines_of(judging.text_of(args.file)))
    return {
        "lines": [
            {
                "text": count.line,
                "syllables": count.best,
                "counts": list(count.counts),
                "alexandrine": ALEXANDRINE in count.readings,
                "caesura": ALEXANDRINE in count.readings and count.readings[ALEXANDRINE].caesura,
                "rhyme": rhyme,
            }
            for count, rhyme in zip(found.lines, found.rhymes, strict=True)
        ],
        "alexandrines": found.alexandrines,
        "best": found.best,
        "caesuras": found.caesuras,
        "chance": found.chance,
        "prose_chance": yardstick().prose_chance,
    }


def render(result: dict[str, Any]) -> str:
    """Each line after its number of syllables, then the shares."""
    lines = [f"{line['syllables']:3}  {line['text']}" for line in result["lines"]]
    lines.append(
        f"{result['alexandrines']:.1%} of {len(result['lines'])} lines can be read as twelve; "
        f"{result['chance']:.1%} with their words in random order, {result['prose_chance']:.1%} of "
        "prose cut to that length"
    )
    return "\n".join(lines)
