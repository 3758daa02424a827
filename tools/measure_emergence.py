"""Measure when words and verse appear in the shipped runs: `python -m tools.measure_emergence`.

    MOLIERE_CORPUS=moliere.csv python -m tools.measure_emergence [--folder FOLDER] [MODEL ...]

Writes `MODEL.json` into moliere_core/assets/emergence, for all shipped runs where none is named,
and `real.json`: the same counts of the two plays held out. A snapshot whose weights are those that
were measured is passed over. It takes some seconds a snapshot; the same figures come out each time.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import astuple
from pathlib import Path

from moliere_core.corpus import load_corpus
from moliere_core.exploration import lexicon
from moliere_core.judging import emergence
from moliere_core.judging.alexandrines import lines_of
from moliere_core.measures.axis import VALIDATION
from moliere_core.models.references import SHIPPED, open_run
from moliere_core.text.normalise import normalise


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("models", nargs="*", metavar="MODEL")
    parser.add_argument("--folder", type=Path, default=emergence.SHIPPED)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    known = lexicon.shipped().__contains__
    for model in args.models or SHIPPED:
        run, _snapshot = open_run(model)
        there = {moment.name: moment for moment in emergence.find(model, run)}
        lacking = [snapshot for snapshot in run.snapshots if snapshot.name not in there]
        there |= {moment.name: moment for moment in emergence.measure(run, lacking, known)}
        moments = [there[snapshot.name] for snapshot in run.snapshots]
        (args.folder / f"{model}.json").write_text(emergence.to_json(moments), encoding="utf-8")
        for moment in moments:
            shares = {name: moment.share(name) for name in ("real", "twelve", "shuffled")}
            print(model, moment.name, {n: s and round(s, 3) for n, s in shares.items()})
    corpus = load_corpus()
    real = {}
    for part, play in VALIDATION.items():
        chosen = corpus.select([play])
        text = normalise(chosen.text())
        real[part] = astuple(emergence.tally(text, known, lines_of(chosen)))
    path = args.folder / emergence.REAL.name
    path.write_text(json.dumps(real) + "\n", encoding="utf-8")
    print(real)


if __name__ == "__main__":
    main()
