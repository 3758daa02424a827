import pytest

from moliere_core.normalise import normalise


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Quoi\u00a0?", "Quoi ?"),
        ("Quoi\u202f!", "Quoi !"),
        ("Quoi\u2009;", "Quoi ;"),
        ("l\u2019amour", "l'amour"),
        ("Ah\u2026", "Ah..."),
        ("mon coeur, ma Soeur, un OEUVRE", "mon cœur, ma Sœur, un ŒUVRE"),
        ("moelleuse", "moelleuse"),
        ("e\u0301te\u0301", "été"),
        ("\ufeffun\r\ndeux\rtrois", "un\ndeux\ntrois"),
    ],
)
def test_one_spelling(raw: str, expected: str) -> None:
    assert normalise(raw) == expected
    assert normalise(expected) == expected
