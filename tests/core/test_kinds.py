from __future__ import annotations

import pytest

from moliere_core.text.kinds import kind


@pytest.mark.parametrize(
    ("chars", "expected"),
    [
        (" \n\N{NO-BREAK SPACE}", "space"),
        ("aéœß", "lower"),
        ("AÉŒ", "upper"),
        ("ªא", "lower"),  # letters without case
        (",;«»’…–", "punctuation"),
        ("7½", "digit"),
        ("+°€", "other"),
    ],
)
def test_kinds(chars: str, expected: str) -> None:
    assert {kind(char) for char in chars} == {expected}
