"""Learning while reading."""

from __future__ import annotations

import numpy as np
import pytest

from moliere_core.errors import ConfigError, CorpusError
from moliere_core.measures.adaptation import Segment, adapt
from moliere_core.models.protocol import UNKNOWN_BITS
from moliere_core.models.references import RecurrentModel, load_recurrent
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.text.vocabulary import Vocabulary
from tests.networks import random_weights

LINES = "\n".join(["Zoroastre, où vas-tu ?", "Je cherche Zoroastre, Zoroastre m'attend."] * 4)


LETTERS = Vocabulary(tuple("\n abcdefg"))


def model(cell: str = "lstm", layers: int = 2) -> RecurrentModel:
    return RecurrentModel(
        "made", RecurrentNetwork(random_weights(LETTERS, cell, layers, 6, 4)), LETTERS
    )


def bits(segments: list[Segment], which: str) -> np.ndarray:
    return np.concatenate([getattr(segment, which) for segment in segments])


def test_who_learns_while_reading_knows_a_name_the_third_time() -> None:
    petit = load_recurrent("petit")
    segments = list(adapt(petit, LINES, segment=16))
    assert [s.start for s in segments[1:]] == [s.stop for s in segments[:-1]]
    frozen, adapting = bits(segments, "frozen"), bits(segments, "adapting")
    np.testing.assert_allclose(frozen, petit.surprisal(LINES), atol=1e-3)
    np.testing.assert_array_equal(segments[0].frozen, segments[0].adapting)
    assert adapting.mean() < frozen.mean()
    last = LINES.rindex("Zoroastre")
    gained = frozen - adapting
    assert gained[last : last + 9].sum() > gained[:9].sum() + 1  # nothing was gained at first


def test_a_rate_of_zero_learns_nothing() -> None:
    segments = list(adapt(model(), "abc def\n" * 9, rate=0))
    np.testing.assert_allclose(bits(segments, "adapting"), bits(segments, "frozen"), atol=1e-5)


def test_what_cannot_be_read_is_said() -> None:
    with pytest.raises(CorpusError, match="empty"):
        adapt(model(), "")
    with pytest.raises(ConfigError, match="rate"):
        adapt(model(), "abc", rate=-1)
    (segment,) = adapt(model(), "aXb")
    assert segment.adapting[1] == UNKNOWN_BITS
