"""Errors of the core, in the reader's language."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from dashboard.shared import i18n, state
from moliere_core.config import SamplingConfig
from moliere_core.errors import ConfigError, ModelError, MoliereError, RunError
from tests.app.helpers import DASHBOARD, MISSING_NBSP, ROOT
from tools.translations import ERRORS

CATALOGUE = DASHBOARD / "translations" / "fr" / "LC_MESSAGES" / "errors.po"
NBSP = i18n.NBSP


def source_messages() -> set[str]:
    assert {error.__name__ for error in MoliereError.__subclasses__()} <= set(ERRORS)
    keywords = {**DEFAULT_KEYWORDS, **dict.fromkeys(ERRORS)}
    core = str(ROOT / "moliere_core")
    found = extract_from_dir(core, [("**.py", "python")], keywords=keywords)
    return {str(message) for _, _, message, _, _ in found}


def translations() -> dict[str, Message]:
    with CATALOGUE.open("rb") as file:
        return {str(message.id): message for message in read_po(file, "fr") if message.id}


def fields(template: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(template) if field}


@pytest.fixture
def french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "language", lambda: "fr")


def test_the_french_catalogue_is_complete_and_has_nothing_else() -> None:
    translated = translations()
    assert set(translated) == source_messages()
    for message in translated.values():
        assert message.string, message.id
        assert not message.fuzzy, message.id


def test_the_fields_survive_translation() -> None:
    for english, message in translations().items():
        assert fields(str(message.string)) == fields(english), english


def test_french_sentences_are_typeset() -> None:
    for message in translations().values():
        sentence = str(message.string)
        assert not MISSING_NBSP.search(sentence), sentence
        assert not re.search(r"\w'\w", sentence), sentence


@pytest.mark.usefixtures("french")
def test_the_name_of_a_setting_and_numbers_are_french() -> None:
    with pytest.raises(ConfigError) as caught:
        SamplingConfig(temperature=12.5)
    assert i18n.sentence(caught.value) == (
        f"la température vaut 12,5{NBSP}: choisissez une valeur entre 0 et 10"
    )


@pytest.mark.usefixtures("french")
def test_a_reason_is_translated_too() -> None:
    reason = ModelError("the name of the model is empty: choose petit or grand")
    error = RunError(
        "{path} is damaged ({error}): delete it, and train or import it again",
        path="a",
        error=reason,
    )
    assert i18n.sentence(error) == (
        f"a est abîmé (le nom du modèle est vide{NBSP}: choisissez petit ou grand){NBSP}: "
        "supprimez-le, puis entraînez-le ou importez-le à nouveau"
    )


@pytest.mark.usefixtures("french")
def test_an_empty_value_stays_empty() -> None:
    assert i18n.sentence(ModelError("there is {nothing}.", nothing="")) == "there is ."
