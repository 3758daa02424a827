"""Run tests several times on cores that are busy, and tell which of them failed.

    python -m tools.stress tests/e2e --rounds 10 --busy 4 --cores 0,1

A test that passes on a quiet machine of today may rest on its clock or on its processor. Each round
is one run of pytest, pinned to the given cores together with as many processes that only count. In
every second round the libraries are told that the processor knows AVX2 and nothing newer, which
changes the last digits of what they compute. `--reverse` hands the files over in the other order,
and `--keep` says where the whole report of each round goes: what a page showed when a test gave up.
Other options are pytest's, each in one word: `-n3`.
The exit status is 1 if any test failed in any round.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
COUNT = "while True: pass"
LONGEST = 400  # characters of what a failed test said
SLOWEST = 10  # tests that are named, of the first round
# A processor without AVX-512, as OpenBLAS, oneDNN (of TensorFlow and torch), torch's own kernels
# and the C library are told; see `numpy_features` for NumPy.
AVX2 = {
    "OPENBLAS_CORETYPE": "Haswell",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "DNNL_MAX_CPU_ISA": "AVX2",
    "ATEN_CPU_CAPABILITY": "avx2",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW,-AVX512DQ",
}


@dataclass(frozen=True)
class Round:
    """What one run of pytest came to.

    Attributes:
        processor: "avx2" where the libraries were held back, else "own".
        passed: how many tests passed.
        failed: the tests that failed, each with the beginning of what it said.
        times: seconds of each test, with what was set up for it.
        seconds: wall time of all.
        status: pytest's exit status.
    """

    processor: str
    passed: int
    failed: dict[str, str]
    times: dict[str, float]
    seconds: float
    status: int


def numpy_features() -> str:
    """The AVX-512 features that NumPy uses here, by its names; it warns of unknown ones."""
    script = (
        "from numpy._core import _multiarray_umath as m; "
        "print(*(f for f in m.__cpu_dispatch__ if m.__cpu_features__[f]))"
    )
    used = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout
    return " ".join(name for name in used.split() if name.startswith(("AVX512", "X86_V4")))


def run(
    arguments: Sequence[str], processor: str, cores: set[int], keep: Path | None = None
) -> Round:
    """Run pytest once on these cores; its report is kept under that name."""
    environment = dict(os.environ)
    if processor == "avx2":
        environment |= AVX2 | {"NPY_DISABLE_CPU_FEATURES": numpy_features()}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", "-q", f"--junit-xml={report}", *arguments]
        pytest = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            status = pytest.wait()
        finally:  # where this is ended, with the servers and the browsers of the tests
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pytest.pid, signal.SIGKILL)
        if not report.exists():
            return Round(processor, 0, {"pytest": "it ended without a report"}, {}, 0, status)
        suite = ElementTree.parse(report).getroot()[0]
        if keep is not None:
            shutil.copy(report, keep)
    failed, times = {}, {}
    for case in suite.iter("testcase"):
        name = f"{case.get('classname', '').replace('.', '/')}::{case.get('name')}"
        times[name] = float(case.get("time", 0))
        for problem in (*case.findall("failure"), *case.findall("error")):
            failed[name] = " ".join((problem.get("message") or "?").split())[:LONGEST]
    tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
    passed = tests - skipped - len(failed)
    seconds = float(suite.get("time", 0))
    return Round(processor, passed, failed, times, seconds, status)


@contextlib.contextmanager
def busy(count: int, cores: set[int]) -> Iterator[None]:
    """So many processes that take what they can get of these cores."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", COUNT], preexec_fn=lambda: os.sched_setaffinity(0, cores)
        )
        for _ in range(count)
    ]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def reversed_files(paths: Sequence[str]) -> list[str]:
    """The test files under these paths, the last one first."""
    found: list[Path] = []
    for path in map(Path, paths or ["tests"]):
        found += sorted(path.rglob("test_*.py")) if path.is_dir() else [path]
    return [str(path) for path in reversed(found)]


def table(rounds: Sequence[Round]) -> str:
    """Which tests failed, how often and what each of them said first; and the slowest."""
    found: dict[str, list[str]] = {}
    for number, one in enumerate(rounds, start=1):
        for name, message in one.failed.items():
            found.setdefault(name, []).append(f"round {number} ({one.processor}): {message}")
    lines = [f"{len(said)}/{len(rounds)}  {name}  {said[0]}" for name, said in found.items()]
    passed = ", ".join(str(one.passed) for one in rounds)
    seconds = ", ".join(f"{one.seconds:.0f}" for one in rounds)
    times = rounds[0].times
    slowest = sorted(times, key=lambda name: times[name])[-SLOWEST:]
    slow = [f"{times[name]:6.1f} s  {name}" for name in slowest]
    return "\n".join([*slow, *lines, f"passed: {passed}", f"seconds: {seconds}"])


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tests", nargs="*", help="what pytest is given; all of them by default")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--busy", type=int, default=4, help="processes that only count")
    parser.add_argument("--cores", default="0,1", help="numbers separated by commas")
    parser.add_argument("--reverse", action="store_true", help="the last file first")
    parser.add_argument("--keep", type=Path, help="a folder for pytest's report of each round")
    options, more = parser.parse_known_args()
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # nothing that was begun stays
    cores = {int(core) for core in options.cores.split(",")}
    tests = reversed_files(options.tests) if options.reverse else options.tests
    rounds: list[Round] = []
    with busy(options.busy, cores):
        for number in range(1, options.rounds + 1):
            processor = "own" if number % 2 else "avx2"
            kept = options.keep and options.keep / f"{number}-{processor}.xml"
            one = run([*tests, *more], processor, cores, kept)
            rounds.append(one)
            told = f"round {number} ({processor}): {one.passed} passed in {one.seconds:.0f} s"
            print(told, *map(": ".join, one.failed.items()), sep="\n  ", flush=True)
    print(table(rounds))
    return int(any(one.failed or one.status for one in rounds))


if __name__ == "__main__":
    sys.exit(main())
