from __future__ import annotations

import contextlib
import io
from collections.abc import Callable

import pytest

from dashboard import snippets
from dashboard.moments import CHARS
from moliere_core.config import SamplingConfig
from moliere_core.models import load_model
from moliere_core.sampling import generate
from tests.app.conftest import REFERENCE

PROMPTS = ["Ah ! ", "", 'l\'"œil"\n{0} \\ \'\'\' """ %s']
CONFIG = SamplingConfig(0.7, 5, 0.9)


def run(source: str) -> str:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(source, "snippet", "exec"), {})
    return output.getvalue()


@pytest.fixture(autouse=True)
def _language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.state.language", lambda: "fr")


@pytest.mark.parametrize("prompt", PROMPTS)
def test_home(prompt: str) -> None:
    written = run(snippets.home(REFERENCE, prompt, CONFIG, 4))
    [text] = generate(load_model(REFERENCE), [prompt], [CONFIG], [4], 300)
    assert written == prompt + text


@pytest.mark.parametrize("prompt", PROMPTS)
def test_temperature(prompt: str) -> None:
    configs = [SamplingConfig(t) for t in (0.0, 1.3)]
    written = run(snippets.temperature(REFERENCE, [prompt] * 2, configs, 4, 50))
    for text in generate(load_model(REFERENCE), [prompt] * 2, configs, [4, 4], 50):
        assert prompt + text in written


@pytest.mark.parametrize("prompt", PROMPTS)
def test_probabilities(prompt: str) -> None:
    written = run(snippets.probabilities(REFERENCE, prompt, CONFIG, 6))
    assert len(written.splitlines()) == 7
    assert "entropie: " in written


@pytest.mark.parametrize("prompt", PROMPTS)
def test_film(prompt: str) -> None:
    written = run(snippets.film(REFERENCE, prompt, CONFIG, 4))
    [text] = generate(load_model(REFERENCE), [prompt], [CONFIG], [4], CHARS)
    assert written == f"--- epoch-001\n{prompt}{text}\n\n"


@pytest.mark.parametrize("make", [snippets.home, snippets.probabilities])
def test_settings_that_are_the_defaults_are_left_out(make: Callable[..., str]) -> None:
    assert "SamplingConfig(temperature=1)" in make(REFERENCE, "", SamplingConfig(), 1)
