import sys
from pathlib import Path

import pytest

from moliere_core.corpus import apart, library
from moliere_core.corpus.apart import read_apart
from moliere_core.corpus.formats import read_bytes
from moliere_core.errors import CorpusError

CSV = "play_name,speaker,cue\nt,A,Oui\nt,A,été\nu,B,\n".encode()
TEI = b"<TEI><text><body><sp><l>Oui</l><stage>Il sort.</stage></sp></body></text></TEI>"


@pytest.mark.parametrize(("data", "name"), [(CSV, "a.csv"), (TEI, "a.xml"), (b"Un mot.", "a.txt")])
def test_a_reading_is_the_same_in_another_process(data: bytes, name: str) -> None:
    here, there = read_bytes(data, name), read_apart(data, name)
    assert there.columns == here.columns
    assert list(map(str, there.notes)) == list(map(str, here.notes))
    assert there.left_out == here.left_out
    assert there.frame.equals(here.frame)


def test_a_refusal_is_the_same_and_can_be_translated() -> None:
    with pytest.raises(CorpusError, match="a PDF document") as refusal:
        read_apart(b"%PDF", "a.csv")
    assert refusal.value.values["kind"] == "a PDF document"
    with pytest.raises(CorpusError, match="larger than 1 MB"):
        read_apart(b"x" * 1_000_001, "a.txt", 1_000_000)


def test_a_name_is_whatever_a_stranger_chose() -> None:
    with pytest.raises(CorpusError, match="-rf été"):
        read_apart(b"%PDF", "--rf\0\n été.csv")


def worker(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let the process run something else, after the limits are set."""
    begin = (
        "import json, sys; "
        "from moliere_core.system.processes import limit_memory, limit_processor; "
        "request = json.loads(sys.stdin.buffer.readline()); sys.stdin.buffer.read(); "
        "limit_memory(request['megabytes']); limit_processor(request['seconds']); "
    )
    monkeypatch.setattr(apart, "COMMAND", (sys.executable, "-c", begin + code))


@pytest.mark.skipif(sys.platform != "linux", reason="limits of a process as Linux keeps them")
@pytest.mark.parametrize(
    "code",
    [
        "import re; re.match('(a|a)*b', 'a' * 60)",  # with the interpreter held
        "x = bytearray(600_000_000)",
        "import os; os.abort()",
        "raise KeyError('cue')",
        "print('no JSON')",
    ],
)
def test_a_process_that_goes_wrong_is_a_refusal(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SECONDS", 1)
    worker(monkeypatch, code)
    with pytest.raises(CorpusError, match=r"a.csv could not be read within 1 s and 500 MB"):
        read_apart(CSV, "a.csv")


def test_a_process_that_sleeps_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "PATIENCE_SECONDS", 0.5)
    worker(monkeypatch, "import time; time.sleep(600)")
    with pytest.raises(CorpusError, match="could not be read within"):
        read_apart(CSV, "a.csv")


def test_no_room_for_a_process_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "COMMAND", ("/no/such/python",))
    with pytest.raises(CorpusError, match="no room for another process"):
        read_apart(CSV, "a.csv")


def test_what_is_given_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path))
    entry = library.keep_upload(CSV, "a.csv")
    monkeypatch.setattr(library, "read_apart", lambda *_: pytest.fail("it is read twice"))
    assert library.load(entry.id).plays == ("t",)
