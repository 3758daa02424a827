from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.helpers import ROOT, RUN, Open, address, component, shown

PAGES = ("home", "temperature", "probabilities")
TITLES = {
    ("home", "fr"): "Un réseau écrit comme Molière",
    ("home", "en"): "A network writes like Molière",
    ("temperature", "fr"): "La température",
    ("temperature", "en"): "Temperature",
    ("probabilities", "fr"): "Les probabilités",
    ("probabilities", "en"): "The next character",
}
FRENCH_ONLY = ("Réglages", "Texte de départ", "Température")


def labels(at: AppTest) -> list[str]:
    widgets = [*at.button, *at.text_input, *at.slider, *at.number_input, *at.selectbox]
    return [widget.label for widget in widgets]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_page_in_both_languages(open_page: Open, page: str, language: str) -> None:
    at = open_page(page, lang=language)
    assert not at.exception
    assert not at.error
    assert [title.value for title in at.title] == [TITLES[page, language]]
    assert component(at)
    if language == "en":
        assert not set(labels(at)) & set(FRENCH_ONLY)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_drawers_start_closed_and_open_one_at_a_time(open_page: Open, page: str) -> None:
    at = open_page(page)
    assert "Ce qu’on croit souvent" not in shown(at)
    assert not at.code
    drawer = at.pills(key=f"{page}.drawer")
    at = drawer.set_value("lesson").run()
    assert "Ce qu’on croit souvent" in shown(at)
    assert not at.code
    at = at.pills(key=f"{page}.drawer").set_value("code").run()
    assert "Ce qu’on croit souvent" not in shown(at)
    assert f"load_model('run:{RUN}')" in at.code[0].value


@pytest.mark.parametrize("page", PAGES)
def test_a_prompt_is_never_read_as_html_or_markdown(open_page: Open, page: str) -> None:
    prompt = "<b>gras</b> **gras** <img src=x onerror=alert(1)>"
    at = open_page(page, prompt=prompt)
    assert not at.exception
    notice = at.main.get("html")[0].proto.body
    assert "<b>" not in notice
    assert "<img" not in notice
    data = component(at)
    if page == "temperature":
        assert "&lt;" in notice
    else:
        assert "".join(text for text, _ in data["prompt"]) == prompt
        assert next(text for text, known in data["prompt"] if not known) == "<"


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_prompt_works(open_page: Open, page: str) -> None:
    at = open_page(page)
    at = at.text_input(key="prompt").set_value("").run()
    assert not at.exception
    assert not at.error
    assert address(at)["prompt"] == ""


@pytest.mark.parametrize("page", PAGES)
def test_missing_characters_are_named(open_page: Open, page: str) -> None:
    at = open_page(page, prompt="Kiwi")
    assert "jamais lu ces caractères\N{NO-BREAK SPACE}: K w." in at.main.get("html")[0].proto.body


def test_shared_settings_follow_from_page_to_page(open_page: Open) -> None:
    at = open_page(prompt="Ah ! ", seed=7)
    for page in ("temperature", "probabilities", "home"):
        at = at.switch_page(f"../pages/{page}.py").run()
        assert at.text_input(key="prompt").value == "Ah ! "
        assert address(at)["prompt"] == "Ah ! "
        assert address(at)["seed"] == "7"
        assert address(at)["model"] == f"run:{RUN}"


def test_the_language_switch_changes_labels_and_address(open_page: Open) -> None:
    at = open_page()
    assert "lang" not in address(at)  # French is what this browser asks for
    at = at.segmented_control(key="lang").set_value("en").run()
    assert at.title[0].value == "A network writes like Molière"
    assert address(at)["lang"] == "en"
    at = at.segmented_control(key="lang").set_value("fr").run()
    assert at.title[0].value == "Un réseau écrit comme Molière"


def test_nonsense_in_the_address_gives_defaults(open_page: Open) -> None:
    at = open_page("temperature", t="a,b", seed="x", chars="-5", lang="xx", compare="?")
    assert not at.exception
    assert not at.error
    assert len(component(at)["columns"]) == 5
    assert {len(column["text"]) for column in component(at)["columns"]} == {20}


GARBAGE = {
    **{"prompt": "<b>x</b>\x00🙂" * 40, "chosen": "\x00w", "word": "", "char": "", "text": "<img>"},
    **{"seed": "abc", "temperature": "9", "t": "-1,1e9,x", "top_k": "-5", "top_p": "7"},
    **{"step": "-3", "passage": "0", "length": "9", "bars": "1e9", "chars": "1e9", "unit": "99999"},
    **{"view": "nowhere", "plan": "none", "on": "?", "topic": "?", "pair": "?", "order": "?"},
    **{"corpus": "../../etc", "play": "?", "models": "x,../y", "beside": "run:../../etc"},
    **{"job": "../../x", "runs": "../x", "from": "?", "moment": "?", "speed": "?"},
}


@pytest.mark.slow
@pytest.mark.parametrize("page", sorted(path.stem for path in (ROOT / "pages").glob("*.py")))
def test_nonsense_in_the_address_is_survived(open_page: Open, page: str) -> None:
    at = open_page(page, **GARBAGE)
    assert [e.value for e in at.exception] == []
    assert at.title
    for model in ("mini-gpt", "kn-8", "petit@999", "exp-x-y", "../etc"):
        at = open_page(page, model=model)
        assert [e.value for e in at.exception] == []
