"""The server under a class: first content, memory, and thirty clients at once.

Cold servers of the application and of an empty page with a single Plotly chart are started in
turn, and a new headless Chromium opens each: "first content" is when the heading is there, "all of
it" when the chart is drawn, or the model has begun to write. The thirty clients speak
Streamlit's own protocol over websockets: a rerun takes until `script_finished`. Then thirty
follow one training, see `watching`. Nothing leaves this machine.
"""

import asyncio
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from benchmarks import watching
from benchmarks.clients import CLIENTS, ROOT, connect, messages, rerun, server
from benchmarks.table import Row

ROUNDS = 3
RERUNS = 5  # of each client
THINK_SECONDS = 2.0
EMPTY_PAGE = """
import plotly.graph_objects as go
import streamlit as st
st.title("Empty")
st.plotly_chart(go.Figure(go.Bar(x=[1, 2, 3], y=[3, 1, 2])))
"""


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder, "empty.py")
        empty.write_text(EMPTY_PAGE)
        pages = {
            "empty": (empty, chart_drawn),
            "home": (ROOT / "dashboard/Home.py", writing),
        }
        opened: dict[str, list[tuple[float, float]]] = {name: [] for name in pages}
        for _ in range(ROUNDS):
            for name, (script, complete) in pages.items():
                with server(script) as (port, _process):
                    opened[name].append(open_in_chromium(port, complete))
    with server(ROOT / "dashboard/Home.py") as (port, process):
        asyncio.run(a_pupil(port, 0))
        alone = resident_mb(process.pid)
        reruns = asyncio.run(a_class(port))
        full = resident_mb(process.pid)
    (empty_first, empty_all), (home_first, home_all) = (
        [statistics.median(seconds) for seconds in zip(*opened[name], strict=True)]
        for name in pages
    )
    p50, p95 = statistics.median(reruns), statistics.quantiles(reruns, n=20)[-1]
    return [
        Row(
            "server: empty page with one chart",
            "s to first content / all of it",
            f"{empty_first:.2f} / {empty_all:.2f}",
            "cold server, new browser",
        ),
        Row(
            "server: Home",
            "s to first content / all of it",
            f"{home_first:.2f} / {home_all:.2f}",
            f"{home_first / empty_first:.2f} / {home_all / empty_all:.2f} times the empty page",
        ),
        Row("server: Home", "MB resident, one client", f"{alone:.0f}"),
        Row(f"server: {CLIENTS} clients", "MB resident", f"{full:.0f}"),
        Row(
            f"server: {CLIENTS} clients, {THINK_SECONDS:g} s think time",
            "ms a rerun, p50 / p95",
            f"{1000 * p50:.0f} / {1000 * p95:.0f}",
        ),
        *watching.measure(),
    ]


def chart_drawn(page: Page) -> None:
    expect(page.locator(".js-plotly-plot .bars path")).to_have_count(3, timeout=60_000)


def writing(page: Page) -> None:
    text = page.locator(".written")
    expect(text).to_have_text(re.compile(r"\S"), timeout=60_000)


def open_in_chromium(port: int, complete: Callable[[Page], None]) -> tuple[float, float]:
    """Seconds from asking for the page to its heading, and until `complete` returns."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        began = time.perf_counter()
        page.goto(f"http://127.0.0.1:{port}")
        page.get_by_role("heading", level=1).wait_for(timeout=60_000)
        first = time.perf_counter() - began
        complete(page)
        everything = time.perf_counter() - began
        browser.close()
    return first, everything


async def a_class(port: int) -> list[float]:
    """Seconds of every rerun of thirty clients that act every two seconds or so."""
    times = await asyncio.gather(*(a_pupil(port, number) for number in range(CLIENTS)))
    return [seconds for pupil in times for seconds in pupil]


async def a_pupil(port: int, number: int) -> list[float]:
    times = []
    async with connect(port) as socket_:
        await socket_.send(rerun())
        async for _ in messages(socket_):
            pass
        await asyncio.sleep(THINK_SECONDS * number / CLIENTS)
        for turn in range(RERUNS):
            began = time.perf_counter()
            await socket_.send(rerun(f"seed={number * RERUNS + turn}"))
            async for _ in messages(socket_):
                pass
            times.append(time.perf_counter() - began)
            await asyncio.sleep(THINK_SECONDS)
    return times


def resident_mb(pid: int) -> float:
    """Resident memory of a process, in megabytes (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    if found is None:
        raise RuntimeError(f"no memory figure for process {pid}")
    return int(found[1]) / 1000
