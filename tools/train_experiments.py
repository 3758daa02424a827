"""Train, measure and ship the runs of the Experiments page, one after the other.

    export MOLIERE_CORPUS=moliere.csv MOLIERE_THREADS=1 OMP_NUM_THREADS=1
    python -m tools.train_experiments FOLDER [PLAN ...]

About an hour of one core in all, on one thread. What is shipped goes into
`moliere_core/assets/experiments`; weights only where they take less than `MOST_BYTES`. FOLDER
keeps the runs with all their snapshots: the same command goes on from the last epoch of whichever
was interrupted. `cpu.json`, in each of them, has the processor's seconds at the end of each epoch:
with one thread they are what a quiet machine would have taken, which the clock on the wall is not
beside other work. At the end the results are printed as Markdown, for docs/experiments.md; with
`--table` they are printed and nothing else is done.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from moliere_core.corpus import Corpus, load_corpus
from moliere_core.measures.context import visible_context
from moliere_core.models.references import EXPERIMENTS, load_recurrent, open_run, snapshot_model
from moliere_core.training import experiments
from moliere_core.training.experiments import PLANS, Plan, Variant
from moliere_core.training.session import EpochEnded, Event, SnapshotTaken, Started, train

CPU = "cpu.json"
MOST_BYTES = 3_000_000  # of weights that ship, within sixteen megabytes in all


class Clock:
    """Seconds of processor spent training, without the measures after each epoch."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seconds: dict[str, float] = {}
        self.total = self.began = 0.0

    def __call__(self, event: Event) -> None:
        """Note the time at the end of each epoch; called with every event."""
        if isinstance(event, Started):
            if event.resumed_from:
                self.seconds = json.loads(self.path.read_text(encoding="utf-8"))
                self.total = self.seconds[str(event.resumed_from)]
            self.began = time.process_time()
        elif isinstance(event, SnapshotTaken) and event.name.startswith("epoch"):
            number = int(event.name.removeprefix("epoch-"))
            if number:
                self.total += time.process_time() - self.began
                self.seconds[str(number)] = round(self.total, 2)
                self.path.write_text(json.dumps(self.seconds), encoding="utf-8")
            else:
                self.began = time.process_time()
        elif isinstance(event, EpochEnded):
            self.began = time.process_time()
            record = event.record
            bits = record["validation_bits_per_char"]
            print(
                f"{self.path.parent.parent.name}/{self.path.parent.name} epoch {record['epoch']}: "
                f"{bits:.3f} bits, {self.total:.0f} s",
                flush=True,
            )


def carry_out(plan: Plan, variant: Variant, corpus: Corpus, out: Path) -> Path:
    """Train a run, or open it; measure its last weights, and ship it."""
    run = train(variant.config, corpus, out, Clock(out / CPU), dtype="float16", snapshot_at=())
    seconds = json.loads((out / CPU).read_text(encoding="utf-8"))
    snapshot = run.snapshot()
    texts = experiments.texts(plan, corpus)
    measures = experiments.measure(
        snapshot_model(run, snapshot, experiments.reference(plan, variant)),
        snapshot,
        texts,
        texts[experiments.COMMON_TEXT] if plan.visible else None,
        [seconds[str(record["epoch"])] for record in run.history],
        visible=plan.visible,
    )
    most_bytes = MOST_BYTES if plan.weights else 0
    return experiments.ship(run, plan, variant, measures, most_bytes)


def measure_reference(corpus: Corpus) -> None:
    """What the past is worth to the shipped model beside which the windows' runs are shown."""
    text = experiments.texts(PLANS["length"], corpus)[experiments.COMMON_TEXT]
    snapshot = open_run(experiments.REFERENCE)[0].snapshot()
    context = visible_context(load_recurrent(experiments.REFERENCE), text)
    document = {"weights": snapshot.digest, "context": context.to_json()}
    (EXPERIMENTS / f"{experiments.REFERENCE}.json").write_text(json.dumps(document) + "\n")


def table() -> str:
    """All shipped runs, a line each; bits per character with the state carried."""
    common = experiments.COMMON_TEXT
    lines = [
        "| run | parameters | updates | seconds | held out | common text | weights |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for plan in PLANS.values():
        for result in experiments.results(plan):
            measures, last = result.measures, result.run.history[-1]
            lines.append(
                f"| `{result.reference}` | {result.parameters:,} | {result.updates:,} "
                f"| {measures.seconds[-1]:.0f} | {last['validation_bits_per_char']:.3f} "
                f"| {measures.scores[common].bits:.3f} | {'yes' if result.has_weights else 'no'} |"
            )
    return "\n".join([*lines, "", *visible()])


def visible() -> list[str]:
    """Bits against visible characters, a line a run that has them."""
    shown = (1, 2, 5, 10, 20, 30, 40, 60, 100, 150)
    lines = [
        "| run | " + " | ".join(map(str, shown)) + " | 5 less 150 | reach | carried |",
        "| --- " * (len(shown) + 4) + "|",
    ]
    plans = [plan for plan in PLANS.values() if plan.visible]
    found = {r.reference: r.measures.context for p in plans for r in experiments.results(p)}
    for name, context in (found | {experiments.REFERENCE: experiments.trained_longer()}).items():
        if context is not None:
            bits = " | ".join(f"{context.at(k):.3f}" for k in shown)
            gap, error = context.at(5) - context.at(150), context.gap_errors[4]
            lines.append(
                f"| `{name}` | {bits} | {gap:.3f} ± {error:.3f} | {context.reach()} "
                f"| {context.carried:.3f} |"
            )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=Path("experiments"))
    parser.add_argument("plans", nargs="*", metavar="PLAN", help=", ".join(PLANS))
    parser.add_argument("--table", action="store_true", help="print what is shipped")
    args = parser.parse_args()
    if args.table:
        print(table())
        return
    corpus = load_corpus()
    if unknown := set(args.plans) - set(PLANS):
        sys.exit(f"no plan is called {', '.join(sorted(unknown))}: choose among {', '.join(PLANS)}")
    for plan in PLANS.values():
        if args.plans and plan.name not in args.plans:
            continue
        for variant in plan:
            print(carry_out(plan, variant, corpus, args.folder / plan.name / variant.name))
    if not args.plans or "length" in args.plans:
        measure_reference(corpus)
    print(table())


if __name__ == "__main__":
    main()
