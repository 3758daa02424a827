"""Whether the page says rightly how long a GPT takes to be specialised, on this machine.

Through what the page itself calls: `prepare`, the estimate on its button, the worker. The large
one is GPT-2's 124M parameters with random weights (see `bridge`), of which the last block is
trained; the small one is mini-gpt, all of it through matrices of low rank. Processor seconds are
the worker's, which other work on this machine changes less than those of the clock.
"""

import os
import resource
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from benchmarks import bridge
from benchmarks.table import Row
from moliere_core.corpus import Split, load_corpus
from moliere_core.pretrained import catalogue
from moliere_core.system.machine import threads
from moliere_core.training.specialise import client, estimate

CHARS, HELD = 12_000, 1_500  # of the text that is learned, and that is scored
LARGE = "hf:random"
TOKENS = 1_000  # learned from the corpus, and as short as GPT-2's are in French


def measure() -> list[Row]:
    text = load_corpus().text()
    texts = Split(text[:CHARS], text[CHARS : CHARS + HELD], "last-tenth")
    with tempfile.TemporaryDirectory() as place:
        settings = {"MOLIERE_HOME": f"{place}/home", "HF_HUB_CACHE": f"{place}/hub"}
        folder = Path(place) / "hub" / "models--random" / "snapshots" / "0123"
        folder.mkdir(parents=True)
        with patch.dict(os.environ, settings):
            bridge.make(folder, TOKENS)
            return [_measured(reference, texts) for reference in ("mini-gpt", LARGE)]


def _measured(reference: str, texts: Split) -> Row:
    """One training from its button to its end."""
    request = client.prepare(reference, "a text", texts)
    estimated = estimate.seconds(request)
    before, began = _of_children(), time.perf_counter()
    client.begin(request).result()
    clock = time.perf_counter() - began
    client.close()
    processor = _of_children() - before
    size = catalogue.card(reference).parameters / 1e6
    return Row(
        f"specialise: {reference}, {size:.0f}M, {request.settings.method}",
        f"seconds: estimated / by the clock / of processor, {len(request.train):,} characters",
        f"{estimated:.0f} / {clock:.0f} / {processor:.0f}",
        f"{threads()} threads",
    )


def _of_children() -> float:
    """Processor seconds of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
