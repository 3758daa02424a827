"""Learning while reading."""

from __future__ import annotations

import numpy as np
import pytest

from moliere_core.config import ModelConfig
from moliere_core.errors import ConfigError, CorpusError
from moliere_core.measures.adaptation import Segment, adapt
from moliere_core.models.networks import NetworkModel
from moliere_core.models.protocol import UNKNOWN_BITS
from moliere_core.models.references import load_network_model
from moliere_core.networks.initial import initial_weights
from moliere_core.networks.loading import network_of
from moliere_core.text.vocabulary import Vocabulary

LINES = "\n".join(["Zoroastre, où vas-tu ?", "Je cherche Zoroastre, Zoroastre m'attend."] * 4)


LETTERS = Vocabulary(tuple("\n abcdefg"))


SMALL = {
    "lstm": ModelConfig(embedding_dim=4, units=6, dropout=0.0),
    "transformer": ModelConfig("transformer", units=8, dropout=0.0, heads=2, context=16),
}
CELLS = sorted(SMALL)


def model(cell: str = "lstm") -> NetworkModel:
    weights = initial_weights(SMALL[cell], len(LETTERS))
    return NetworkModel.of("made", network_of(weights, SMALL[cell]), LETTERS)


def bits(segments: list[Segment], which: str) -> np.ndarray:
    return np.concatenate([getattr(segment, which) for segment in segments])


@pytest.mark.parametrize("reference", ["petit", "petit-gpt"])
def test_who_learns_while_reading_knows_a_name_the_third_time(reference: str) -> None:
    petit = load_network_model(reference)
    segments = list(adapt(petit, LINES, segment=16))
    assert [s.start for s in segments[1:]] == [s.stop for s in segments[:-1]]
    frozen, adapting = bits(segments, "frozen"), bits(segments, "adapting")
    np.testing.assert_allclose(frozen, petit.surprisal(LINES), atol=1e-3)
    np.testing.assert_allclose(segments[0].frozen, segments[0].adapting, atol=1e-4)
    assert adapting.mean() < frozen.mean()
    last = LINES.rindex("Zoroastre")
    gained = frozen - adapting
    assert gained[last : last + 9].sum() > gained[:9].sum() + 1  # nothing was gained at first


@pytest.mark.parametrize("cell", CELLS)
def test_a_rate_of_zero_learns_nothing(cell: str) -> None:
    segments = list(adapt(model(cell), "abc def\n" * 9, rate=0))
    np.testing.assert_allclose(bits(segments, "adapting"), bits(segments, "frozen"), atol=1e-5)


def test_what_cannot_be_read_is_said() -> None:
    with pytest.raises(CorpusError, match="empty"):
        adapt(model(), "")
    with pytest.raises(ConfigError, match="rate"):
        adapt(model(), "abc", rate=-1)
    (segment,) = adapt(model(), "aXb")
    assert segment.adapting[1] == UNKNOWN_BITS
