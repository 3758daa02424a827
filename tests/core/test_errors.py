from __future__ import annotations

import ast
import copy
import json
import pickle
from pathlib import Path
from string import Formatter

import pytest

import moliere_core
from moliere_core.config import SamplingConfig, TrainingConfig
from moliere_core.errors import (
    ConfigError,
    CorpusError,
    ModelError,
    MoliereError,
    RunError,
    TrainingError,
)
from moliere_core.system.workers import not_started

FAMILY = {error.__name__ for error in MoliereError.__subclasses__()}
SOURCES = sorted(Path(moliere_core.__file__).parent.rglob("*.py"))
CALLS = [
    pytest.param(call, id=f"{path.stem}:{call.lineno}")
    for path in SOURCES
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in FAMILY
]


def test_the_sentence_is_made_of_the_template_and_its_values() -> None:
    error = ConfigError("{name} is {value:g}: choose {other!r}", name="T", value=2.0, other="x")
    assert str(error) == "T is 2: choose 'x'"
    assert error.template == "{name} is {value:g}: choose {other!r}"
    assert error.values == {"name": "T", "value": 2.0, "other": "x"}


def test_a_sentence_without_values_keeps_its_braces() -> None:
    assert str(ModelError('give {"chars": [...]}')) == 'give {"chars": [...]}'


def test_any_name_can_be_a_value() -> None:
    assert str(RunError("{self}, {template}", self=1, template="a")) == "1, a"


@pytest.mark.parametrize("error", [RunError("{a}: {b}", a=Path("x"), b=OSError(28, "full"))])
def test_an_error_survives_another_process(error: RunError) -> None:
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is RunError
        assert str(twin) == str(error)
        assert twin.template == error.template
        assert twin.values["a"] == Path("x")
    again = RunError.from_json(json.loads(json.dumps(error.to_json())))
    assert str(again) == str(error)
    assert again.template == error.template


def test_numbers_stay_numbers_in_json() -> None:
    error = ConfigError("{a:,} and {b:.1g}", a=1234, b=float("inf"))
    assert str(ConfigError.from_json(json.loads(json.dumps(error.to_json())))) == "1,234 and inf"


def test_a_message_alone_is_a_sentence() -> None:
    assert str(RunError.from_json({"event": "failed", "message": "no {reason}"})) == "no {reason}"


def test_a_setting_outside_its_range() -> None:
    with pytest.raises(
        ConfigError, match=r"^temperature is 11: choose a value from 0 to 10$"
    ) as caught:
        SamplingConfig(temperature=11)
    assert caught.value.values["name"] == "temperature"
    with pytest.raises(ConfigError, match=r"^learning_rate is nan: .* from 1e-07 to 1$"):
        TrainingConfig(learning_rate=float("nan"))


@pytest.mark.parametrize("call", CALLS)
def test_every_error_can_be_translated(call: ast.Call) -> None:
    # An f-string would be translated by nobody; the name of a template is marked by `N_`.
    [template] = call.args
    if isinstance(template, ast.Name | ast.Call):
        return
    assert isinstance(template, ast.Constant)
    assert isinstance(template.value, str)
    names = {keyword.arg for keyword in call.keywords}
    fields = {field for _, field, _, _ in Formatter().parse(template.value) if field}
    if None in names:  # of a dictionary
        assert fields > names - {None}
    else:
        assert fields == names


def test_an_error_inside_another_stays_one_in_json() -> None:
    error = CorpusError("left out: {reason}", reason=CorpusError("{name} is empty", name="a"))
    again = CorpusError.from_json(json.loads(json.dumps(error.to_json())))
    assert str(again) == "left out: a is empty"
    assert again.values["reason"].template == "{name} is empty"


def test_a_machine_that_refuses_a_worker_is_told_in_one_sentence() -> None:
    refused = not_started(OSError(11, "Resource temporarily unavailable"), TrainingError)
    assert isinstance(refused, TrainingError)
    assert "cannot be started (Resource temporarily unavailable): close" in str(refused)
    assert "(OSError)" in str(not_started(OSError(), ModelError))
