"""Say what this machine can do as a server, and what it lacks."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

NAME = "doctor"
PORT = 8501  # Streamlit's own
MARKS = {"ok": "+", "note": "~", "lack": "!"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--port",
        type=int,
        default=PORT,
        choices=range(1, 65_536),
        metavar="PORT",
        help=f"that the server is to listen on ({PORT})",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """What every check has found, and whether nothing is lacking."""
    from moliere_core.system import machine
    from moliere_core.system.doctor import examine

    found = examine(args.port)
    return {
        "public": machine.is_public(),
        "ready": all(finding.level != "lack" for finding in found),
        "findings": [asdict(finding) for finding in found],
    }


def render(result: dict[str, Any]) -> str:
    """One finding a line, and a last one."""
    lines = [f"{MARKS[f['level']]} {f['name']:<12}{f['told']}" for f in result["findings"]]
    lacking = sum(f["level"] == "lack" for f in result["findings"])
    return "\n".join([*lines, "ready" if result["ready"] else f"{lacking} to put right"])
