"""The list of today's French, there or not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from moliere_core.judging import french
from moliere_core.judging.wordhood import wordhood

TEXT = "Ils apprendraient, dernièrement, que zorbifle est avecque nous."


def test_words_of_today_are_not_invented() -> None:
    assert french.knows("apprendraient")
    assert french.knows("peut-être")
    assert not french.knows("avecque")
    assert not french.knows("zorbifle")
    found = wordhood(TEXT, lambda word: False)
    assert [one.word for one in found.invented] == ["zorbifle"]
    assert found.long_french == pytest.approx(2 / 4)


@pytest.fixture(name="without")
def _without(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The package is not installed."""
    monkeypatch.setitem(__import__("sys").modules, "spellchecker", None)
    french.words.cache_clear()
    yield
    french.words.cache_clear()


def test_where_the_list_is_not_there_nothing_is_said(without: None) -> None:
    assert french.words() is None
    assert not french.knows("apprendraient")
    found = wordhood(TEXT, lambda word: False)
    assert (found.french, found.long_french) == (None, None)
    assert "zorbifle" in {one.word for one in found.invented}
