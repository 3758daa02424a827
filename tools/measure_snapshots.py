"""Measure the snapshots of a run that its history does not know: the first updates.

    MOLIERE_CORPUS=moliere.csv python -m tools.measure_snapshots [FOLDER ...]

Writes `snapshots.json` into each folder (that of `petit`, if none is named): nats per character on
the sample of the training text, bits per character on the plays held out. Run it again whenever
the weights change; a test fails until it has been.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from moliere_core.assets import ASSETS
from moliere_core.corpus import load_corpus, split
from moliere_core.runs.run import Run
from moliere_core.training import learning


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, default=[ASSETS / "petit"])
    corpus = load_corpus()
    for folder in parser.parse_args().folders:
        run = Run.open(folder)
        if corpus.digest != run.corpus["digest"]:
            sys.exit(f"{folder} was trained on {run.corpus['source']}, not on {corpus.source}")
        config = run.config
        texts = split(corpus, config.plays, config.validation, config.training.speakers)
        epochs = {record["epoch"] for record in run.history}
        snapshots = [s for s in run.snapshots if s.epoch not in epochs]
        records = learning.measure(run, texts, snapshots)
        learning.save_measures(run, records)
        for name, record in records.items():
            print(f"{folder.name} {name}: {record['validation_bits_per_char']:.3f} bits")


if __name__ == "__main__":
    main()
