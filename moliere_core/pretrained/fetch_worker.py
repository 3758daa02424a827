"""The process that fetches a model: `python -m moliere_core.pretrained.fetch_worker NAME`.

It tells what it does in lines of JSON on standard output: `progress` with bytes `done` and
`total`, then `finished` or `failed`. It exits when standard input closes.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from moliere_core.errors import ModelError, MoliereError
from moliere_core.models import HUB
from moliere_core.pretrained.folders import hub_cache
from moliere_core.processes import read_input

REACH_SECONDS = 1.5  # to find out that no hub is there
TRIES = 5
PAUSE_SECONDS = 2.0  # before the second try; twice as long before each of the others
POLL_SECONDS = 0.3


def main(name: str) -> int:
    """Fetch the model called `name` on the hub; 0 if it is here."""
    try:
        fetch(name, say)
    except MoliereError as error:
        say({"event": "failed", **error.to_json()})
        return 1
    say({"event": "finished"})
    return 0


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
    _reach()
    from huggingface_hub import HfApi, constants, snapshot_download
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

    try:
        info = HfApi().model_info(name, files_metadata=True, timeout=10)
    except GatedRepoError as error:
        raise ModelError(
            "{reference} is only given to those who accepted its terms on the hub: accept them "
            "and log in with hf auth login, or choose another model",
            reference=HUB + name,
        ) from error
    except RepositoryNotFoundError as error:
        raise ModelError(
            "the hub has no model {name!r}, or it is private: check the name on its page",
            name=name,
        ) from error
    except (HfHubHTTPError, OSError, ValueError) as error:
        raise _unreachable(error) from error
    sizes = {f.rfilename: f.size or 0 for f in info.siblings or []}
    wanted = needed(list(sizes))
    total = sum(sizes[file] for file in wanted)
    blobs = hub_cache() / ("models--" + name.replace("/", "--")) / "blobs"
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
                    cache_dir=constants.HF_HUB_CACHE,
                    max_workers=2,
                )
                break
            except Exception as error:  # of the network, in a dozen kinds
                if attempt == TRIES - 1:
                    raise ModelError(
                        "the download of hf:{name} broke off {tries} times ({reason}): ask for it "
                        "again, what is there is kept",
                        name=name,
                        tries=TRIES,
                        reason=" ".join(str(error).split())[:200],
                    ) from error
                time.sleep(PAUSE_SECONDS * 2**attempt)
    finally:
        watching.set()
        watcher.join()
    say({"event": "progress", "done": total, "total": total})


def needed(files: Sequence[str]) -> list[str]:
    """Of a model's files, those that it needs here: one format of weights, no code."""
    top = [file for file in files if "/" not in file]
    safe = [f for f in top if f.startswith("model") and f.endswith(".safetensors")]
    pickled = [f for f in top if f.startswith("pytorch_model") and f.endswith(".bin")]
    texts = [f for f in top if f.endswith((".json", ".txt", ".model"))]
    # An index names the parts of weights of one format.
    texts = [f for f in texts if not f.endswith(".bin.index.json") or not safe]
    return sorted(texts + (safe or pickled))


def _reach() -> None:
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
        raise _unreachable(found[0] if found else None)


def _unreachable(error: Exception | None) -> ModelError:
    reason = "no answer" if error is None else " ".join(str(error).split())[:200]
    return ModelError(
        "the hub is not reached ({reason}): check the network; the shipped models do without",
        reason=reason,
    )


def _watch(
    blobs: Path, total: int, say: Callable[[dict[str, Any]], None], ended: threading.Event
) -> None:
    """Tell how much is here, until it has ended: files grow under a temporary name."""
    while not ended.wait(POLL_SECONDS):
        done = 0
        for path in blobs.glob("*") if blobs.is_dir() else []:
            try:
                # What a sparse file takes on disk, not the length it was given beforehand.
                info = path.stat()
                done += min(info.st_size, getattr(info, "st_blocks", info.st_size) * 512)
            except OSError:
                continue
        say({"event": "progress", "done": min(done, total), "total": total})


if __name__ == "__main__":
    threading.Thread(target=read_input, args=(lambda _: None,), daemon=True).start()
    sys.exit(main(sys.argv[1]))
