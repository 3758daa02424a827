"""Fetching from a hub that answers on this machine alone."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

import pytest

from moliere_core import pretrained
from moliere_core.cli import main
from moliere_core.errors import ModelError
from moliere_core.pretrained import fetch_worker, fetching, hub_errors
from tests import hub
from tests.patience import PATIENCE, wait_until

COMMIT = "0" * 40
Answer = tuple[int, dict[str, str], bytes]  # status, headers, content
WAIT = PATIENCE


class Hub(BaseHTTPRequestHandler):
    """As much of the hub as its tools ask for; breaks off in the middle of a file if told to."""

    files: ClassVar[dict[str, bytes]] = {}
    breaks: ClassVar[dict[str, int]] = {}  # times that a file's first half alone is sent
    asked: ClassVar[list[str]] = []
    config: ClassVar[dict[str, Any]] = {}  # as much of it as the hub tells beforehand
    instead: ClassVar[Answer | None] = None  # of everything, as a proxy or a login page has it
    protocol_version = "HTTP/1.1"

    def do_CONNECT(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self, body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        self.asked.append(path)
        if self.instead is not None:
            status, headers, data = self.instead
            self._send(data, body, status, headers)
            return
        if re.match(r"(/api/models)?/old-name(/|$)", path):
            place = path.replace("/old-name", "/owner/tiny")
            self._send(b"", body, 307, {"Location": place})
            return
        if path.startswith("/api/models/owner/tiny"):
            siblings = [
                {"rfilename": n, "size": len(d), "blobId": _git_name(d)}
                for n, d in self.files.items()
            ]
            for sibling in siblings:
                if sibling["rfilename"] == "model.safetensors":
                    digest = hashlib.sha256(self.files["model.safetensors"]).hexdigest()
                    sibling["lfs"] = {"size": 1, "sha256": digest, "pointerSize": 1}
            tree = [
                {"type": "file", "path": n, "size": len(d), "oid": _etag(d)}
                for n, d in self.files.items()
            ]
            info = {"id": "owner/tiny", "modelId": "owner/tiny", "sha": COMMIT, "private": False}
            info |= {"siblings": siblings, "tags": [], "downloads": 0, "likes": 0}
            info |= {"config": self.config}
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


def _git_name(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def _etag(data: bytes) -> str:
    return hashlib.sha1(data).hexdigest()


@pytest.fixture(name="served", autouse=True)
def _served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    weights = hub.safetensors({"wte": 750_000})
    Hub.files = {
        "config.json": json.dumps(hub.CONFIG).encode(),
        "tokenizer.json": json.dumps(hub.TOKENIZER).encode(),
        "model.safetensors": weights,
        "pytorch_model.bin": b"twice",
        "code.py": b"boom()",
        "model.fp16.safetensors": weights,
        "model.onnx": weights,
        "model-q8_0.gguf": weights,
        "trainer_state.json": b"{}",
    }
    Hub.breaks, Hub.asked, Hub.config, Hub.instead = {}, [], {}, None
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
    assert asked.exception(WAIT) is None
    assert asked.share == 1
    assert asked.total == pytest.approx(3, abs=0.1)
    assert pretrained.presence("hf:owner/tiny") is pretrained.Presence.READY
    folder = served / "models--owner--tiny" / "snapshots" / COMMIT
    assert {p.name for p in folder.iterdir()} == {
        "config.json",
        "tokenizer.json",
        "model.safetensors",
    }
    assert (folder / "model.safetensors").read_bytes() == Hub.files["model.safetensors"]
    assert [p for p in Hub.asked if "/owner/tiny" not in p] == []  # nothing else is told the hub


@pytest.mark.slow
@pytest.mark.parametrize("file", ["config.json", "model.safetensors"])
@pytest.mark.parametrize("cut", [False, True], ids=["changed", "cut"])
def test_a_file_that_was_damaged_is_fetched_again(file: str, cut: bool, served: Path) -> None:
    assert fetching.fetch("hf:owner/tiny").exception(WAIT) is None
    path = (served / "models--owner--tiny" / "snapshots" / COMMIT / file).resolve()
    path.write_bytes(Hub.files[file][:20] if cut else b"\xff" * len(Hub.files[file]))
    assert pretrained.presence("hf:owner/tiny") is pretrained.Presence.PARTIAL
    Hub.asked = []
    assert fetching.fetch("hf:owner/tiny").exception(WAIT) is None
    assert pretrained.presence("hf:owner/tiny") is pretrained.Presence.READY
    assert {name.rpartition("/")[2] for name in fetched()} == {file}


def test_a_model_that_was_renamed_comes_under_the_name_that_was_asked_for() -> None:
    assert fetching.fetch("hf:old-name").exception(WAIT) is None
    assert pretrained.presence("hf:old-name") is pretrained.Presence.READY


def test_a_download_that_breaks_off_goes_on(served: Path) -> None:
    Hub.breaks = {"model.safetensors": 1}
    assert fetching.fetch("hf:owner/tiny").exception(WAIT) is None
    assert pretrained.presence("hf:owner/tiny") is pretrained.Presence.READY
    assert Hub.breaks == {"model.safetensors": 0}


@pytest.mark.slow
def test_what_is_half_there_is_not_a_model() -> None:
    Hub.breaks = {"model.safetensors": 10**6}
    asked = fetching.fetch("hf:owner/tiny")
    wait_until(lambda: Hub.breaks["model.safetensors"] < 10**6)  # a part of it has come
    asked.stop()
    assert "was stopped: ask for it again" in str(asked.exception(WAIT))
    assert pretrained.presence("hf:owner/tiny") is not pretrained.Presence.READY
    Hub.breaks = {}
    assert fetching.fetch("hf:owner/tiny").exception(WAIT) is None


def test_the_command_fetches(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "fetch", "owner/tiny", "--json"]) == 0
    [found] = [json.loads(capsys.readouterr().out)["model"]]
    assert found == {"name": "hf:owner/tiny", "kind": "gpt", "parameters": 2296, "available": True}
    assert main(["models", "--json"]) == 0
    names = [m["name"] for m in json.loads(capsys.readouterr().out)["models"]]
    assert "hf:owner/tiny" in names


def fetched() -> list[str]:
    """The files that the hub was asked for."""
    return [path for path in Hub.asked if "/resolve/" in path]


@pytest.fixture(name="refused")
def _refused(monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """What is said before anything is fetched, found out in this process."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", os.environ["HF_ENDPOINT"])
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", True)

    def refused() -> str:
        with pytest.raises(ModelError) as caught:
            fetch_worker.fetch("owner/tiny", lambda _: None)
        assert fetched() == []
        return str(caught.value)

    return refused


def error_of(reference: str) -> str:
    error = fetching.fetch(reference).exception(WAIT)
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


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ("merges.txt vocab.json pytorch_model.bin tf_model.h5 a/b.json x.py README.md", None),
        ("tokenizer.json model.safetensors pytorch_model.bin model.fp16.safetensors", 2),
        (
            "tokenizer.json model.safetensors.index.json model-1-of-2.safetensors "
            "model-2-of-2.safetensors pytorch_model.bin.index.json pytorch_model-1-of-1.bin "
            "model-1-of-2.fp16.safetensors model.safetensors.index.fp16.json",
            4,
        ),
        ("tokenizer.json pytorch_model.bin.index.json pytorch_model-1-of-1.bin model.onnx", 3),
        ("tokenizer.json model.safetensors model-1-of-1.safetensors", 2),
        ("tokenizer.json model.gguf", 0),
        ("vocab.json model.safetensors", 0),
    ],
)
def test_one_format_of_weights_and_no_code(files: str, expected: int | None) -> None:
    names = files.split()
    wanted = ["config.json", *names[:expected]] if expected != 0 else []
    if expected is None:
        wanted = ["config.json", "merges.txt", "pytorch_model.bin", "vocab.json"]
    assert fetch_worker.needed(["config.json", *names]) == sorted(wanted)
    assert fetch_worker.needed(names) == []


@pytest.mark.parametrize(
    ("files", "config", "sentence"),
    [
        ("model-q8_0.gguf README.md", {}, "has its weights as GGUF alone"),
        ("onnx/model.onnx config.json tokenizer.json", {}, "has its weights as ONNX alone"),
        ("model.fp16.safetensors config.json tokenizer.json", {}, "copies in half precision"),
        ("adapter_config.json adapter_model.safetensors", {}, "is an adapter"),
        ("model.safetensors config.json tokenizer.model", {}, "SentencePiece alone"),
        ("", {"architectures": ["BertModel"]}, "does not write from left to right (BertModel)"),
        ("", {"quantization_config": {"quant_method": "awq"}}, "is quantised (awq)"),
        ("model.safetensors", {"architectures": 1.5}, "is not a model that can be used here"),
    ],
)
def test_what_cannot_be_used_is_said_before_it_is_fetched(
    files: str, config: dict[str, Any], sentence: str, refused: Callable[[], str]
) -> None:
    if files:
        Hub.files = dict.fromkeys(files.split(), b"boom")
    Hub.config = config
    assert sentence in refused()


LOGIN = b"<!DOCTYPE html><title>Bienvenue au lycee</title>"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((200, {"Content-Type": "text/html"}, LOGIN), "something else answers in the hub's place"),
        ((200, {}, b'{"ok": true}'), "something else answers in the hub's place"),
        ((200, {}, b"[]"), "something else answers in the hub's place"),
        ((401, {"X-Error-Message": "Invalid credentials in Authorization header"}, b""), "the key"),
        ((401, {}, b"{}"), "the hub has no model 'owner/tiny', or it is private"),
        ((403, {}, b"{}"), "is only given to those who accepted its terms"),
        ((403, {"X-Error-Code": "GatedRepo"}, b"{}"), "is only given to those who accepted its"),
        ((404, {}, b"{}"), "the hub has no model 'owner/tiny'"),
        ((407, {}, b""), "the proxy of this network asks for a name and a password"),
        ((429, {}, b"{}"), "the hub asks this network to wait"),
        ((451, {}, b"{}"), "was taken off the hub"),
        ((500, {}, b""), "the hub has trouble of its own (500)"),
        ((503, {}, LOGIN), "the hub has trouble of its own (503)"),
    ],
)
def test_what_the_hub_answers_is_told_in_a_sentence(
    answer: Answer, sentence: str, refused: Callable[[], str]
) -> None:
    Hub.instead = answer
    assert sentence in refused()


def test_a_login_page_in_the_place_of_a_process_s_answer() -> None:
    Hub.instead = (200, {"Content-Type": "text/html"}, LOGIN)
    assert "something else answers in the hub's place" in error_of("hf:owner/tiny")


@pytest.mark.slow
def test_a_proxy_that_asks_who_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = os.environ["HF_ENDPOINT"]
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.invalid")
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, proxy)
    Hub.instead = (407, {"Proxy-Authenticate": "Basic"}, b"")
    assert "put them into HTTPS_PROXY" in error_of("hf:gpt2")
    Hub.instead = (502, {}, b"")
    assert "the proxy that HTTPS_PROXY names lets nothing through" in error_of("hf:gpt2")


def test_nothing_is_fetched_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "HF_HUB_OFFLINE is set on this machine" in error_of("hf:owner/tiny")


def test_a_disk_that_is_too_small_is_said_before_anything_is_fetched(
    refused: Callable[[], str],
) -> None:
    class Vast(bytes):
        def __len__(self) -> int:
            return 10**15

    Hub.files["model.safetensors"] = Vast()
    assert re.search(r"takes \d{8,9} MB more than the disk has room for", refused())


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "the disk is full: make room, and ask for hf:x again"),
        (errno.EROFS, "the hub's cache on this machine cannot be written"),
        (errno.EACCES, "the hub's cache on this machine cannot be written"),
    ],
)
def test_errors_of_the_disk(number: int, sentence: str) -> None:
    wrapped = RuntimeError("data could not be written")
    wrapped.__cause__ = OSError(number, os.strerror(number))
    assert sentence in str(hub_errors.explained(wrapped, "x"))
    assert not hub_errors.passing(wrapped)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (None, "the hub is not reached (no answer)"),
        (ConnectionResetError("reset\nby peer"), "the hub is not reached (reset by peer)"),
        (OSError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"), "not trusted here"),
        (OSError("Distant resource does not seem to be on the hub"), "something else answers"),
    ],
)
def test_other_errors_of_the_network(error: Exception | None, sentence: str) -> None:
    assert sentence in str(hub_errors.explained(error, "x"))
    assert error is None or hub_errors.passing(error)


def test_a_cache_that_cannot_be_made(served: Path) -> None:
    served.write_text("a file where the folder should be")
    assert "the hub's cache on this machine cannot be written" in error_of("hf:owner/tiny")
