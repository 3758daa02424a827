"""Measure models on the minimal pairs: `python -m tools.measure_pairs [hf:NAME[=WEIGHTS] ...]`.

Writes moliere_core/assets/pairs/margins.json, and prints what docs/pretrained.md shows. Models of
the hub have to be in its cache; WEIGHTS says where theirs came from, if not from the hub as they
are ("4 bits"). What was recorded of models that are not named is kept.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from moliere_core import pretrained
from moliere_core.measures import pairs
from moliere_core.measures.pairs import PAIRS, TESTS
from moliere_core.system.storage import write_atomically

COUNTING = ("kn-1", "kn-2", "kn-3")  # what the sentences were controlled with
SHIPPED = ("kn-8", "petit", "grand", pretrained.MINI)


def main(named: list[str]) -> None:
    document = json.loads(pairs.RECORDED.read_text("utf-8")) if pairs.RECORDED.exists() else {}
    hub = dict(item.partition("=")[::2] for item in named)
    for reference in (*SHIPPED, *hub):
        found = pairs.measure(reference, PAIRS)
        document[reference] = {"margins": {name: round(m, 2) for name, m in found.items()}}
        if reference in hub:
            today = datetime.now(UTC).date().isoformat()
            document[reference] |= {"weights": hub[reference], "date": today}
        print(f"{reference} is measured", file=sys.stderr)
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    write_atomically(pairs.RECORDED, text.encode())
    counted = {reference: pairs.measure(reference, PAIRS) for reference in COUNTING}
    margins = {reference: found["margins"] for reference, found in document.items()}
    print(table(counted | margins))
    print(partings(margins))


def table(margins: Mapping[str, Mapping[str, float]]) -> str:
    """Markdown: a model a row, a test a column; right of all, mean margin and its interval."""
    heads = ["model", *(f"{test} ({len(pairs.of(test))})" for test in TESTS)]
    rows = [heads, ["---"] * len(heads)]
    for reference, found in margins.items():
        tallies = [pairs.tally(found, test) for test in TESTS]
        cells = [f"{t.right}, {t.mean:+z.1f} [{t.low:+z.1f}, {t.high:+z.1f}]" for t in tallies]
        rows.append([reference, *cells])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def partings(margins: Mapping[str, Mapping[str, float]], reference: str = "grand") -> str:
    """Markdown: where models of the hub part from `reference`, with what a coin would do."""
    others = [model for model in margins if model.startswith("hf:")]
    rows = [["", *TESTS], ["---"] * (len(TESTS) + 1)]
    for other in others:
        found = [pairs.parting(margins[other], margins[reference], test) for test in TESTS]
        cells = [f"{p.ahead} of {p.couples}, p = {p.chance:.3f}" for p in found]
        rows.append([f"{other} ahead of {reference}", *cells])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


if __name__ == "__main__":
    main(sys.argv[1:])
