"""Find the units of the shipped models that track something, and write them beside the weights.

    MOLIERE_CORPUS=moliere.csv python -m tools.measure_units [NAME ...]

Units are chosen on the training plays and measured again on the plays held out. Run it again
whenever the weights, or the features, change.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from moliere_core.assets import ASSETS
from moliere_core.corpus import load_corpus
from moliere_core.inspection.units import Sample, find_units, save_units
from moliere_core.models.references import SHIPPED, load_recurrent, open_run

SEARCH_CHARS = {"petit": 600_000, "grand": 200_000}  # of the training plays: a minute or two


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=list(SHIPPED), metavar="NAME")
    corpus = load_corpus()
    for name in parser.parse_args().names:
        run = open_run(name)[0]
        if corpus.digest != run.corpus["digest"]:
            sys.exit(f"{name} was trained on {run.corpus['source']}, not on {corpus.source}")
        held_out = run.config.validation
        search = Sample.of(corpus.without(held_out)).spread(SEARCH_CHARS.get(name, 200_000))
        check = Sample.of(corpus.select(held_out))
        table = find_units(load_recurrent(name), search, check, Path(corpus.source).name)
        save_units(ASSETS / name, table)
        for unit in table.units:
            print(
                f"{name} {unit.feature}: layer {unit.layer} unit {unit.unit}, "
                f"r = {unit.r:.3f} ({unit.r_check:.3f} on the plays held out)"
            )


if __name__ == "__main__":
    main()
