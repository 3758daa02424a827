"""Checks of a machine that is to serve the application.

Each check is one sentence, with the way out where something is missing. Nothing is changed but for
an empty file, written into the home folder and removed.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from moliere_core.errors import ConfigError
from moliere_core.system import application, machine
from moliere_core.system.storage import home

Level = Literal["ok", "note", "lack"]

SHORT_CODE = 8  # characters below which a code is guessed in a lesson
LEAST_PLACES = 35  # a class, its teacher, and some who reload their page
LEAST_DISK = 1_000  # MB: a class's runs
LEAST_WORKER = 700  # MB that a training takes


@dataclass(frozen=True)
class Finding:
    """What a check has found.

    Attributes:
        name: of the check.
        level: "ok"; "note", something that some will miss; or "lack", to be put right first.
        told: one sentence.
    """

    name: str
    level: Level
    told: str


def examine(port: int | None = None) -> list[Finding]:
    """All the checks, in the order in which they are told.

    Args:
        port: that the server is to listen on; None where it has it already.
    """
    checks: list[Callable[[], Finding]] = [
        _public,
        _teacher,
        _settings,
        _home,
        _disk,
        _memory,
        _files,
        _places,
        _frameworks,
        _metrics,
    ]
    if port is not None:
        checks.append(lambda: _port(port))
    return [check() for check in checks]


def _public() -> Finding:
    if machine.is_public():
        return Finding("public", "ok", "strangers may come: trainings and uploads have limits")
    return Finding(
        "public", "note", "no limits: set MOLIERE_PUBLIC=1 where strangers may reach this server"
    )


def _teacher() -> Finding:
    code = os.environ.get("MOLIERE_TEACHER_CODE", "")
    if len(code) >= SHORT_CODE:
        return Finding("teacher", "ok", "the teacher's code opens everybody's trainings")
    if code:
        told = f"the teacher's code has {len(code)} characters: take at least {SHORT_CODE}"
        return Finding("teacher", "lack" if machine.is_public() else "note", told)
    if machine.is_public():
        told = "nobody may stop or delete others' trainings: set MOLIERE_TEACHER_CODE"
        return Finding("teacher", "lack", told)
    return Finding("teacher", "note", "no teacher's code: what nobody owns is anybody's to delete")


def _settings() -> Finding:
    try:
        settings = tomllib.loads(application.settings().read_text(encoding="utf-8"))
    except ConfigError as error:
        return Finding("settings", "lack", str(error))
    except (OSError, ValueError):
        told = f"{application.settings()} cannot be read: take the repository's own"
        return Finding("settings", "lack", told)
    server = settings.get("server", {})
    if server.get("enableXsrfProtection") is False:
        told = "enableXsrfProtection is off: another site could upload in a pupil's name"
        return Finding("settings", "lack", told)
    size = server.get("maxUploadSize", 200)
    return Finding("settings", "ok", f"the application's own, uploads of {size} MB at most")


def _home() -> Finding:
    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-"):
            pass
    except OSError as error:
        told = f"{folder} cannot be written ({error.strerror}): set MOLIERE_HOME to another folder"
        return Finding("home", "lack", told)
    return Finding("home", "ok", f"runs and corpora are kept in {folder}")


def _disk() -> Finding:
    try:
        free = shutil.disk_usage(home()).free // 1_000_000
    except OSError:
        return Finding("disk", "note", "the room on the disk is not known")
    enough, lacking = free >= LEAST_DISK, f": make room for {LEAST_DISK:,} at least"
    return _amount("disk", f"{free:,} MB are free on the disk of runs", enough, lacking)


def _memory() -> Finding:
    free = machine.free_megabytes()
    if free is None:
        return Finding("memory", "note", "this system does not tell how much memory is free")
    enough, lacking = free >= LEAST_WORKER, f", and a training takes {LEAST_WORKER}: free some"
    return _amount("memory", f"{free:,} MB of memory are free", enough, lacking)


def _amount(name: str, told: str, enough: bool, lacking: str) -> Finding:
    return Finding(name, "ok", told) if enough else Finding(name, "lack", told + lacking)


def _files() -> Finding:
    machine.raise_file_limit()
    limit = machine.file_limit()
    if limit is None:
        return Finding("files", "ok", "no limit of open files")
    served = (limit - machine.RESERVED_FILES) // machine.SESSION_FILES
    told = f"{limit:,} files and connections may be open"
    if served < LEAST_PLACES:
        return Finding("files", "lack", f"{told}, enough for {max(served, 0)}: raise `ulimit -n`")
    return Finding("files", "ok", told)


def _places() -> Finding:
    try:
        places = machine.places()
    except ConfigError as error:
        return Finding("places", "lack", str(error))
    told = f"{places} sessions at once, the next one reads that the room is full"
    if places < LEAST_PLACES:
        return Finding("places", "note", f"{told}: fewer than a class and its teacher")
    return Finding("places", "ok", told)


def _frameworks() -> Finding:
    lacking = []
    if not machine.installed(*machine.TRAINING):
        lacking.append("keras and tensorflow (nothing can be trained)")
    if not machine.installed("torch", "transformers"):
        lacking.append("torch and transformers (no model of the hub but GPT-2's family)")
    if lacking:
        return Finding("frameworks", "note", "not installed: " + "; ".join(lacking))
    return Finding("frameworks", "ok", "training and the hub's models are installed")


def _metrics() -> Finding:
    if os.environ.get("MOLIERE_METRICS") == "1":
        told = "/_stcore/metrics answers anybody: let your proxy keep it to yourself"
        return Finding("metrics", "lack" if machine.is_public() else "note", told)
    return Finding("metrics", "ok", "/_stcore/metrics is closed")


def _port(port: int) -> Finding:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("", port))
        except OSError as error:
            told = f"port {port} cannot be used ({error.strerror}): choose another --server.port"
            return Finding("port", "lack", told)
    return Finding("port", "ok", f"port {port} is free")
