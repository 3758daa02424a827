"""Start the application, which browsers then look at."""

from __future__ import annotations

import argparse
import runpy
import sys
from importlib.util import find_spec
from typing import NoReturn

NAME = "dashboard"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--port", type=int, choices=range(1, 65_536), metavar="PORT", help="that it listens on"
    )


def run(args: argparse.Namespace) -> NoReturn:
    """Become Streamlit's own command, in this process, until somebody ends it.

    Raises:
        ConfigError: the application or Streamlit is not installed.
    """
    from moliere_core.errors import ConfigError
    from moliere_core.system import application

    script = application.folder() / "Home.py"
    if find_spec("streamlit") is None:
        raise ConfigError("Streamlit is not installed: pip install 'moliere[dashboard]'")
    sys.argv = ["streamlit", "run", str(script)]
    if args.port:
        sys.argv += ["--server.port", str(args.port)]
    runpy.run_module("streamlit", run_name="__main__")
    raise SystemExit


def render(_result: object) -> str:
    """Nothing: it never returns."""
    return ""
