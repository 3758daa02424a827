"""A hundred telephones vote in one room: how long until the teacher's screen has each vote.

    python -m benchmarks votes

Each telephone is a client of this machine that does what phone.js does: it asks every 1.5 s what is
before the class, and votes once a round. The screen asks every 0.4 s, as votes.js does. In each
round, of a question of its own, all vote within SPREAD seconds. The time of a vote runs from before
it is sent until the screen has read that there are N votes, where it was the Nth to be sent: two
that overtake each other change places. Nothing leaves this machine.
"""

import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from unittest.mock import patch

from benchmarks.clients import ROOT, server
from benchmarks.table import Row
from moliere_core import classroom
from moliere_core.classroom import Room

PHONES = 100
ROUNDS = 5
SPREAD = 10.0  # seconds in which all of a class vote
ASKS, SCREEN = 1.5, 0.4  # seconds between two questions of a telephone, and of the screen
KEY = "the teacher's"


class Client:
    """A connection that is kept, as a browser keeps it."""

    def __init__(self, port: int, **headers: str) -> None:
        self._port = port
        self._headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, body: object = None) -> dict[str, object]:
        """The document at an address; raises RuntimeError where there is none."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        sent = b"" if body is None else json.dumps(body).encode()
        lines = [f"{'POST' if sent else 'GET'} {path} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in self._headers.items()]
        lines += ["Content-Type: application/json", f"Content-Length: {len(sent)}"] if sent else []
        writer.write("\r\n".join([*lines, "", ""]).encode() + sent)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        found = await reader.readexactly(length)
        if " 200 " not in head.partition("\r\n")[0]:
            raise RuntimeError(f"{path}: {head.splitlines()[0]}")
        document: dict[str, object] = json.loads(found)
        return document


def measure() -> list[Row]:
    with (
        tempfile.TemporaryDirectory() as home,
        patch.dict(os.environ, {"MOLIERE_HOME": home}),
        server(ROOT / "dashboard/Home.py", os.environ) as (port, _process),
    ):
        seconds = asyncio.run(_class(port, classroom.open_room(KEY)))
    p50, p95 = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
    return [
        Row(
            f"votes: {PHONES} telephones in a room",
            "ms from a vote to the screen, p50 / p95 / most",
            f"{1000 * p50:.0f} / {1000 * p95:.0f} / {1000 * max(seconds):.0f}",
            f"{len(seconds)} votes, {ROUNDS} rounds of {SPREAD:g} s",
        )
    ]


async def _class(port: int, room: Room) -> list[float]:
    phones = [Client(port, X_Telephone=f"telephone-{number:08d}") for number in range(PHONES)]
    waiting = [asyncio.create_task(_wait(phone, room, i)) for i, phone in enumerate(phones)]
    seconds: list[float] = []
    try:
        for number in range(ROUNDS):
            seconds += await _round(port, room, number)
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    return seconds


async def _wait(phone: Client, room: Room, number: int) -> None:
    """Ask what is before the class, as long as the class lasts."""
    await asyncio.sleep(ASKS * number / PHONES)
    while True:
        await phone.ask(f"/s/{room.code}/question")
        await asyncio.sleep(ASKS)


async def _round(port: int, room: Room, number: int) -> list[float]:
    """Seconds that each vote on one question took."""
    question = classroom.choice(f"round {number}", "Qui parle ?", ("Tartuffe", "Orgon"))
    room.ask(question)
    sent, came = dict[int, float](), dict[int, float]()  # by telephone

    async def vote(phone: int) -> None:
        client = Client(port, X_Telephone=f"telephone-{phone:08d}")
        await asyncio.sleep(random.Random(PHONES * number + phone).uniform(0, SPREAD))
        sent[phone] = time.perf_counter()
        await client.ask(f"/s/{room.code}/vote", {"question": question.id, "answer": phone % 2})

    async def watch() -> None:
        screen = Client(port, X_Room_Key=KEY)
        while len(came) < PHONES:
            told = await screen.ask(f"/s/{room.code}/results?question={question.id}")
            now = time.perf_counter()
            votes = told["votes"]
            assert isinstance(votes, int)
            for phone in sorted(sent, key=sent.__getitem__)[:votes]:
                came.setdefault(phone, now)
            await asyncio.sleep(SCREEN)

    await asyncio.gather(watch(), *map(vote, range(PHONES)))
    return [came[phone] - sent[phone] for phone in range(PHONES)]
