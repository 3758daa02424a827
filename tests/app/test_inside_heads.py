"""The Inside page on a GPT-2 of the hub, whose heads have no names until somebody asks for them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.inside import heads
from dashboard.inside.views import gaze
from moliere_core import pretrained
from moliere_core.corpus import EMBEDDED
from moliere_core.inspection.heads import EVERYWHERE, Head, HeadTable, Measured
from moliere_core.measures import head_names
from moliere_core.measures.head_names import Passages
from moliere_core.system.work import Work
from tests.app.helpers import Open, components, shown
from tests.gpts import write_gpt2, write_looking_back
from tests.patience import PATIENCE, wait_until

BUILT = "hf:built"
NAMES = ["juste avant", "le tout premier"]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, embedded: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A GPT-2 of the hub whose two heads look just before, and at the first."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    write_looking_back(tmp_path / "hub" / "models--built" / "snapshots" / "0123")
    return tmp_path / "hub"


def settled(at: AppTest) -> AppTest:
    """The page once nothing on it moves any longer."""

    def still() -> bool:
        assert not at.exception
        return bool(components(at) and not at.get("progress")) or not at.run()

    wait_until(still)
    return at


def opened(open_page: Open, model: str = BUILT, **settings: Any) -> AppTest:
    return settled(open_page("inside", model=model, **{"text": "Mon", **settings}))


def offered(at: AppTest) -> bool:
    return "inside.name" in [button.key for button in at.button]


def asked(at: AppTest) -> AppTest:
    """The page once it has named the heads, or given up."""
    assert offered(at)
    at.button(key="inside.name").click().run()
    assert not offered(at) or at.error  # one request is enough
    return settled(at)


def under(at: AppTest) -> list[str]:
    """What stands under the thumbnails of the one layer."""
    sent: list[dict[str, Any]] = components(at)
    (row,) = next(data for data in sent if "looks" in data)["grid"]["rows"]
    return [cell["name"] for cell in row["cells"]]


def test_heads_of_any_gpt2_are_named_when_somebody_asks(open_page: Open) -> None:
    at = opened(open_page)
    assert under(at) == ["", ""]
    said = shown(at)
    assert "Les 2 têtes de ce modèle" in said
    assert "pastiches" in said  # the text that it would take
    assert "L’Homme aux pendules" in said
    asked(at)
    assert under(at) == NAMES
    table = heads.named(BUILT).result(PATIENCE)
    assert table is not None
    best = table.head(0, 0).checked["previous"]
    said = shown(at).replace("\\", "")
    assert f"{round(100 * best.share)}" in said
    assert f"{round(100 * best.chance)}" in said
    assert "L’Homme aux pendules" in said  # where they were measured again
    assert not offered(at)


def test_they_are_named_for_everybody_and_for_ever(open_page: Open) -> None:
    asked(opened(open_page))
    table = heads.named(BUILT).result(PATIENCE)
    at = opened(open_page, lang="en")
    assert under(at) == ["just before", "the very first"]
    st.cache_resource.clear()
    pretrained.close()
    assert heads.named(BUILT).result(PATIENCE) == table  # from the store


def test_another_model_has_no_names_of_these(open_page: Open, cache: Path) -> None:
    asked(opened(open_page))
    other = write_gpt2(cache / "models--other" / "snapshots" / "0123", n_layer=1)
    at = opened(open_page, "hf:other")
    assert under(at) == ["", ""]
    assert offered(at)
    (other / "model.safetensors").replace(
        cache / "models--built" / "snapshots" / "0123" / "model.safetensors"
    )
    assert heads.named(BUILT).result(PATIENCE) is None  # the weights are others


def test_a_table_that_was_damaged_is_measured_again(open_page: Open, store: Path) -> None:
    asked(opened(open_page))
    (path,) = store.glob("heads/*/heads.json")
    path.write_text(path.read_text("utf-8")[:-20], "utf-8")
    at = opened(open_page)
    assert under(at) == ["", ""]
    assert under(asked(at)) == NAMES


def test_why_heads_could_not_be_named_is_said_beside_the_button(
    open_page: Open, store: Path
) -> None:
    at = opened(open_page)
    (store / "heads").write_text("no folder")
    asked(at)
    assert offered(at)
    assert "heads.json" in " ".join(e.value for e in at.error).replace("\\", "")
    (store / "heads").unlink()
    assert under(asked(at)) == NAMES


def test_where_heads_are_many_those_with_a_name_come_first() -> None:
    measured = dict.fromkeys(("previous", "first"), Measured(0.5, 0.1))
    names = ["", "first", EVERYWHERE, "previous", *[""] * 61]
    made = [Head(n, 0, name, measured, measured, 0.5, 0.5) for n, name in enumerate(names)]
    few = HeadTable(tuple(made[:4]), 1, 1, "", (), "")
    many = HeadTable(tuple(made), 1, 1, "", (), "")
    assert [head.layer for head in gaze.in_order(few)] == [0, 1, 2, 3]
    assert [head.layer for head in gaze.in_order(many)][:4] == [1, 3, 0, 2]


def test_a_corpus_that_is_too_short_is_a_sentence(open_page: Open, serve_corpus: Any) -> None:
    serve_corpus(play_name=["a", "b"], cue=["Ah !", "Oh !"])
    at = opened(open_page)
    assert under(at) == ["", ""]
    assert not offered(at)
    assert "ne suffisent pas" in " ".join(e.value for e in at.error)


class Watched:
    """A lock that lets nobody in before two have come to it."""

    def __init__(self) -> None:
        self._lock, self._both = threading.Lock(), threading.Barrier(2)

    def __enter__(self) -> None:
        self._both.wait(PATIENCE)
        self._lock.acquire()

    def __exit__(self, *_error: object) -> None:
        self._lock.release()

    def locked(self) -> bool:
        return self._lock.locked()


def test_two_clicks_at_once_are_one_request(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, begun = Watched(), list[bool]()

    def name(*_what: Any) -> Work[HeadTable | None]:
        begun.append(lock.locked())
        return Work()

    monkeypatch.setattr(heads, "one_click", lock)
    monkeypatch.setattr(head_names, "name_tokens", name)
    offer = heads.Offer(EMBEDDED, Passages((), (), ()), 0.0)
    clicks = [threading.Thread(target=heads.begin, args=("hf:twice", offer)) for _ in range(2)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    assert begun == [True]
