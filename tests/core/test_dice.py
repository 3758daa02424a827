from __future__ import annotations

import numpy as np
import pytest

from moliere_core.models.dice import START, SYMBOLS, THROWS, DiceModel, faces, folded, throws

TEXT = "Ah ! L'été, ma sœur ; le loup n'a nul œil à lui. La belle balle roule."


def test_a_text_is_folded_to_letters_and_single_spaces() -> None:
    assert folded("Çà, l'Été\n— œuf ! 12") == "ca l ete oeuf"


def test_each_symbol_shares_all_throws_in_proportion() -> None:
    model = DiceModel.of(TEXT)
    for symbol, shares in model.shares.items():
        assert [s.first for s in shares] == [0, *(s.last + 1 for s in shares[:-1])]
        assert shares[-1].last == THROWS - 1
        row = model.counts[SYMBOLS.index(symbol)]
        for share in shares:
            wanted = THROWS * row[SYMBOLS.index(share.symbol)] / row.sum()
            assert abs(share.last - share.first + 1 - wanted) < 1


def test_what_is_written_follows_the_throws() -> None:
    model = DiceModel.of(TEXT)
    found = throws(3, 50)
    text = model.write(found)
    assert len(text) == 50
    for before, throw, after in zip(START + text, found, text, strict=False):
        assert after == model.after(before, throw)
        assert model.counts[SYMBOLS.index(before), SYMBOLS.index(after)] > 0


def test_throws_are_those_of_their_seed_and_all_dice_fall_alike() -> None:
    assert throws(1, 5) == throws(1, 9)[:5]
    assert throws(1, 5) != throws(2, 5)
    counts = np.bincount(throws(0, 100 * THROWS), minlength=THROWS)
    assert len(counts) == THROWS
    assert counts.min() > 50


@pytest.mark.parametrize(("throw", "told"), [(0, "111"), (1, "112"), (36, "211"), (215, "666")])
def test_dice_are_read_in_order(throw: int, told: str) -> None:
    assert faces(throw) == told
