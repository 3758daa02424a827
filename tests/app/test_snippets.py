from __future__ import annotations

import re
from collections.abc import Callable
from string import Template

import pytest

from dashboard.film import controls as film
from dashboard.film.results import CHARS
from dashboard.home import controls as home
from dashboard.probabilities import controls as probabilities
from dashboard.temperature import controls as temperature
from moliere_core.config import SamplingConfig
from moliere_core.models.references import load_model
from moliere_core.models.sampling import generate
from tests.app.helpers import DASHBOARD, REFERENCE, run_snippet

LESSONS = DASHBOARD / "lessons"
PROMPTS = ["Ah ! ", "", 'l\'"œil"\n{0} \\ \'\'\' """ %s']
CONFIG = SamplingConfig(0.7, 5, 0.9)


@pytest.fixture(autouse=True)
def _language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")


@pytest.mark.parametrize("prompt", PROMPTS)
def test_home(prompt: str) -> None:
    written = run_snippet(home.code(REFERENCE, prompt, CONFIG, 4))
    [text] = generate(load_model(REFERENCE), [prompt], [CONFIG], [4], 300)
    assert written == prompt + text


@pytest.mark.parametrize("prompt", PROMPTS)
def test_temperature(prompt: str) -> None:
    configs = [SamplingConfig(t) for t in (0.0, 1.3)]
    written = run_snippet(temperature.code(REFERENCE, [prompt] * 2, configs, 4, 50))
    for text in generate(load_model(REFERENCE), [prompt] * 2, configs, [4, 4], 50):
        assert prompt + text in written


@pytest.mark.parametrize("prompt", PROMPTS)
def test_probabilities(prompt: str) -> None:
    written = run_snippet(probabilities.code(REFERENCE, prompt, CONFIG, 6))
    assert len(written.splitlines()) == 7
    assert "entropie: " in written


@pytest.mark.parametrize("prompt", PROMPTS)
def test_film(prompt: str) -> None:
    written = run_snippet(film.code(REFERENCE, prompt, CONFIG, 4))
    [text] = generate(load_model(REFERENCE), [prompt], [CONFIG], [4], CHARS)
    assert written == f"--- epoch-001\n{prompt}{text}\n\n"


@pytest.mark.parametrize("name", sorted(path.name for path in LESSONS.glob("fr/code/*.txt")))
def test_a_cell_says_the_same_in_both_languages(name: str) -> None:
    """All but its comments and what it prints."""
    french, english = (
        (LESSONS / language / "code" / name).read_text(encoding="utf-8")
        for language in ("fr", "en")
    )
    words = re.compile(r'#.*|"[^"]*"')
    assert words.sub("", french) == words.sub("", english)
    assert Template(french).get_identifiers() == Template(english).get_identifiers()


@pytest.mark.parametrize("make", [home.code, probabilities.code])
def test_settings_that_are_the_defaults_are_left_out(make: Callable[..., str]) -> None:
    assert "SamplingConfig(temperature=1)" in make(REFERENCE, "", SamplingConfig(), 1)
