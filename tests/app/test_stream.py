"""The websocket: nothing of a page that was left reaches the page that is there."""

from __future__ import annotations

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.server.stream import Message, Stream
from tests.app.helpers import run_apart


def begins(page: str, *fragments: str) -> ForwardMsg:
    """A run begins: of a page, or of parts of it alone."""
    told = ForwardMsg()
    told.new_session.page_script_hash = page
    told.metadata.run.script_run_id = "-".join([page, *fragments])
    told.metadata.run.fragment_ids.extend(fragments)
    return told


def ends(begun: ForwardMsg) -> ForwardMsg:
    told = ForwardMsg()
    told.script_finished = ForwardMsg.FINISHED_SUCCESSFULLY
    told.metadata.run.CopyFrom(begun.metadata.run)
    return told


def navigation(page: str) -> ForwardMsg:
    told = ForwardMsg()
    told.navigation.page_script_hash = page
    return told


def drawn(text: str) -> ForwardMsg:
    told = ForwardMsg()
    told.delta.new_element.markdown.body = text
    return told


def asks(page: str, fragment: str = "") -> BackMsg:
    asked = BackMsg()
    asked.rerun_script.page_script_hash = page
    asked.rerun_script.fragment_id = fragment
    return asked


def passed(told: list[ForwardMsg], asked: list[Message]) -> tuple[list[ForwardMsg], list[Message]]:
    """What a browser hears of what the server tells, then the server of what the browser asks."""
    sent = list[bytes]()
    asked = [*asked, {"type": "websocket.disconnect"}]
    waiting = list(asked)
    received = list[Message]()

    async def send(message: Message) -> None:
        sent.append(message["bytes"])

    async def receive() -> Message:
        return waiting.pop(0)

    async def talk() -> None:
        stream = Stream(receive, send)
        for message in told:
            await stream.send({"type": "websocket.send", "bytes": message.SerializeToString()})
        while waiting:
            received.append(await stream.receive())

    run_apart(talk())
    return [ForwardMsg.FromString(data) for data in sent], received[:-1]


def said(asked: BackMsg) -> Message:
    return {"type": "websocket.receive", "bytes": asked.SerializeToString()}


def test_a_part_of_the_page_before_begins_and_ends_unheard() -> None:
    home, film, clock = begins("home"), begins("film"), begins("home", "clock")
    own = begins("film", "clock")
    page = [home, ends(home), film, drawn("Film"), ends(film)]
    late = [clock, drawn("minute 3"), ends(clock)]
    after = [own, drawn("minute 4"), ends(own)]
    heard, _asked = passed([*page, *late, *after], [])
    assert heard == [*page, late[1], *after]


def test_a_page_is_known_by_its_navigation_where_it_was_opened_by_its_name() -> None:
    main, own, late = begins("main"), begins("film", "clock"), begins("main", "clock")
    heard, _asked = passed([main, navigation("film"), own, ends(own), late, ends(late)], [])
    assert heard == [main, navigation("film"), own, ends(own)]


def test_before_a_page_was_told_all_is_heard() -> None:
    told = [begins("home", "clock"), drawn("minute 3"), begins("home")]
    asked = [said(asks("home", "clock"))]
    assert passed(told[:2], asked) == (told[:2], asked)
    assert passed(told, []) == (told, [])


def test_a_part_of_the_page_before_is_not_asked_for() -> None:
    asked = [
        said(asks("film", "clock")),
        said(asks("home", "clock")),
        said(asks("home")),  # the menu: a page, not a part of one
        said(asks("", "clock")),
        {"type": "websocket.receive", "bytes": b"\xff\xff"},
        {"type": "websocket.receive", "text": "no bytes"},
    ]
    _heard, received = passed([begins("film")], asked)
    assert received == [asked[0], *asked[2:]]
