"""Every loader reads or refuses what is brought to it, in ten seconds and 500 MB; see `harness`."""

from __future__ import annotations

from pathlib import Path

import pytest

from moliere_core.errors import CorpusError
from tests.fuzz import child, harness
from tests.fuzz.harness import Target, files_of, known_targets, run

SEED = 0


@pytest.mark.parametrize("name", sorted(known_targets()))
def test_a_loader_reads_or_refuses(name: str) -> None:
    target = known_targets()[name]
    report = run(name, SEED, 0, target.tries)
    assert not report.failures, "\n\n".join(map(str, report.failures))
    assert report.tries == target.tries
    assert report.counts["read"], "not one was read: it is damaged beyond what a loader looks at"
    assert report.counts["refused"], "not one was refused: it is not damaged"


def test_a_try_is_the_same_whenever_it_is_asked_for() -> None:
    target = known_targets()["corpus-csv"]
    assert files_of(target, 1, 7) == files_of(target, 1, 7)
    assert len({str(files_of(target, 1, number)) for number in range(50)}) > 45
    assert files_of(target, 2, 7) != files_of(target, 1, 7)


def _refuse(_: object, __: Path) -> None:
    raise CorpusError("{name} is no play", name="a")


def _crash(_: object, __: Path) -> None:
    raise KeyError("cue")


def _exhaust(_: object, __: Path) -> None:
    raise MemoryError


def _ramble(_: object, __: Path) -> None:
    raise CorpusError("no, " * child.MOST_CHARS)


@pytest.mark.parametrize(
    ("load", "outcome", "reason"),
    [
        (lambda *_: None, "read", ""),
        (_refuse, "refused", "a is no play"),
        (_crash, "failed", "KeyError"),
        (_exhaust, "failed", "more than 500 MB"),
        (_ramble, "failed", "not one sentence"),
    ],
)
def test_what_becomes_of_a_try(
    load: object, outcome: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOLIERE_HOME", "")  # `attempt` sets it: it is put back here
    target = Target("a", lambda: [{"a": b""}], load)  # type: ignore[arg-type]
    found = child.attempt(target, {"a": b""})
    assert found["outcome"] == outcome
    assert reason in found.get("reason", "")


def test_a_process_that_a_try_ends_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the system does where a limit is passed: tries go on with the next one."""
    told = iter([
        ([{"begun": 0}, {"outcome": "read", "number": 0}, {"begun": 1}], "more than 10 s"),
        ([{"begun": 2}, {"outcome": "refused", "number": 2, "reason": "no"}], ""),
    ])  # fmt: skip

    class Lines:
        def __init__(self, *_: object) -> None:
            self.lines, self.reason = next(told)

        def __iter__(self) -> object:
            return iter(self.lines)

    monkeypatch.setattr(harness, "Lines", Lines)
    report = run("a", 0, 0, 3)
    assert report.counts == {"read": 1, "failed": 1, "refused": 1}
    [failure] = report.failures
    assert (failure.number, failure.reason) == (1, "more than 10 s")
    assert "--target a --seed 0 --only 1" in str(failure)
