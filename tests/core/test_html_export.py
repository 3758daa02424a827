"""A model as a page: what is in the file. What it writes is for `tests/app` and `tests/e2e`."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moliere_core.assets import ASSETS
from moliere_core.cli import main
from moliere_core.config import SamplingConfig
from moliere_core.errors import RunError
from moliere_core.exchange.html_export import to_html
from moliere_core.models.references import open_run
from moliere_core.networks.loading import load_weights
from moliere_core.runs.run import Run
from tests.networks import make_run


def part(page: bytes, name: str) -> str:
    found = re.search(rf'id="{name}">([^<]*)<', page.decode())
    assert found is not None
    return found[1]


def described(page: bytes) -> dict[str, Any]:
    model: dict[str, Any] = json.loads(part(page, "model"))
    return model


def tensors(page: bytes) -> dict[str, Any]:
    at, data = 0, base64.b64decode(part(page, "weights"))
    found = {}
    for tensor in described(page)["tensors"]:
        kind = np.dtype("<f2" if tensor["half"] else "<f4")
        size = int(np.prod(tensor["shape"]))
        found[tensor["name"]] = np.frombuffer(data, kind, size, at).reshape(tensor["shape"])
        at += size * kind.itemsize
    assert at == len(data)
    return found


def test_petit_fits_a_message_and_loses_nothing() -> None:
    run = open_run("petit")[0]
    page = to_html(run, name="petit")
    assert len(page) < 2_000_000
    weights = load_weights(run.snapshot().path)
    found = tensors(page)
    assert found.keys() == weights.keys()
    for name, array in weights.items():
        assert found[name].dtype == np.float16
        np.testing.assert_array_equal(found[name].astype(np.float32), array)


def test_what_half_precision_would_change_stays_single(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    found = tensors(to_html(run))
    for name, array in load_weights(run.snapshot().path).items():
        np.testing.assert_array_equal(found[name], array)
    assert found["embedding"].dtype == np.float32


def test_it_asks_for_nothing_from_elsewhere(tmp_path: Path) -> None:
    page = to_html(make_run(tmp_path / "run"), name="</script><b>").decode()
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href)=\"(?!data:)|@import|url\(|fetch\(|https?://", page)
    assert "<title>&lt;/script&gt;&lt;b&gt;</title>" in page
    assert "</script><b>" not in page


def test_it_opens_with_what_it_was_asked_for(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    model = described(
        to_html(run, 1, prompt="Mon </p>", sampling=SamplingConfig(0.5, 7, 0.9), seed=3)
    )
    assert (model["prompt"], model["temperature"], model["seed"]) == ("Mon </p>", 0.5, 3)
    assert (model["top_k"], model["top_p"]) == (7, 0.9)
    assert model["bits"] == 4.2
    assert described(to_html(run, 0))["bits"] is None
    with pytest.raises(RunError):
        to_html(run, 9)


def test_its_labels_are_said_in_both_languages() -> None:
    labels = json.loads((ASSETS / "takehome" / "labels.json").read_text(encoding="utf-8"))
    assert labels["fr"].keys() == labels["en"].keys()
    places = {name: sorted(re.findall(r"\{\w+\}", text)) for name, text in labels["fr"].items()}
    for name, text in labels["en"].items():
        assert sorted(re.findall(r"\{\w+\}", text)) == places[name], name
    for text in labels["fr"].values():
        assert not re.search(r"[^\u00a0][:;?!»]|«[^\u00a0]|'", text), text


def test_the_command_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run: Run = make_run(tmp_path / "run")
    for place in (["--html", str(tmp_path / "a.html")], [str(tmp_path / "b.html")]):
        assert main(["export", str(run.path), *place, "--seed", "4"]) == 0
    first, second = (tmp_path / "a.html").read_bytes(), (tmp_path / "b.html").read_bytes()
    assert first == second
    assert described(first)["seed"] == 4
    assert main(["export", str(run.path), str(tmp_path / "c.html"), "--top-p", "0"]) == 2
    assert main(["export", str(run.path)]) == 2
    assert "nothing says where to write" in capsys.readouterr().err
