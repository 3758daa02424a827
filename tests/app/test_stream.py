"""The websocket: a page that was left, and what no browser says, go no further."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.server import stream
from dashboard.server.rates import Rate
from dashboard.server.stream import Message, Stream
from dashboard.shared import sources
from tests.app.helpers import DASHBOARD, run_apart


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
    sent, received = talked(told, asked)
    return [ForwardMsg.FromString(message["bytes"]) for message in sent], received[:-1]


def talked(
    told: list[ForwardMsg],
    asked: list[Message],
    late: tuple[ForwardMsg, ...] = (),
    pace: Rate | None = None,
    pauses: int = 0,
    gone: int = 0,
) -> tuple[list[Message], list[Message]]:
    """The same as messages, up to the end of the talk.

    Args:
        told, asked: of the server and of the browser.
        late: what is told after the end.
        pace: how often the browser may ask.
        pauses: how often it has to wait.
        gone: the message that does not reach it any longer; 0 for none.
    """
    sent, received = list[Message](), list[Message]()
    waiting, waits = [*asked, {"type": "websocket.disconnect"}], list(range(pauses))

    async def send(message: Message) -> None:
        sent.append(message)
        if len(sent) == gone:
            raise OSError("the browser has gone")

    async def receive() -> Message:
        return waiting.pop(0)

    async def pause(_seconds: float) -> None:
        waits.pop()

    async def tell(talks: Stream, messages: Iterable[ForwardMsg]) -> None:
        for message in messages:
            await talks.send({"type": "websocket.send", "bytes": message.SerializeToString()})

    async def talk() -> None:
        talks = Stream(receive, send, pace=pace, pause=pause)
        await tell(talks, told)
        while not received or received[-1]["type"] != "websocket.disconnect":
            received.append(await talks.receive())
        await tell(talks, late)

    run_apart(talk())
    assert not waits
    return sent, received


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


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"bytes": b"\xff\xff"}, stream.UNREADABLE),
        ({"text": "no bytes"}, stream.UNREADABLE),
        ({"bytes": None, "text": "no bytes"}, stream.UNREADABLE),
        ({"bytes": b"\0" * (stream.MOST_BYTES + 1)}, stream.TOO_LONG),
    ],
    ids=["junk", "text", "text alone", "long"],
)
def test_who_is_no_browser_is_sent_away(message: Message, reason: int) -> None:
    asked = [{"type": "websocket.receive", **message}, said(asks("film"))]
    sent, received = talked([], asked, late=(drawn("too late"),))
    assert sent == [{"type": "websocket.close", "code": reason}]
    assert received == [{"type": "websocket.disconnect", "code": reason}]


def test_a_browser_that_goes_in_the_middle_of_a_word_is_no_error() -> None:
    told = [begins("film"), drawn("Film"), drawn("half"), ends(begins("film"))]
    sent, received = talked(told, [said(asks("film"))], gone=2)
    assert len(sent) == 2
    assert received == [said(asks("film")), {"type": "websocket.disconnect"}]


def test_the_server_reads_no_more_than_it_would_hear() -> None:
    config = tomllib.loads((DASHBOARD / ".streamlit" / "config.toml").read_text("utf-8"))
    assert stream.MOST_BYTES <= config["server"]["maxMessageSize"] * 1_000_000 <= 50_000_000
    assert sources.MOST_PASTED * len("字".encode()) < stream.MOST_BYTES  # else it is sent away


def test_who_asks_too_often_waits() -> None:
    seconds = iter(range(1000))
    pace = Rate(3, 0.5, lambda: next(seconds))  # a second passes at each look at the clock
    asked = [said(asks("film"))] * 12
    _sent, received = talked([], asked, pace=pace, pauses=7)
    assert received[:-1] == asked


def test_a_clock_that_strikes_too_often_keeps_no_click_waiting() -> None:
    seconds = iter(range(1000))
    pace = Rate(2, 0.25, lambda: next(seconds))
    tick, click = asks("film", "clock"), said(asks("film"))
    tick.rerun_script.is_auto_rerun = True
    _sent, received = talked([], [*[said(tick)] * 9, click], pace=pace, pauses=8)
    assert received[:-1] == [*[said(tick)] * 4, click]  # two at once, and each fourth


def test_what_is_long_counts_for_more() -> None:
    seconds = iter(range(1000))
    pace = Rate(stream.BURST, 1, lambda: next(seconds))
    long = asks("film")
    long.rerun_script.query_string = "x" * (stream.ONE * 2)
    _sent, received = talked([], [said(long)] * 40, pace=pace, pauses=21)
    assert len(received) == 41
    long.rerun_script.query_string = "x" * (stream.MOST_BYTES - 100)
    _sent, received = talked([], [said(long)], pace=Rate(stream.BURST, 1), pauses=0)
    assert received[0] == said(long)
