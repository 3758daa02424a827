"""Fetching from a hub that answers on this machine alone."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

import pytest

from moliere_core import pretrained
from moliere_core.cli import main
from moliere_core.pretrained import fetch_worker, fetching
from tests import hub
from tests.patience import PATIENCE, wait_until

COMMIT = "0" * 40
WAIT = PATIENCE


class Hub(BaseHTTPRequestHandler):
    """As much of the hub as its tools ask for; breaks off in the middle of a file if told to."""

    files: ClassVar[dict[str, bytes]] = {}
    breaks: ClassVar[dict[str, int]] = {}  # times that a file's first half alone is sent
    asked: ClassVar[list[str]] = []
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self, body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        self.asked.append(path)
        if path.startswith("/api/models/owner/tiny"):
            siblings = [{"rfilename": n, "size": len(d)} for n, d in self.files.items()]
            tree = [
                {"type": "file", "path": n, "size": len(d), "oid": _etag(d)}
                for n, d in self.files.items()
            ]
            info = {"id": "owner/tiny", "modelId": "owner/tiny", "sha": COMMIT, "private": False}
            info |= {"siblings": siblings, "tags": [], "downloads": 0, "likes": 0}
            self._send(json.dumps(tree if "/tree/" in path else info).encode(), body)
            return
        name = path.rpartition("/")[2]
        if not path.startswith("/owner/tiny/resolve/") or name not in self.files:
            self._send(b"{}", body, 404, {"X-Error-Code": "RepoNotFound"})
            return
        data = self.files[name]
        begin = int((self.headers.get("Range") or "bytes=0-")[6:].split("-")[0])
        headers = {"ETag": f'"{_etag(data)}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        if begin:
            headers["Content-Range"] = f"bytes {begin}-{len(data) - 1}/{len(data)}"
        cut = body and self.breaks.get(name, 0) > 0
        self._send(data[begin:], body, 206 if begin else 200, headers, cut)
        if cut:
            self.breaks[name] -= 1
            self.close_connection = True

    def _send(
        self,
        data: bytes,
        body: bool,
        status: int = 200,
        headers: dict[str, str] | None = None,
        cut: bool = False,
    ) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(data))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(data[: len(data) // 2] if cut else data)


def _etag(data: bytes) -> str:
    return hashlib.sha1(data).hexdigest()


@pytest.fixture(name="served", autouse=True)
def _served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    pytest.importorskip("huggingface_hub")
    weights = hub.safetensors({"wte": 24}) + bytes(3_000_000)
    Hub.files = {
        "config.json": json.dumps(hub.CONFIG).encode(),
        "tokenizer.json": json.dumps(hub.TOKENIZER).encode(),
        "model.safetensors": weights,
        "pytorch_model.bin": b"twice",
        "code.py": b"boom()",
    }
    Hub.breaks, Hub.asked = {}, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    yield tmp_path / "hub"
    server.shutdown()
    server.server_close()


def test_a_model_is_fetched_once_with_what_it_needs(served: Path) -> None:
    asked = fetching.fetch("hf:owner/tiny")
    assert fetching.fetch("hf:owner/tiny") is asked  # a double click
    done = asked.wait(WAIT)
    assert (done.finished, done.error) == (True, None)
    assert done.share == 1
    assert done.total == pytest.approx(3, abs=0.1)
    assert pretrained.presence("hf:owner/tiny") is pretrained.Presence.READY
    folder = served / "models--owner--tiny" / "snapshots" / COMMIT
    assert {p.name for p in folder.iterdir()} == {
        "config.json",
        "tokenizer.json",
        "model.safetensors",
    }
    assert (folder / "model.safetensors").read_bytes() == Hub.files["model.safetensors"]


def test_a_download_that_breaks_off_goes_on(served: Path) -> None:
    Hub.breaks = {"model.safetensors": 1}
    assert fetching.fetch("hf:owner/tiny").wait(WAIT).error is None
    assert pretrained.presence("hf:owner/tiny") is pretrained.Presence.READY
    assert Hub.breaks == {"model.safetensors": 0}


def test_what_is_half_there_is_not_a_model() -> None:
    Hub.breaks = {"model.safetensors": 10**6}
    asked = fetching.fetch("hf:owner/tiny")
    wait_until(lambda: Hub.breaks["model.safetensors"] < 10**6)  # a part of it has come
    asked.cancel()
    assert "was stopped: ask for it again" in str(asked.wait(WAIT).error)
    assert pretrained.presence("hf:owner/tiny") is not pretrained.Presence.READY
    Hub.breaks = {}
    assert fetching.fetch("hf:owner/tiny").wait(WAIT).error is None


def test_the_command_fetches(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "fetch", "owner/tiny", "--json"]) == 0
    [found] = [json.loads(capsys.readouterr().out)["model"]]
    assert found == {"name": "hf:owner/tiny", "kind": "gpt", "parameters": 2296, "available": True}
    assert main(["models", "--json"]) == 0
    names = [m["name"] for m in json.loads(capsys.readouterr().out)["models"]]
    assert "hf:owner/tiny" in names


def error_of(reference: str) -> str:
    error = fetching.fetch(reference).wait(WAIT).error
    assert error is not None
    return str(error)


def test_a_model_that_the_hub_has_not() -> None:
    assert "the hub has no model 'owner/none'" in error_of("hf:owner/none")
    assert "is not the name of a model" in error_of("hf:a b")


def test_a_hub_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")
    for name in (
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
        "http_proxy",
        "HTTP_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)
    assert "the hub is not reached" in error_of("hf:gpt2")


def test_a_process_that_cannot_start_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "COMMAND", ("/nowhere/python",))
    assert "cannot be started (No such file or directory)" in error_of("hf:owner/tiny")


def test_a_model_that_is_none_of_ours(served: Path) -> None:
    del Hub.files["tokenizer.json"]
    assert "is not a model that can be used here" in error_of("hf:owner/tiny")


def test_strangers_do_not_fill_a_public_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    assert "is not offered on this public server" in error_of("hf:owner/tiny")
    assert Hub.asked == []


def test_one_format_of_weights_and_no_code() -> None:
    files = ["config.json", "merges.txt", "pytorch_model.bin", "tf_model.h5", "a/b.json", "x.py"]
    assert fetch_worker.needed(files) == ["config.json", "merges.txt", "pytorch_model.bin"]
    parts = ["model-1.safetensors", "model.safetensors.index.json", "pytorch_model.bin.index.json"]
    assert fetch_worker.needed([*files, *parts]) == [
        "config.json",
        "merges.txt",
        *parts[:2],
    ]
