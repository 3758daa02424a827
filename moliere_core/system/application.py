"""Where the application is, in the repository or where its wheel was installed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from moliere_core.errors import ConfigError

PACKAGE = "dashboard"  # looked up by its name: the core imports no interface


def folder() -> Path:
    """The folder of `Home.py`, which `streamlit run` starts, and of Streamlit's settings.

    Raises:
        ConfigError: the core was installed without the application.
    """
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ConfigError("the application is not installed beside this library")
    return Path(spec.origin).parent


def settings() -> Path:
    """The settings that Streamlit reads, wherever it is started from."""
    return folder() / ".streamlit" / "config.toml"
