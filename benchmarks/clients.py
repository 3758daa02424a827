"""A server of the application, and clients that speak Streamlit's own protocol to it."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).parent.parent
CLIENTS = 30


@contextmanager
def server(
    script: Path, env: Mapping[str, str] | None = None, folder: Path = ROOT
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A Streamlit server of this script on a free port, healthy, and stopped afterwards.

    Args:
        script: what it runs.
        env: its environment; None for this process' own.
        folder: where it is started, whose `.streamlit/config.toml` it follows.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    command += ["--server.headless", "true"]
    process = subprocess.Popen(
        command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_healthy(port, process)
        yield port, process
    finally:
        process.terminate()
        process.wait(10)


def wait_until_healthy(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.05)
    raise RuntimeError("the server did not become healthy within 60 s")


def connect(port: int) -> websockets.connect:
    """A websocket as the browser opens it."""
    return websockets.connect(
        f"ws://127.0.0.1:{port}/_stcore/stream",
        subprotocols=[websockets.Subprotocol("streamlit")],
        max_size=None,
        open_timeout=60,
    )


def rerun(query: str = "", page: str = "") -> bytes:
    """The message that asks for a run of a page's script; "" is Home."""
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.page_name = page
    return message.SerializeToString()


async def messages(socket_: websockets.ClientConnection) -> AsyncIterator[ForwardMsg]:
    """Messages of one run, up to and including `script_finished`."""
    while True:
        message = ForwardMsg()
        message.ParseFromString(await asyncio.wait_for(socket_.recv(), 60))
        yield message
        if message.WhichOneof("type") == "script_finished":
            return


def processor_seconds(pid: int) -> float:
    """Processor time of a process, without its children (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
