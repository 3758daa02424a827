"""Looking inside `petit`: milliseconds on the server for a text of 300 characters.

The search runs over the corpus of `MOLIERE_CORPUS`, or else over the embedded plays; its index is
built in a temporary folder, and the row says how long that took and how large it is. Then the page
itself over that index, see `inside`.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from benchmarks import inside
from benchmarks.table import Row
from moliere_core.corpus import load_corpus
from moliere_core.inspection.firing import build_index, index_folder
from moliere_core.inspection.forgetting import echo
from moliere_core.inspection.influence import deletions, influence
from moliere_core.inspection.step import spell_out
from moliere_core.inspection.trace import read
from moliere_core.inspection.vectors import principal_plane
from moliere_core.models.references import load_recurrent

CHARS = 300
ROUNDS = 15
TEXT = "Monsieur, je ne saurais (c'est ma faute) répondre aux belles dames de Lyon. " * 4


def measure() -> list[Row]:
    model = load_recurrent("petit")
    network = model.network
    _, seen = read(model, TEXT[:CHARS])
    target = int(seen.ids[-1])
    answers: dict[str, Callable[[], object]] = {
        "all gates of a text": lambda: read(model, TEXT[:CHARS]),
        "gradient of one character": lambda: influence(network, seen, target),
        "64 deletions": lambda: deletions(network, seen.ids, target),
        "with and without a passage": lambda: echo(network, seen, 50, 51),
        "one step spelled out": lambda: spell_out(model, seen, 100, 0, 22),
        "plane of the embedding": lambda: principal_plane(network.embedding),
    }
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.dict(os.environ, {"MOLIERE_HOME": folder}),
    ):
        corpus = load_corpus()
        began = time.perf_counter()
        index = build_index(model, corpus)
        seconds = time.perf_counter() - began
        files = index_folder(network, corpus).iterdir()
        size = sum(path.stat().st_size for path in files)
        answers["where else does it fire"] = lambda: index.passages(
            index.active_cells(seen, 60, 66), 6
        )
        rows = [Row(f"inside: {n}", f"ms, {CHARS} characters", _ms(a)) for n, a in answers.items()]
        page = inside.measure()
    where = f"{index.chars:,} characters of {Path(corpus.source).name}"
    built = Row("inside: index of the cells", "s / MB", f"{seconds:.0f} / {size / 1e6:.0f}", where)
    return [*rows, built, *page]


def _ms(answer: Callable[[], object]) -> str:
    """Median of `ROUNDS`, after one that does not count."""
    answer()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer()
        times.append(time.perf_counter() - began)
    return f"{1000 * statistics.median(times):.1f}"
