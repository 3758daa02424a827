"""The process that fetches a model: `python -m moliere_core.pretrained.fetch_worker NAME`.

It tells what it does in lines of JSON on standard output: `progress` with bytes `done` and
`total`, then `finished` or `failed`. It exits when standard input closes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from moliere_core.errors import ModelError, MoliereError, one_line
from moliere_core.models.references import HUB
from moliere_core.pretrained.folders import (
    CONFIG,
    TEXTS,
    hub_cache,
    missing_tokenizer,
    refusal,
    sound,
)
from moliere_core.pretrained.hub_errors import (
    MAX_REASON,
    disk_full,
    explained,
    not_a_model,
    passing,
)
from moliere_core.pretrained.weights import INDEX, SINGLE
from moliere_core.system.processes import read_input

if TYPE_CHECKING:
    from huggingface_hub.hf_api import RepoSibling

REACH_SECONDS = 1.5  # to find out that no hub is there
TRIES = 5
PAUSE_SECONDS = 2.0  # before the second try; twice as long before each of the others
POLL_SECONDS = 0.3

# Single files, and the names of their parts: without a dot, as fp16 copies have.
WEIGHTS = tuple(
    (single, re.compile(rf"{single.partition('.')[0]}-[\w-]+\.{single.partition('.')[2]}"))
    for single in SINGLE
)


def main(name: str) -> int:
    """Fetch the model called `name` on the hub; 0 if it is here."""
    try:
        fetch(name, say)
    except MoliereError as error:
        failure: MoliereError = error
    except Exception as error:  # of the disk, in a dozen kinds
        failure = explained(error, name)
    else:
        say({"event": "finished"})
        return 0
    say({"event": "failed", **failure.to_json()})
    return 1


def say(event: dict[str, Any]) -> None:
    """Write an event."""
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def fetch(name: str, say: Callable[[dict[str, Any]], None]) -> None:
    """Fetch what a model needs to write: its configuration, tokenizer and weights.

    Raises:
        ModelError: no hub is reached, it has no such model, or the connection fails again and
            again.
    """
    _reach(name)
    from huggingface_hub import HfApi, snapshot_download

    try:
        info = HfApi().model_info(name, files_metadata=True, timeout=10)
    except Exception as error:  # of the network, in a dozen kinds
        raise explained(error, name) from error
    sizes = {file.rfilename: file.size or 0 for file in info.siblings or []}
    wanted = needed(list(sizes))
    config = info.config if isinstance(info.config, dict) else {}
    unusable = refusal(HUB + name, sizes, sound(config))
    if unusable is not None:
        raise unusable
    if not wanted:
        raise not_a_model(name)
    total = sum(sizes[file] for file in wanted)
    root = hub_cache() / ("models--" + name.replace("/", "--"))
    blobs = root / "blobs"
    _discard_damaged(info.siblings or [], root, info.sha or "main")
    lacking = total - _stored(blobs) - _free(hub_cache())
    if lacking > 0:
        raise disk_full(name, -(-lacking // 1_000_000))
    watching = threading.Event()
    watcher = threading.Thread(target=_watch, args=(blobs, total, say, watching), daemon=True)
    watcher.start()
    try:
        for attempt in range(TRIES):
            try:
                snapshot_download(
                    name,
                    revision="main",
                    allow_patterns=wanted,
                    cache_dir=hub_cache(),
                    max_workers=2,
                )
                break
            except Exception as error:
                if not passing(error):
                    raise explained(error, name) from error
                if attempt == TRIES - 1:
                    raise ModelError(
                        "the download of hf:{name} broke off {tries} times ({reason}): ask for it "
                        "again, what is there is kept",
                        name=name,
                        tries=TRIES,
                        reason=one_line(error, MAX_REASON),
                    ) from error
                time.sleep(PAUSE_SECONDS * 2**attempt)
    finally:
        watching.set()
        watcher.join()
    say({"event": "progress", "done": total, "total": total})


def needed(files: Collection[str]) -> list[str]:
    """The files of a repository that a model needs here; [] where one of them is missing.

    One format of weights, in full precision, with its index where it is in parts; no code.
    """
    texts = [file for file in files if file in TEXTS]
    for single, parts in WEIGHTS:
        if single in files:
            weights = [single]
        elif single + INDEX in files:
            weights = [single + INDEX, *(file for file in files if parts.fullmatch(file))]
        else:
            continue
        return [] if missing_tokenizer(files) or CONFIG not in files else sorted(texts + weights)
    return []


def _discard_damaged(files: Sequence[RepoSibling], root: Path, commit: str) -> None:
    """Delete files that differ from the hub's: its tools would take them for whole.

    Contents lie in `blobs`, under their names on the hub: the SHA-256 of large files, Git's name
    for others. Where a system has no links, they lie in the snapshot instead.
    """
    for file in files:
        digest = file.lfs.sha256 if file.lfs else file.blob_id
        stored = [root / "snapshots" / commit / file.rfilename, root / "blobs" / (digest or "none")]
        for path in stored:
            if path.is_file() and not _is_whole(path, file):
                path.resolve().unlink()
                path.unlink(missing_ok=True)  # the link, where it was one


def _is_whole(path: Path, file: RepoSibling) -> bool:
    """Whether a file has the size and the content that the hub tells of it."""
    size = path.stat().st_size
    if file.size is not None and file.size != size:
        return False
    if file.lfs is not None:
        return _digest(path, hashlib.sha256()) == file.lfs.sha256
    return not file.blob_id or _digest(path, hashlib.sha1(b"blob %d\0" % size)) == file.blob_id


def _digest(path: Path, state: hashlib._Hash) -> str:
    with path.open("rb") as file:
        while data := file.read(1 << 20):
            state.update(data)
    return state.hexdigest()


def _reach(name: str) -> None:
    """ModelError unless a hub answers at its address, within `REACH_SECONDS`."""
    endpoint = urlsplit(os.environ.get("HF_ENDPOINT") or "https://huggingface.co")
    proxies = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy", "HTTP_PROXY")
    if any(os.environ.get(name) for name in proxies):
        return  # only the proxy knows
    found: list[OSError | None] = []

    def connect() -> None:
        port = endpoint.port or (443 if endpoint.scheme == "https" else 80)
        try:
            socket.create_connection((endpoint.hostname or "", port), REACH_SECONDS).close()
            found.append(None)
        except OSError as error:
            found.append(error)

    # A name that nobody resolves can take half a minute, whatever the timeout.
    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(REACH_SECONDS)
    if not found or found[0] is not None:
        raise explained(found[0] if found else None, name)


def _watch(
    blobs: Path, total: int, say: Callable[[dict[str, Any]], None], ended: threading.Event
) -> None:
    """Report how many bytes are fetched, until `ended` is set."""
    while not ended.wait(POLL_SECONDS):
        done = _stored(blobs)
        say({"event": "progress", "done": min(done, total), "total": total})


def _stored(blobs: Path) -> int:
    """Bytes fetched so far: of a sparse file what it takes on disk, not its length."""
    done = 0
    for path in blobs.glob("*") if blobs.is_dir() else []:
        with contextlib.suppress(OSError):
            info = path.stat()
            done += min(info.st_size, getattr(info, "st_blocks", info.st_size) * 512)
    return done


def _free(folder: Path) -> int:
    """Bytes that the disk of a folder, there or not yet, has room for."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


if __name__ == "__main__":
    threading.Thread(target=read_input, args=(lambda _: None,), daemon=True).start()
    sys.exit(main(sys.argv[1]))
