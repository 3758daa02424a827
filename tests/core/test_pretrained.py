"""The client of the pretrained models, with a worker that has no framework."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from moliere_core import pretrained
from moliere_core.cli import main
from moliere_core.config import SamplingConfig
from moliere_core.errors import ConfigError, CorpusError, ModelError
from moliere_core.pretrained import catalogue, client, worker
from moliere_core.system.work import State
from tests import hub
from tests.patience import PATIENCE, wait_until

FAKE = (sys.executable, str(Path(__file__).with_name("fake_gpt_worker.py")))
CONFIG = SamplingConfig()


@pytest.fixture(name="fake")
def _fake(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(client, "COMMAND", FAKE)
    monkeypatch.setattr(client, "LEASE", 10 * PATIENCE)  # a busy machine may look late
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    for name in ("echo", "slow", "die", "error", "known", "memory"):
        hub.store(cache, name)
    yield cache
    client.close()


def echo(prompt: str = "ab", chars: int = 5) -> pretrained.Request[pretrained.Generation]:
    return pretrained.generate("hf:echo", prompt, CONFIG, chars=chars)


@pytest.mark.usefixtures("fake")
def test_a_text_comes_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = tmp_path / "release"
    monkeypatch.setenv("FAKE_RELEASE", str(release))
    request = echo(chars=10)
    wait_until(lambda: len(request.value.text) > 1)
    status = request.status
    assert (status.state, status.stage) == (State.RUNNING, "running")
    assert len(request.value.text) < 10
    release.touch()
    whole = request.result(PATIENCE)
    assert (whole.text, whole.tokens, whole.ended) == ("ababababab", 10, "length")
    assert [piece.text for piece in whole.prompt] == ["ab"]
    assert whole.chars_per_second == whole.tokens_per_second == 10
    assert request.status.state is State.FINISHED


def test_speeds_are_of_characters_and_of_tokens() -> None:
    event = {"pieces": [["Mon", 1], ["sieur", 1], ["é", 2]], "tokens": 4, "seconds": 3.0}
    written = pretrained.Generation().add(event)
    assert written.chars_per_second == 3
    assert written.tokens_per_second == pytest.approx(4 / 3)
    assert pretrained.Generation().chars_per_second == 0


@pytest.mark.usefixtures("fake")
def test_answers_are_what_they_say() -> None:
    following = pretrained.next_chars("hf:echo", "a", "abc").result(PATIENCE)
    assert following.chars[int(following.probs.argmax())] == "b"
    assert following.probs.sum() + sum(following.extra.values()) == pytest.approx(1)
    scored = pretrained.score("hf:echo", "un\u00a0mot").result(PATIENCE)
    assert (scored.chars, scored.bits_per_char, scored.upper_bound) == (6, 2, True)


@pytest.mark.usefixtures("fake")
def test_others_wait_in_their_order_and_can_leave() -> None:
    first = pretrained.generate("hf:slow", "a", CONFIG)
    second, third = echo(), echo()
    assert [r.status.place for r in (first, second, third)] == [0, 1, 2]
    second.cancel()
    assert second.status.state is State.STOPPED
    assert third.status.place == 1
    with pytest.raises(ModelError, match="cancelled"):
        second.result()
    first.cancel()
    assert third.result(PATIENCE).text == "ababa"
    assert first.status.state is State.STOPPED


@pytest.mark.usefixtures("fake")
def test_the_background_gives_way_and_goes_on() -> None:
    background = pretrained.score("hf:slow", "abc", background=True)
    wait_until(lambda: background.status.share > 0)
    assert echo().result(PATIENCE).text == "ababa"
    assert background.status.state is State.RUNNING
    background.cancel()


@pytest.mark.usefixtures("fake")
def test_what_nobody_looks_at_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    first = pretrained.generate("hf:slow", "a", CONFIG)
    wait_until(lambda: first.status.stage == "running")
    abandoned, wanted = echo(), echo()
    abandoned.looked_at -= client.LEASE + 1
    first.looked_at -= client.LEASE + 1  # given up at its next step
    assert wanted.result(PATIENCE).text == "ababa"
    assert abandoned.status.state is State.STOPPED
    assert first.status.state is State.STOPPED


@pytest.mark.usefixtures("fake")
def test_the_lease_begins_when_a_request_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    passed, check = [0.0], catalogue.check
    clock = SimpleNamespace(monotonic=lambda: monotonic() + passed[0])
    monkeypatch.setattr(client, "time", clock)

    def slow(reference: str) -> Path:
        passed[0] += client.LEASE + 1
        return check(reference)

    monkeypatch.setattr(catalogue, "check", slow)
    assert echo().result(PATIENCE).text == "ababa"


def test_no_tokenizer_is_read_before_a_request_is_sent(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.store(cache, "x", {"tokenizer.json": b"{"})
    monkeypatch.setattr(catalogue, "runs_here", lambda path: True)
    assert catalogue.check("hf:x") == catalogue.folder("hf:x")


@pytest.mark.usefixtures("fake")
def test_a_queue_that_is_full_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_WAITING", 1)
    first = pretrained.generate("hf:slow", "a", CONFIG)
    echo()
    with pytest.raises(ModelError, match="1 requests are waiting"):
        echo().result(PATIENCE)
    first.cancel()


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("die", "was stopped, probably for lack of memory"),
        ("error", r"hf:error failed \(ValueError: two lines\)"),
        ("known", "hf:known is ill"),
        ("memory", "hf:memory needs at least 0 MB of memory"),
    ],
)
def test_a_failure_is_one_sentence_and_the_next_request_works(name: str, sentence: str) -> None:
    failed, following = pretrained.generate(f"hf:{name}", "a", CONFIG), echo()
    with pytest.raises(ModelError, match=sentence) as caught:
        failed.result(PATIENCE)
    assert "\n" not in str(caught.value)
    assert following.result(PATIENCE).text == "ababa"


@pytest.mark.usefixtures("fake")
def test_the_worker_starts_on_demand_and_ends_when_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.shared().pid is None
    echo().result(PATIENCE)
    assert client.shared().pid
    monkeypatch.setenv("MOLIERE_BRIDGE_IDLE_SECONDS", "0.2")
    assert echo().result(PATIENCE).text == "ababa"
    wait_until(lambda: client.shared().pid is None)
    assert echo().result(PATIENCE).text == "ababa"


@pytest.mark.usefixtures("fake")
def test_the_worker_starts_where_nothing_can_be_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path / "file" / "home"))
    assert echo().result(PATIENCE).text == "ababa"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX alone")
@pytest.mark.usefixtures("fake")
def test_the_worker_leaves_with_a_server_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from moliere_core import pretrained; from moliere_core.pretrained "
        f"import client; client.COMMAND = {FAKE!r};"
        "from moliere_core.config import SamplingConfig;"
        "r = pretrained.generate('hf:slow', 'a', SamplingConfig());"
        "[time.sleep(0.01) for _ in iter(lambda: r.status.share > 0, True)];"
        "print(client.shared().pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        worker = int(server.stdout.readline())
        server.kill()

    def gone() -> bool:
        try:
            state = Path(f"/proc/{worker}/stat").read_text().split()[2]
        except OSError:
            return True
        return state == "Z"  # of a container whose first process does not wait for orphans

    wait_until(gone)


def test_a_worker_first_does_what_somebody_waits_for() -> None:
    class Echo:
        def run(self, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
            yield {"event": "done"}

    said: list[int] = []
    runner = worker.RequestRunner(Echo, lambda event: said.append(event["id"]))
    lines = b"".join(
        json.dumps({"id": i, "background": i == 1}).encode() + b"\n" for i in (1, 2, 3)
    )
    runner.take(lines[:20])  # a pipe cuts where it likes
    runner.take(lines[20:] + b"no JSON\n")
    for _ in range(3):
        runner.run_next()
    assert said == [2, 3, 1]


@pytest.mark.usefixtures("fake")
def test_an_answer_that_cannot_be_read_ends_the_request() -> None:
    """Of a worker of another version."""
    message = {"op": "score", "reference": "hf:echo", "text": "ab"}

    def add(_: int, event: dict[str, Any]) -> int:
        return int(event["count"]) if event["event"] == "done" else 0

    request = client.Request(client.shared(), message, 0, add)
    client.shared().submit(request)
    with pytest.raises(ModelError, match=r"hf:echo failed \(KeyError: 'count'\)"):
        request.result(PATIENCE)
    assert request.status.state is State.FAILED
    assert echo().result(PATIENCE)  # and the next request works


def test_a_number_of_threads_that_is_none_is_said_before_a_process_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MOLIERE_THREADS", "two")
    with pytest.raises(ConfigError, match="MOLIERE_THREADS is 'two'"):
        pretrained.attention("mini-gpt", "a").result(0)
    assert client.shared().pid is None


def test_settings_outside_their_range_are_refused() -> None:
    with pytest.raises(ConfigError, match="chars is -1"):
        pretrained.generate("hf:gpt2", "a", CONFIG, chars=-1)
    with pytest.raises(CorpusError, match="empty"):
        pretrained.score("hf:gpt2", "")


def test_the_server_stays_without_a_framework() -> None:
    script = (
        "import sys; import moliere_core.pretrained; "
        "assert not {'torch', 'transformers', 'huggingface_hub'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env=os.environ)


def test_bars_that_never_came_are_unresolved(cache: Path) -> None:
    begin = pretrained.next_chars("hf:absent", "a", "ab")
    np.testing.assert_array_equal(begin.value.probs, [0, 0])
    assert begin.value.unresolved == 1


# The command line


def call(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    assert main([*args, "--json"]) == 0
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    return result


@pytest.mark.usefixtures("fake")
def test_the_commands_take_models_of_tokens(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    found = call(capsys, "next", "--model", "hf:echo", "--prompt", "a")
    assert found["next"][0]["char"] == "b"
    assert set(found["extra"]) == {"unknown", "end", "unresolved"}
    total = sum(item["prob"] for item in found["next"]) + sum(found["extra"].values())
    assert total == pytest.approx(1, abs=1e-5)
    sure = call(capsys, "next", "--model", "hf:echo", "--prompt", "a", "--temperature", "0")
    assert sure["next"][0] == {"char": "b", "prob": 1}
    assert sure["entropy_bits"] == 0
    texts = call(capsys, "sample", "--model", "hf:echo", "--prompt", "ab", "--chars", "5")["texts"]
    assert texts == ["ababa"]
    path = tmp_path / "text.txt"
    path.write_text("un mot", encoding="utf-8")
    assert call(capsys, "evaluate", str(path), "--model", "hf:echo") == {
        "model": "hf:echo",
        "bits_per_char": 2,
        "chars": 6,
        "unknown_chars": 0,
        "upper_bound": True,
    }


@pytest.mark.usefixtures("fake")
def test_compare_has_every_model_in_its_order(capsys: pytest.CaptureFixture[str]) -> None:
    args = ("compare", "--prompt", "ab", "--models", "petit,kn-3, hf:echo", "--chars", "9")
    found = call(capsys, *args, "--seed", "3", "--temperature", "0.8")["models"]
    assert [model["model"] for model in found] == ["petit", "kn-3", "hf:echo"]
    for model in found:
        assert set(model) == {"model", "text", "chars_per_second", "next", "extra"}
        assert len(model["text"]) == 9
        assert model["chars_per_second"] > 0
        total = sum(item["prob"] for item in model["next"]) + sum(model["extra"].values())
        assert total == pytest.approx(1, abs=1e-5)
    same = call(
        capsys,
        *("sample", "--model", "petit", "--prompt", "ab", "--chars", "9"),
        *("--seed", "3", "--temperature", "0.8"),
    )
    assert same["texts"] == [found[0]["text"]]


@pytest.mark.parametrize(
    "args",
    [
        ("compare", "--models", ""),
        ("compare", "--models", "petit,gros"),
        ("compare", "--models", "petit,hf:absent"),
        ("next", "--model", "hf:../x"),
        ("evaluate", __file__, "--model", "hf:absent"),
        ("models", "fetch"),
        ("models", "fetch", "a b"),
    ],
)
def test_bad_input_is_one_line(
    args: tuple[str, ...], cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(args) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1
