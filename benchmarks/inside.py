"""The page that looks inside a model, as a server runs it: milliseconds of each interaction.

That is `petit`; of the question why, which two models are asked, also the transformers.

A client speaks Streamlit's own protocol: in a session of its own it opens a view, then changes one
setting of its address to a value that nobody has asked for before. That run takes from the request
until `script_finished`, with figures made and sent; processor time is the server's, which other
work on this machine hardly changes. The first change of each kind, for which the server reads what
it keeps, does not count.
"""

import asyncio
import os
import statistics
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from websockets import ClientConnection

from benchmarks.clients import ROOT, connect, messages, processor_seconds, rerun, server
from benchmarks.table import Row

GOAL = 100  # milliseconds
ROUNDS = 8
TEXT = (
    "Monsieur, je ne saurais (c'est ma faute) répondre aux belles dames de Lyon.\n"
    "L'amour ne se dit point : il se montre, et Valère ne le sait que trop. "
) * 2
VIEWS = ("unit", "gates", "mattered", "forgets", "embedding", "step")
Address = dict[str, object]


@dataclass(frozen=True)
class Measured:
    """What the runs of one interaction take, in milliseconds.

    Attributes:
        clock: each of them.
        processor: of the server, their mean.
    """

    clock: list[float]
    processor: float


def measure() -> list[Row]:
    """The page over `MOLIERE_HOME`, where the index of the cells must have been built."""
    with server(ROOT / "dashboard/Home.py", dict(os.environ)) as (port, process):
        found = asyncio.run(_page(port, process.pid))
    return [
        Row(
            f"inside page: {name}",
            f"ms, {len(TEXT)} characters, median / worst",
            f"{statistics.median(times.clock):.0f} / {max(times.clock):.0f}",
            f"goal {GOAL}; {times.processor:.0f} ms of processor",
        )
        for name, times in found.items()
    ]


def _interactions() -> dict[str, tuple[Address, list[Address]]]:
    """Where each begins, and the settings that it changes to, one after another."""
    turns = range(ROUNDS + 1)
    texts: list[Address] = [{"text": f"{TEXT[7 * turn :]} {turn}"} for turn in turns]
    spans: list[Address] = [{"from": 90 + 3 * turn, "to": 94 + 3 * turn} for turn in turns]
    units: list[Address] = [{"tracks": "other", "unit": 10 + turn} for turn in turns]
    chars: list[Address] = [{"char": char} for char in "abcdefghijklm"[: len(turns)]]
    maps: list[Address] = [{"gate": name} for name in ("forget", "input", "output", "hidden")]
    checks: list[Address] = [{"edit": "replace", "from": at, "to": at + 1} for at in range(90, 99)]
    found: dict[str, tuple[Address, list[Address]]] = {
        "another view": ({"text": TEXT}, [{"view": view} for view in VIEWS * 2]),
        "embedding, another character": ({"view": "embedding"}, chars),
        "gates, another map": ({"view": "gates", "text": TEXT}, maps),
        "mattered, the other check": ({"view": "mattered", "text": TEXT}, checks),
    }
    for view in VIEWS:
        start: Address = {"view": view, "text": TEXT}
        if view == "embedding":
            continue
        found[f"{view}, another text"] = start, texts
        found[f"{view}, another passage"] = start, spans
        if view != "mattered":
            found[f"{view}, another unit"] = start, units
    for model, start_at in (("petit", 125), ("petit-gpt", 140), ("mini-gpt", 155)):
        places = range(start_at, start_at + len(turns))  # no question is asked twice
        found[f"why, another character, {model}"] = (
            {"view": "why", "text": TEXT, "model": model},
            [{"from": at, "to": at + 1} for at in places],
        )
    return found


async def _page(port: int, pid: int) -> dict[str, Measured]:
    found = {}
    for name, (start, changes) in _interactions().items():
        runs = [await _change(port, pid, start, change) for change in changes][1:]
        clock = [seconds for seconds, _ in runs]
        found[name] = Measured(clock, statistics.mean(used for _, used in runs))
    return found


async def _change(port: int, pid: int, start: Address, change: Address) -> tuple[float, float]:
    """Milliseconds of one change in a session of its own, on the clock and of the processor."""
    async with connect(port) as socket:
        await _run(socket, start)
        began, before = time.perf_counter(), processor_seconds(pid)
        await _run(socket, start | change)
        used = processor_seconds(pid) - before
        return 1000 * (time.perf_counter() - began), 1000 * used


async def _run(socket: ClientConnection, address: Address) -> None:
    await socket.send(rerun(urlencode(address), "inside"))
    async for _ in messages(socket):
        pass
