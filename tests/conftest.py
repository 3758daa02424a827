"""All tests: nothing of the machine they run on reaches them.

What is set in a shell, in a container or at a school changes what the application does: a proxy, a
public server's limits, a token of a hub, somebody's own store. It is taken out before anything is
imported. What names a corpus or weights, for tests that need real ones, stays.
"""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest

from moliere_core.system import machine

FEW = 3  # test files that are run in one process: the others would only start
MEMORY = 2_500  # MB of a process of tests, with TensorFlow, a server and a browser

KEPT = ("MOLIERE_CORPUS", "MOLIERE_REAL_MODELS", "MOLIERE_THREADS")
OURS = ("MOLIERE_", "STREAMLIT_", "FAKE_")
OTHERS = (
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *(
        "HF_ENDPOINT",
        "HF_HUB_OFFLINE",
        "HF_TOKEN",
        "HUGGING_FACE_HUB_TOKEN",
        "TRANSFORMERS_OFFLINE",
    ),
    *("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "KERAS_BACKEND", "KERAS_HOME", "KERAS_FLOATX"),
)
_HOME = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """A store for tests that ask for none, and an environment without the machine's habits."""
    for name in list(os.environ):
        if name.startswith(OURS) and name not in KEPT:
            del os.environ[name]
    for name in OTHERS:
        os.environ.pop(name, None)
        os.environ.pop(name.upper(), None)
    os.environ["MOLIERE_TRAINING_IDLE_SECONDS"] = "0"  # a worker for those who ask for a training
    os.environ["MOLIERE_NICENESS"] = "0"  # a training that gives way to busy cores may never end
    config.stash[_HOME] = tempfile.mkdtemp(prefix="moliere-tests-")
    os.environ["MOLIERE_HOME"] = config.stash[_HOME]


def pytest_unconfigure(config: pytest.Config) -> None:
    """The store goes."""
    shutil.rmtree(config.stash[_HOME], ignore_errors=True)


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """How many processes run the tests: one a core, where memory lasts; none for a few files."""
    chosen = [argument.partition("::")[0] for argument in config.args]
    if len(set(chosen)) <= FEW and all(name.endswith(".py") for name in chosen):
        return 0
    free = machine.free_megabytes()
    return max(min(machine.usable_cores(), 8 if free is None else free // MEMORY), 1)
