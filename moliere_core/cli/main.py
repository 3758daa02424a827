"""Parse the command line, run one subcommand, print its result or one line of error."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from moliere_core import __version__
from moliere_core.cli import (
    compare,
    copies,
    corpus,
    dashboard,
    doctor,
    evaluate,
    export,
    judge,
    models,
    next_char,
    prepare,
    sample,
    train,
    train_gpt,
    verse,
)
from moliere_core.errors import MoliereError

BAD_INPUT = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells report it

COMMANDS = (
    *(corpus, train, sample, next_char, evaluate, compare, copies, verse, judge),
    *(models, export, train_gpt, doctor, prepare, dashboard),
)


class _Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line, without the usage before them."""

    def error(self, message: str) -> NoReturn:
        print(f"error: {message} (see {self.prog} --help)", file=sys.stderr)
        sys.exit(BAD_INPUT)


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = _Parser(
        prog="moliere", description="Language models in French, character by character."
    )
    parser.add_argument("--version", action="version", version=__version__)
    subparsers = parser.add_subparsers(required=True, metavar="command")
    for command in COMMANDS:
        summary = (command.__doc__ or "").strip()
        subparser = subparsers.add_parser(command.NAME, help=summary, description=summary)
        subparser.add_argument("--json", action="store_true", help="print one JSON object")
        command.add_arguments(subparser)
        subparser.set_defaults(command=command)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; its exit status: a command's own, 2 bad input, 130 interrupted."""
    args = build_parser().parse_args(argv)
    try:
        result = args.command.run(args)
        _print(_json(result) if args.json else args.command.render(result))
    except BrokenPipeError:  # `moliere next | head -1`: the reader has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (MoliereError, OSError) as error:
        print("error:", " ".join(str(error).split()), file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        return INTERRUPTED
    return getattr(args.command, "status", _fine)(result)


def _fine(result: dict[str, Any]) -> int:
    return 0  # of a command that says nothing of its own


def _json(result: dict[str, Any]) -> str:
    return json.dumps(result, ensure_ascii=False, allow_nan=False)


def _print(text: str) -> None:
    """Write to standard output in UTF-8, whatever the locale, and find out if it was read."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # names of files
    print(text, flush=True)
