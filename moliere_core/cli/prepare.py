"""Say, the evening before, whether this machine is ready for a class, and show the way in."""

from __future__ import annotations

import argparse
import io
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from moliere_core.cli.doctor import MARKS, add_arguments
from moliere_core.errors import MoliereError
from moliere_core.system import network

if TYPE_CHECKING:
    from moliere_core.system.doctor import Finding

NAME = "prepare"
PYTHONS = ((3, 11), (3, 13))  # that CI runs, the first and the last
CHARS = 20  # that each shipped model writes
COLOURS = {"ok": "\x1b[32m", "note": "\x1b[33m", "lack": "\x1b[31m"}

__all__ = ["NAME", "add_arguments", "render", "run", "status"]


def run(args: argparse.Namespace) -> dict[str, Any]:
    """All that `doctor` checks, then the models, the corpus, a short training, and the way in."""
    from moliere_core.system.doctor import examine

    found = [_python(), *examine(args.port), *_models(), _corpus(), timed_training()]
    address = _address(args.port)
    return {
        "ready": bool(address) and all(finding.level != "lack" for finding in found),
        "address": address,
        "findings": [asdict(finding) for finding in found],
    }


def status(result: dict[str, Any]) -> int:
    """The exit status: 1 where something is to be put right."""
    return 0 if result["ready"] else 1


def render(result: dict[str, Any]) -> str:
    """A finding a line, green, yellow or red on a terminal; the address, and its QR code."""
    lines = []
    for found in result["findings"]:
        line = f"{MARKS[found['level']]} {found['name']:<12}{found['told']}"
        lines.append(_coloured(line, found["level"]))
    if not result["address"]:
        way_out = f"join the room's, or set {network.ADDRESS}"
        told = f"! address     this machine is on no network: {way_out}"
        return "\n".join([*lines, _coloured(told, "lack")])
    told = f"+ address     in the room: {result['address']}"
    return "\n".join([*lines, _coloured(told, "ok"), _code(result["address"])]).rstrip()


def _coloured(line: str, level: str) -> str:
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return line
    return f"{COLOURS[level]}{line}\x1b[0m"


def _python() -> Finding:
    from moliere_core.system.doctor import Finding

    told = f"Python {platform.python_version()}"
    first, last = (".".join(map(str, version)) for version in PYTHONS)
    if PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        return Finding("python", "ok", told)
    return Finding("python", "note", f"{told}: {first} to {last} are tested")


def _models() -> list[Finding]:
    """Each shipped model opens, and writes; how fast was measured here and now."""
    from moliere_core.models.references import SHIPPED

    return [_found(f"{name}", lambda name=name: _written(name)) for name in SHIPPED]  # type: ignore[misc]


def _written(name: str) -> str:
    from moliere_core.config import SamplingConfig
    from moliere_core.models.references import load_model
    from moliere_core.models.sampling import generate

    model = load_model(name)
    begun = time.perf_counter()
    generate(model, [""], [SamplingConfig()], [0], CHARS)
    rate = CHARS / (time.perf_counter() - begun)
    return f"the model opens, and writes {rate:,.0f} characters a second"


def _corpus() -> Finding:
    def read() -> str:
        from moliere_core.corpus import load_corpus

        corpus = load_corpus(None)
        return f"{len(corpus.plays)} plays, {len(corpus.text()):,} characters"

    return _found("corpus", read)


def timed_training() -> Finding:
    """How long a class would wait: measured on a short training, then counted for others."""
    from moliere_core.system import machine
    from moliere_core.system.doctor import Finding

    if not machine.installed(*machine.TRAINING):
        told = "not timed: keras and tensorflow are not installed, and nothing can be trained"
        return Finding("training", "note", told)

    def timed() -> str:
        from moliere_core.corpus import load_corpus
        from moliere_core.training.calibration import MEASURED, calibrate

        found = calibrate(load_corpus(None))
        told = ", ".join(f"{name} {_duration(s)}" for name, s in found.seconds.items())
        return (
            f"{found.chars_per_second:,.0f} characters a second, measured on {MEASURED}; on this "
            f"corpus that makes {told}, if the machine stays as busy as it is now"
        )

    return _found("training", timed)


def _duration(seconds: float) -> str:
    """A time that somebody waits, no more exact than it is known."""
    return f"about {seconds:.0f} s" if seconds < 90 else f"about {seconds / 60:.0f} min"


def _found(name: str, check: Callable[[], str]) -> Finding:
    """What a check tells; what it cannot do is to be put right."""
    from moliere_core.system.doctor import Finding

    try:
        return Finding(name, "ok", check())
    except MoliereError as error:
        return Finding(name, "lack", str(error))


def _address(port: int) -> str:
    """Where pupils reach this machine; "" where it is on no network."""
    if told := network.told():
        return told if "://" in told else f"http://{told}"
    host = network.on_network()
    return f"http://{host}:{port}" if host else ""


def _code(address: str) -> str:
    """The QR code of an address, in characters; what to install where segno is not there."""
    try:
        import segno
    except ImportError:
        return "! QR code    segno is not installed: pip install moliere[dashboard]"
    drawn = io.StringIO()
    segno.make(address, micro=False).terminal(drawn, compact=True)
    return drawn.getvalue()
