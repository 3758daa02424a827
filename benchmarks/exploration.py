"""Exploring a corpus: what a change of filter costs, by view.

The index is built once; each view is then computed for a play, a form, a speaker and the whole
corpus, none of which it has seen before. "worst" is the slowest of them. The same changes are then
asked of the Corpus page, over its own websocket: from the new address to the end of the script,
with figures made and sent. The corpus is `MOLIERE_CORPUS`, or else the embedded plays.
"""

import asyncio
import statistics
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from websockets import ClientConnection

from benchmarks.clients import ROOT, connect, messages, rerun, server
from benchmarks.table import Row
from moliere_core.corpus import load_corpus
from moliere_core.exploration import (
    Part,
    Selection,
    WordIndex,
    characters,
    concordance,
    diversity,
    frequency,
    keyness,
    network,
    overview,
    speech,
    stopwords,
    zipf,
)
from moliere_core.exploration.index import Bools

PAGE_VIEWS = ("figures", "words", "word", "lines", "voices", "keywords", "variety", "letters")
LINES = 50  # of a concordance, on one page


def _overview(part: Part) -> None:
    overview.summary(part)
    overview.plays(part)


def _words(part: Part) -> None:
    frequency.top_words(part, 30, _stop_words(part.index))


@cache
def _stop_words(index: WordIndex) -> Bools:
    """As the page has it: looked up once for a corpus."""
    return stopwords.mask(index)


def _trend(part: Part) -> None:
    hits = frequency.find(part, "amour")
    frequency.trend(hits)
    frequency.dispersion(hits)


def _concordance(part: Part) -> None:
    hits = frequency.find(part, "d*")  # some 29,000 in the whole corpus
    for order in ("left", "right"):
        concordance.lines(hits, concordance.ordered(hits, order)[:LINES])


def _speech(part: Part) -> None:
    speech.shares(part)
    if part.selection.play:
        network.co_presence(part.index, part.selection.play)


def _keyness(part: Part) -> None:
    if part.selection.everything:
        keyness.play_keywords(part.index, 6)
    else:
        keyness.keywords(part, part.index.part(), 12)


def _zipf(part: Part) -> None:
    zipf.zipf(part)
    diversity.by_play(part)
    diversity.by_form(part)


def _characters(part: Part) -> None:
    characters.alphabet(part.text)


VIEWS: dict[str, Callable[[Part], None]] = {
    "overview": _overview,
    "words": _words,
    "trend and dispersion": _trend,
    "concordance of d*": _concordance,
    "speech and network": _speech,
    "keyness": _keyness,
    "Zipf and diversity": _zipf,
    "characters": _characters,
}


def measure() -> list[Row]:
    corpus = load_corpus()
    began = time.perf_counter()
    index = WordIndex.build(corpus)
    built = time.perf_counter() - began
    play, form = corpus.plays[-1], index.forms[0] if index.forms else ""
    speaker = index.speakers[0] if index.speakers else ""
    selections = [Selection(play=play), Selection(form=form), Selection(speaker=speaker)]
    selections.append(Selection())
    named = f"{len(index.ids):,} words, {Path(corpus.source).name}"
    rows = [Row("exploration: the index, once", "s", f"{built:.2f}", named)]
    for name, view in VIEWS.items():
        view(index.part(Selection(play=corpus.plays[0])))  # what is computed once, is now
        times = []
        for selection in selections:
            began = time.perf_counter()
            view(index.part(selection))
            times.append(1000 * (time.perf_counter() - began))
        worst, median = max(times), statistics.median(times)
        rows.append(
            Row(f"exploration: {name}", "ms, median / worst", f"{median:.0f} / {worst:.0f}")
        )
    with server(ROOT / "dashboard/Home.py") as (port, _process):
        for name, times in asyncio.run(_page(port, index, selections)).items():
            worst, median = max(times), statistics.median(times)
            rows.append(
                Row(
                    f"exploration page: {name}", "ms, median / worst", f"{median:.0f} / {worst:.0f}"
                )
            )
    return rows


async def _page(port: int, index: WordIndex, selections: list[Selection]) -> dict[str, list[float]]:
    """Milliseconds of each change of view and filter on the page, by view."""
    found: dict[str, list[float]] = {}
    for view in PAGE_VIEWS:
        # The first selection is what a server computes once; then a session each, on another view.
        for selection in [Selection(play=index.corpus.plays[0]), *selections]:
            async with connect(port) as socket:
                query = {"view": view, "word": "d*"} if view == "lines" else {"view": view}
                query |= {name: value for name, value in vars(selection).items() if value}
                await _run(socket, "view=raw")
                began = time.perf_counter()
                await _run(socket, urlencode(query))
                found.setdefault(view, []).append(1000 * (time.perf_counter() - began))
    return {view: times[1:] for view, times in found.items()}


async def _run(socket: ClientConnection, query: str) -> None:
    await socket.send(rerun(query, "corpus"))
    async for _ in messages(socket):
        pass
