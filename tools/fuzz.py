"""Fuzz the loaders for as long as there is time: `python -m tools.fuzz --minutes 60`.

A line for each target says how many tries were read, refused and failed; each failure comes with
the command that makes it again. The status is 1 where there was one.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.harness import Report, files_of, known_targets, run

ROUND = 200  # tries of a target, before the next one's turn


def main() -> int:
    """Read the arguments, make the tries."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=1.0, help="how long (1)")
    parser.add_argument("--target", choices=sorted(known_targets()), help="one loader (all)")
    parser.add_argument("--seed", type=int, default=1, help="of the first round (1)")
    parser.add_argument("--only", type=int, help="the number of one try of that target and seed")
    parser.add_argument("--keep", type=Path, help="a folder for the files of tries that fail")
    args = parser.parse_args()
    names = [args.target] if args.target else sorted(known_targets())
    if args.only is not None:
        return _once(names, args.seed, args.only, args.keep)
    totals = {name: Counter[str]() for name in names}
    end, seed = time.monotonic() + 60 * args.minutes, args.seed
    while time.monotonic() < end:
        for name in names:
            report = run(name, seed, 0, ROUND)
            totals[name] += report.counts
            _tell(report, args.keep)
        seed += 1
    for name, counts in totals.items():
        told = ", ".join(f"{counts[kind]:,} {kind}" for kind in ("read", "refused", "failed"))
        print(f"{name:<24}{counts.total():>8,} tries: {told}")
    return int(any(counts["failed"] for counts in totals.values()))


def _once(names: list[str], seed: int, number: int, keep: Path | None) -> int:
    if len(names) != 1:
        print("error: --only needs --target", file=sys.stderr)
        return 2
    report = run(names[0], seed, number, 1)
    _tell(report, keep)
    print(dict(report.counts))
    return int(bool(report.failures))


def _tell(report: Report, keep: Path | None) -> None:
    for failure in report.failures:
        print(failure, end="\n\n", flush=True)
        if keep is None or failure.number < 0:
            continue
        folder = keep / f"{failure.target}-{failure.seed}-{failure.number}"
        files = files_of(known_targets()[failure.target], failure.seed, failure.number)
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
