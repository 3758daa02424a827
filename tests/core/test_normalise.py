import pytest

from moliere_core.text.normalise import normalise


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


def test_a_pile_of_marks_is_put_in_order_at_once() -> None:
    """It took the square of its height, with the interpreter held: hours for a megabyte."""
    pile = "a" + "\u0315" * 500_000 + "\u0316" * 500_000
    assert normalise(pile) == "a" + "\u0315" * 30
    assert normalise("\u0344" * 99) == normalise(normalise("\u0344" * 99))
    assert normalise("ж" * 99 + "e\u0323\u0301") == "ж" * 99 + "ẹ\u0301"
