"""Every page that opens a run opens one of each kind of network, a transformer as well."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dashboard.shared import cached, naming
from moliere_core.config import CELLS, Cell, ModelConfig
from moliere_core.errors import ModelError
from tests.app.helpers import REFERENCE, RUN, Open, text
from tests.networks import make_run

pytestmark = pytest.mark.usefixtures("embedded", "french")

# What each of them shows of a model; those that look into cells are not among them.
PAGES: tuple[tuple[str, dict[str, str]], ...] = (
    ("home", {}),
    ("temperature", {}),
    ("probabilities", {}),
    ("reading", {"view": "text"}),
    ("reading", {"view": "learning"}),
    ("preferences", {}),
    ("film", {}),
    ("characters", {}),
    ("model", {"view": "loss"}),
    ("training", {"view": "stored"}),
    ("training", {"view": "new"}),
)


def network(cell: Cell) -> ModelConfig:
    """A small one of that kind."""
    if cell == "transformer":
        return ModelConfig(cell, units=8, layers=2, heads=2, context=16)
    return ModelConfig(cell, embedding_dim=4, units=8, layers=2)


@pytest.fixture
def reference(store: Path, request: pytest.FixtureRequest) -> str:
    """A stored run of the kind that the test is given."""
    folder = store / "runs" / RUN
    shutil.rmtree(folder)  # the LSTM that every test has
    make_run(folder, model=network(request.param))
    return REFERENCE


@pytest.mark.parametrize("reference", ["rnn", "transformer"], indirect=True)
@pytest.mark.parametrize(("page", "view"), PAGES)
def test_a_page_opens_a_run_of_this_kind(
    open_page: Open, reference: str, page: str, view: dict[str, str]
) -> None:
    asked = {"runs": reference, "from": reference} if page == "training" else {"model": reference}
    at = open_page(page, prompt="bonjour", **view, **asked)
    assert not at.exception
    assert not at.error
    assert "n’est plus" not in text(at)


@pytest.mark.parametrize("reference", CELLS, indirect=True)
def test_all_kinds_are_offered(reference: str) -> None:
    assert reference in cached.models()
    assert cached.card(reference).layers == 2


@pytest.mark.parametrize("reference", ["transformer"], indirect=True)
def test_what_looks_into_cells_says_that_a_transformer_has_none(reference: str) -> None:
    with pytest.raises(ModelError, match="no cells"):
        cached.recurrent(reference)


def test_kinds_have_names_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    assert naming.cell("rnn") == "RNN"
    assert naming.described("gru", 2, 8) == "GRU de 2 couches de 8 unités"
    assert naming.described("transformer", 4, 92) == "transformer de 4 blocs, large de 92"
