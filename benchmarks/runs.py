"""A school year of stored runs: what looking at them costs, in seconds of processor.

A thousand runs of a small network are laid out in a temporary store. "first" is a server's first
look, which reads them all; "again" the next ones, every few seconds for as long as a page is open;
"one changed" after another process has given one of them a name. Beside it, reading them all each
time, as was done before there was an index.
"""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.table import Row
from moliere_core.models.references import list_models
from moliere_core.runs import index as run_index
from moliere_core.runs.run import Run, run_path, runs_folder
from tests.networks import make_run

RUNS = 1000


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="moliere-") as home:
        before, os.environ["MOLIERE_HOME"] = os.environ.get("MOLIERE_HOME"), home
        try:
            _lay_out()
            return _rows()
        finally:
            if before is None:
                del os.environ["MOLIERE_HOME"]
            else:
                os.environ["MOLIERE_HOME"] = before


def _lay_out() -> None:
    """The store, an hour old: what is younger than the clock's grain is read again."""
    first = make_run(run_path(f"{0:012x}"))
    settings = json.loads((first.path / "config.json").read_text("utf-8"))
    for number in range(RUNS):
        folder = run_path(f"{number:012x}")
        if number:
            shutil.copytree(first.path, folder)
        document = json.dumps(settings | {"id": folder.name})
        (folder / "config.json").write_text(document, "utf-8")
        then = time.time() - 3600
        for path in (*folder.iterdir(), folder):
            os.utime(path, (then, then))


def _rows() -> list[Row]:
    list_models()  # the shipped ones are read once
    run_index._indices.clear()
    name = f"{RUNS:,} stored runs"
    rows = [
        Row(name, "read them all", _seconds(_read_all)),
        Row(name, "first look", _seconds(run_index.stored_runs)),
        Row(name, "again, the runs", _seconds(run_index.stored_runs)),
        Row(name, "again, all models", _seconds(list_models)),
    ]
    _rename(run_path(f"{7:012x}"))
    return [*rows, Row(name, "one changed", _seconds(run_index.stored_runs))]


def _read_all() -> None:
    for path in runs_folder().iterdir():
        _ = Run.open(path).history


def _rename(path: Path) -> None:
    (path / "label.json").write_text('{"label": "Nouveau"}', "utf-8")


def _seconds(work: Callable[[], object]) -> str:
    began = time.process_time()
    work()
    return f"{time.process_time() - began:.3f} s of processor"
