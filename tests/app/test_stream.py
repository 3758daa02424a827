"""The websocket: nothing of a page that was left reaches the page that is there."""

from __future__ import annotations

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.server import stream
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
        talks = Stream(receive, send)
        for message in told:
            await talks.send({"type": "websocket.send", "bytes": message.SerializeToString()})
        while waiting:
            received.append(await talks.receive())

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
    page = [main, navigation("film"), ends(main), own, ends(own)]
    heard, _asked = passed([*page, late, ends(late)], [])
    assert heard == page


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


def strikes(page: str) -> BackMsg:
    """What a browser asks when a clock for the whole page strikes, with what is chosen there."""
    asked = asks(page, stream.WHOLE)
    asked.rerun_script.is_auto_rerun = True
    asked.rerun_script.query_string = "view=axis"
    return asked


def whole(page: str) -> BackMsg:
    """The same, as the server has it."""
    asked = asks(page)
    asked.rerun_script.query_string = "view=axis"
    asked.rerun_script.is_auto_rerun = False
    return asked


def clocks(heard: list[ForwardMsg]) -> list[str]:
    return [told.auto_rerun.fragment_id for told in heard if told.HasField("auto_rerun")]


PAGE, PART = begins("film"), begins("film", "bar")


@pytest.mark.parametrize("begun", [PAGE, begins("film", "clock")], ids=["page", "part"])
def test_a_run_whose_end_was_not_told_is_asked_for_again_once(begun: ForwardMsg) -> None:
    told = [PAGE, ends(PAGE), begun, drawn("half"), PART, drawn("bar"), ends(PART)]
    asked = [said(strikes("film"))]
    heard, received = passed(told, asked * 3)
    assert clocks(heard) == [stream.WHOLE]
    assert [one for one in heard if not one.HasField("auto_rerun")] == told
    assert received == [said(whole("film"))]


def test_a_part_that_is_drawn_meanwhile_does_not_stop_the_clock() -> None:
    told = [PAGE, PART, ends(PART), PART, ends(PART)]
    heard, received = passed(told, [said(strikes("film"))])
    assert (clocks(heard), received) == ([stream.WHOLE], [said(whole("film"))])


def test_the_end_of_a_run_that_the_late_part_of_another_page_hid_is_asked_for() -> None:
    late = begins("home", "clock")
    heard, received = passed([PAGE, late, ends(late)], [said(strikes("film"))])
    assert (heard[:1], clocks(heard)) == ([PAGE], [stream.WHOLE])
    assert received == [said(whole("film"))]


@pytest.mark.parametrize(
    "told",
    [
        [PAGE, ends(PAGE), PART, ends(PART), PART, ends(PART)],
        [PAGE, begins("home"), ends(begins("home")), begins("home", "clock")],  # a click
        [PAGE, PART, begins("film"), ends(PAGE)],  # mended by a click
    ],
    ids=["told", "stopped", "mended"],
)
def test_what_is_whole_is_not_asked_for_again(told: list[ForwardMsg]) -> None:
    _heard, received = passed(told, [said(strikes(told[-1].new_session.page_script_hash))])
    assert not received
