"""Thirty sessions that follow one training live, and one pupil who explores another page meanwhile.

A server starts a real training (`demo`, on `MOLIERE_CORPUS` or the embedded plays) as a browser
would, by its button. Each of thirty websocket clients then opens the training's link and does what
the browser does: it asks for a fragment again whenever its timer says so. A look takes from the
request until `script_finished`; the first runs of the pages are not counted.
"""

import asyncio
import os
import re
import statistics
import tempfile
import time
from dataclasses import dataclass, field

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.clients import CLIENTS, ROOT, connect, messages, processor_seconds, server
from benchmarks.table import Row

WATCH_SECONDS = 20.0
EPOCHS = 90  # the training of a small corpus, too, lasts as long as they watch
THINK_SECONDS = 1.0  # of the pupil who explores
START = re.compile(r"^(Entraîner|Train) ")


@dataclass
class Seen:
    """What the run of a script told the browser."""

    buttons: dict[str, str] = field(default_factory=dict)  # label -> widget
    timers: dict[str, float] = field(default_factory=dict)  # fragment -> interval in seconds
    page: str = ""  # the hash of the page that is there, under which a fragment is asked for
    query: str = ""


@dataclass(frozen=True)
class Measured:
    """What a class that watches takes, in seconds.

    Attributes:
        looks: of all who watch, from the request to the end of the run.
        reruns: of the one who explores another page.
        processor: of the server, for each run of either kind: it hardly depends on who else works
            on this machine.
    """

    looks: list[float]
    reruns: list[float]
    processor: float


def measure() -> list[Row]:
    found = watched()
    each = f"{1000 * found.processor:.0f} ms of processor time each"
    return [
        _row(f"{CLIENTS} sessions that follow one training", "ms a look", found.looks, each),
        _row("Home meanwhile", "ms a rerun", found.reruns),
    ]


def _row(subject: str, measure: str, seconds: list[float], note: str = "") -> Row:
    p50, p95 = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
    value = f"{1000 * p50:.0f} / {1000 * p95:.0f}"
    return Row(f"server: {subject}", f"{measure}, p50 / p95", value, note)


def watched() -> Measured:
    with (
        tempfile.TemporaryDirectory() as home,
        server(ROOT / "dashboard/Home.py", {**os.environ, "MOLIERE_HOME": home}) as (port, process),
    ):
        return asyncio.run(_class_and_pupil(port, process.pid))


async def _class_and_pupil(port: int, pid: int) -> Measured:
    job = await _start(port)
    opened = asyncio.Barrier(CLIENTS + 2)  # all who watch, who explores, and this
    watching = [asyncio.create_task(_watch(port, job, n, opened)) for n in range(CLIENTS)]
    pupil = asyncio.create_task(_explore(port, opened))
    await opened.wait()
    before = processor_seconds(pid)
    looks = [seconds for one in await asyncio.gather(*watching) for seconds in one]
    reruns = await pupil
    used = processor_seconds(pid) - before
    return Measured(looks, reruns, used / (len(looks) + len(reruns)))


async def _start(port: int) -> str:
    """Press the button of the Training page; the identifier of the job."""
    async with connect(port) as socket:
        page = _page("training", f"epochs={EPOCHS}")
        await socket.send(page)
        seen = await _read(socket)
        [widget] = [w for label, w in seen.buttons.items() if START.match(label)]
        message = BackMsg()
        message.ParseFromString(page)
        pressed = message.rerun_script.widget_states.widgets.add()
        pressed.id, pressed.trigger_value = widget, True
        await socket.send(message.SerializeToString())
        while not (found := re.search(r"job=([0-9a-f]{12})", seen.query)):
            seen = await _read(socket)
        await asyncio.sleep(15)  # the framework's import is over, and the curve is growing
        return found[1]


async def _watch(port: int, job: str, number: int, opened: asyncio.Barrier) -> list[float]:
    looks = []
    async with connect(port) as socket:
        await socket.send(_page("training", f"job={job}"))
        seen = await _read(socket)
        await opened.wait()
        now = time.perf_counter()
        ends = now + WATCH_SECONDS
        due = {name: now + every * (1 + number / CLIENTS) for name, every in seen.timers.items()}
        while due and now < ends:
            name = min(due, key=due.__getitem__)
            await asyncio.sleep(max(due[name] - time.perf_counter(), 0))
            began = time.perf_counter()
            await socket.send(_page("training", f"job={job}", name, seen.page))
            await _read(socket)
            now = time.perf_counter()
            looks.append(now - began)
            due[name] = now + seen.timers[name]
    return looks


async def _explore(port: int, opened: asyncio.Barrier) -> list[float]:
    times: list[float] = []
    async with connect(port) as socket:
        await socket.send(_page("home"))
        await _read(socket)
        await opened.wait()
        ends = time.perf_counter() + WATCH_SECONDS
        while time.perf_counter() < ends:
            began = time.perf_counter()
            await socket.send(_page("home", f"seed={len(times)}"))
            await _read(socket)
            times.append(time.perf_counter() - began)
            await asyncio.sleep(THINK_SECONDS)
    return times


def _page(name: str, query: str = "", fragment: str = "", there: str = "") -> bytes:
    """The message that asks for a page, or for one of its fragments, as its timer does."""
    message = BackMsg()
    message.rerun_script.page_name = "" if name == "home" else name
    message.rerun_script.query_string = query
    message.rerun_script.fragment_id = fragment
    message.rerun_script.page_script_hash = there
    message.rerun_script.is_auto_rerun = bool(fragment)
    return message.SerializeToString()


async def _read(socket: websockets.ClientConnection) -> Seen:
    seen = Seen()
    async for message in messages(socket):
        _note(seen, message)
    return seen


def _note(seen: Seen, message: ForwardMsg) -> None:
    kind = message.WhichOneof("type")
    if kind == "delta" and message.delta.new_element.WhichOneof("type") == "button":
        button = message.delta.new_element.button
        seen.buttons[button.label] = button.id
    elif kind == "auto_rerun":
        seen.timers[message.auto_rerun.fragment_id] = message.auto_rerun.interval
    elif kind == "navigation":
        seen.page = message.navigation.page_script_hash
    elif kind == "page_info_changed":
        seen.query = message.page_info_changed.query_string
