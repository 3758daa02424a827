"""The command `moliere`: one module a subcommand; the rest of the core is imported when called."""

from moliere_core.cli.main import main

__all__ = ["main"]
