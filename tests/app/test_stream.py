"""What is told over the websocket: a part of a page never empties the page that a browser has."""

from __future__ import annotations

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.server.stream import Message, OnItsPage
from tests.app.helpers import run_apart


def run_of(page: str, *fragments: str) -> ForwardMsg:
    """How a run begins: of a page, or of parts of it alone."""
    told = ForwardMsg()
    told.new_session.page_script_hash = page
    told.new_session.name = "Home.py"
    told.metadata.run.fragment_ids.extend(fragments)
    return told


def navigation(page: str) -> ForwardMsg:
    told = ForwardMsg()
    told.navigation.page_script_hash = page
    return told


def heard(*told: ForwardMsg) -> list[ForwardMsg]:
    """What a browser hears of what the server tells."""
    sent = list[bytes]()

    async def send(message: Message) -> None:
        sent.append(message["bytes"])

    async def tell() -> None:
        on_its_page = OnItsPage(send)
        for message in told:
            data = message.SerializeToString()
            await on_its_page({"type": "websocket.send", "bytes": data})

    run_apart(tell())
    return [ForwardMsg.FromString(data) for data in sent]


def test_a_part_of_the_page_before_is_told_under_the_page_that_is_there() -> None:
    said = heard(run_of("home"), run_of("film"), run_of("home", "clock"), run_of("film", "clock"))
    assert [message.new_session.page_script_hash for message in said[1:]] == ["film"] * 3
    assert list(said[2].metadata.run.fragment_ids) == ["clock"]
    assert said[2].new_session.name == "Home.py"


def test_a_page_is_known_by_its_navigation_where_it_was_opened_by_its_name() -> None:
    said = heard(run_of("main"), navigation("film"), run_of("film", "clock"), run_of("x", "clock"))
    assert [message.new_session.page_script_hash for message in said[2:]] == ["film"] * 2


def test_all_else_is_told_as_it_is() -> None:
    drawn = ForwardMsg()
    drawn.delta.new_element.markdown.body = "Quoi ?"
    told = [run_of("home", "clock"), drawn, run_of("home"), run_of("home", "clock")]
    assert heard(*told) == told


def test_what_is_no_message_of_a_page_goes_through() -> None:
    sent = list[Message]()

    async def send(message: Message) -> None:
        sent.append(message)

    run_apart(OnItsPage(send)({"type": "websocket.accept"}))
    assert sent == [{"type": "websocket.accept"}]
