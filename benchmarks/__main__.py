"""Measure this engine beside the alternatives, in one run, and print one table.

`python -m benchmarks` runs everything, trainings of many minutes among it;
`python -m benchmarks sampling` only what is named. Frameworks that are not installed are said so.
"""

import argparse

from benchmarks import (
    bridge,
    classroom,
    context_cost,
    exploration,
    inspection,
    minute,
    rivals,
    runs,
    sampling,
    server,
    specialise,
    training,
    votes,
    why,
)
from benchmarks.table import print_table

SUITES = {
    "bridge": bridge.measure,
    "classroom": classroom.measure,
    "context_cost": context_cost.measure,
    "exploration": exploration.measure,
    "inspection": inspection.measure,
    "minute": minute.measure,
    "rivals": rivals.measure,
    "runs": runs.measure,
    "sampling": sampling.measure,
    "server": server.measure,
    "specialise": specialise.measure,
    "training": training.measure,
    "votes": votes.measure,
    "why": why.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("suites", nargs="*", choices=SUITES, default=list(SUITES))
    chosen = parser.parse_args().suites
    print_table([row for name in chosen for row in SUITES[name]()])


if __name__ == "__main__":
    main()
