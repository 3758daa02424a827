"""Ask models for a name that was planted: `python -m tools.measure_recall [MODEL ...]`.

Writes moliere_core/assets/recall/names.json, and prints what it holds. What was recorded of models
that are not named is kept.
"""

from __future__ import annotations

import json
import sys

from moliere_core import pretrained
from moliere_core.measures.ends import end_bits
from moliere_core.measures.name_recall import DISTANCES, RECORDED, name_recall, to_json
from moliere_core.models.references import SHIPPED
from moliere_core.system.storage import write_atomically

MODELS = ("kn-8", "exp-architecture-gru-256", *SHIPPED, pretrained.MINI)


def main(named: list[str]) -> None:
    document = json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else {}
    for reference in named or MODELS:
        document[reference] = to_json(name_recall(end_bits(reference)))
        print(f"{reference} is measured", file=sys.stderr)
    RECORDED.parent.mkdir(exist_ok=True)
    write_atomically(RECORDED, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())
    rows = [["bits saved", *(f"after {distance}" for distance in DISTANCES)], ["---"] * 4]
    for reference, points in document.items():
        cells = [
            f"{p['own']:+.1f} ± {p['own_error']:.1f} of {p['other']:.0f} "
            f"(line: {p['saved']:+.1f} ± {p['saved_error']:.1f})"
            for p in points
        ]
        rows.append([reference, *cells])
    print("\n".join("| " + " | ".join(row) + " |" for row in rows))


if __name__ == "__main__":
    main(sys.argv[1:])
