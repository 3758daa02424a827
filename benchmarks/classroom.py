"""A class on one server: 30, 60, 100 pupils, with and without one who asks for the heaviest.

    python -m benchmarks classroom

Each pupil is a client that speaks Streamlit's own protocol over a websocket of this machine. It
opens Home, or the Next character, the Reading or the Temperature page, and changes its seed or its
text every two seconds or so: what a rerun takes is counted until `script_finished`. The heavy pupil
asks without a pause for six texts of 2,000 characters of the largest model, each time others.

Exceptions are the elements that Streamlit shows for one. Memory is the server's, before the first
pupil but one, and after the last one has left. Each row is a server of its own; nothing leaves this
machine, and every run ends after RERUNS reruns of each pupil, or after LONGEST seconds.
"""

import asyncio
import contextlib
import itertools
import os
import statistics
import tempfile
import time
from dataclasses import dataclass, field

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg

from benchmarks.clients import ROOT, connect, messages, server
from benchmarks.server import resident_mb
from benchmarks.table import Row

CLASSES = (30, 60, 100)
RERUNS = 8  # of each pupil
THINK_SECONDS = 2.0
LONGEST = 300.0  # seconds of one row
PAGES = ("", "", "probabilities", "reading", "temperature")  # a pupil's, by number
HEAVY = "model=grand&chars=2000&t=0,0.2,0.5,0.8,1,1.3"


@dataclass
class Told:
    """What a class has seen: seconds of each rerun, and how many exceptions were on screen."""

    reruns: list[float] = field(default_factory=list)
    heavy: list[float] = field(default_factory=list)
    exceptions: int = 0
    refused: int = 0


def measure() -> list[Row]:
    return [row for pupils in CLASSES for heavy in (False, True) for row in _rows(pupils, heavy)]


def _rows(pupils: int, heavy: bool) -> list[Row]:
    with (
        tempfile.TemporaryDirectory() as home,
        server(ROOT / "dashboard/Home.py", {**os.environ, "MOLIERE_HOME": home}) as (port, process),
    ):
        asyncio.run(_pupil(port, 0, Told(), reruns=2))  # the server has imported everything
        before = resident_mb(process.pid)
        told = asyncio.run(_class(port, pupils, heavy))
        after = resident_mb(process.pid)
    subject = f"classroom: {pupils} pupils" + (", one asks for the heaviest" if heavy else "")
    note = f"{told.exceptions} exceptions, {told.refused} refused, {len(told.reruns)} reruns"
    if told.heavy:
        note += f"; the heaviest took {statistics.median(told.heavy):.0f} s"
    return [
        Row(subject, "ms a rerun, p50 / p95", _quantiles(told.reruns), note),
        Row(subject, "MB resident, start / end", f"{before:.0f} / {after:.0f}"),
    ]


def _quantiles(seconds: list[float]) -> str:
    p50, p95 = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
    return f"{1000 * p50:.0f} / {1000 * p95:.0f}"


async def _class(port: int, pupils: int, heavy: bool) -> Told:
    told = Told()
    greedy = asyncio.create_task(_greedy(port, told)) if heavy else None
    with contextlib.suppress(TimeoutError):  # the row tells how many reruns there were
        async with asyncio.timeout(LONGEST):
            await asyncio.gather(*(_pupil(port, number, told) for number in range(pupils)))
    if greedy is not None:
        greedy.cancel()
        await asyncio.gather(greedy, return_exceptions=True)
    return told


async def _pupil(port: int, number: int, told: Told, reruns: int = RERUNS) -> None:
    page = PAGES[number % len(PAGES)]
    await asyncio.sleep(THINK_SECONDS * (number % 30) / 30)
    try:
        async with connect(port) as socket:
            await _rerun(socket, _ask(page), told)
            for turn in range(reruns):
                await asyncio.sleep(THINK_SECONDS)
                began = time.perf_counter()
                await _rerun(socket, _ask(page, f"seed={1000 * number + turn}"), told)
                told.reruns.append(time.perf_counter() - began)
    except (OSError, websockets.exceptions.WebSocketException):
        told.refused += 1


async def _greedy(port: int, told: Told) -> None:
    async with connect(port) as socket:
        for seed in itertools.count():
            began = time.perf_counter()
            await _rerun(socket, _ask("temperature", f"{HEAVY}&seed={seed}"), told)
            told.heavy.append(time.perf_counter() - began)


def _ask(page: str, query: str = "") -> bytes:
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = query
    return message.SerializeToString()


async def _rerun(socket: websockets.ClientConnection, message: bytes, told: Told) -> None:
    await socket.send(message)
    async for answer in messages(socket):
        if answer.WhichOneof("type") == "delta":
            kind = answer.delta.new_element.WhichOneof("type")
            told.exceptions += kind == "exception"
