"""What is asked of the server by hand: Streamlit hears only what widgets of ours may say."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState

from dashboard.server import asked
from dashboard.server.asked import Asked

ID = "$$ID-0-key"
EVENTS = asked.EVENTS.format(id=ID)
DEEP = json.dumps({"a": 1}).replace("1", "[" * 40 + "]" * 40)
SELECTION = '{"selection": {"points": [], "box": []}}'
# Of each kind of widget, what it says; all else is another kind's.
GOOD: dict[str, tuple[str, Any]] = {
    "bidi_component": ("json_value", '{"span": {"from": 1, "to": 3}}'),
    "button": ("trigger_value", True),
    "button_group": ("string_array_value", ["Français"]),
    "checkbox": ("bool_value", True),
    "dataframe": ("string_value", '{"selection": {"rows": [1], "columns": []}}'),
    "dialog": ("trigger_value", True),
    "download_button": ("trigger_value", True),
    "expandable": ("bool_value", True),
    "file_uploader": ("file_uploader_state_value", None),
    "multiselect": ("string_array_value", ["petit", "grand"]),
    "number_input": ("int_value", 5),
    "plotly_chart": ("string_value", SELECTION),
    "popover": ("bool_value", False),
    "selectbox": ("string_value", "petit"),
    "slider": ("double_array_value", [0.8]),
    "tab_container": ("string_value", "Texte"),
    "text_area": ("string_value", "Ah !\n"),
    "text_input": ("string_value", "é" * 20),
}
OTHERS = [
    *GOOD.values(),
    ("double_value", 0.5),
    ("bytes_value", b"x"),
    ("string_trigger_value", ["x"]),
]
BLOCKS = ("dialog", "expandable", "popover", "tab_container")


def knowing(kind: str, **more: Any) -> Asked:
    """A server that has told somebody of a widget of this kind."""
    told = ForwardMsg()
    drawn = told.delta.add_block if kind in BLOCKS else told.delta.new_element
    widget: Any = getattr(drawn, kind)
    widget.id = ID
    for name, value in more.items():
        setattr(widget, name, value)
    found = Asked()
    found.learn(told)
    return found


def state(field: str, value: Any, id: str = ID) -> WidgetState:
    said = WidgetState(id=id)
    if isinstance(value, list) and field == "string_trigger_value":
        said.string_trigger_value.data = value[0]
    elif isinstance(value, list):
        getattr(said, field).data.extend(value)
    elif value is None:
        getattr(said, field).SetInParent()
    else:
        setattr(said, field, value)
    return said


def left(server: Asked, *said: WidgetState) -> list[WidgetState]:
    """What the server hears of what widgets have said."""
    message = BackMsg()
    message.rerun_script.widget_states.widgets.extend(said)
    assert server.refine(message)
    return list(message.rerun_script.widget_states.widgets)


@pytest.mark.parametrize("kind", GOOD)
def test_a_widget_says_values_of_its_own_kind_alone(kind: str) -> None:
    server, good = knowing(kind), state(*GOOD[kind])
    others = [state(*other) for other in OTHERS if other[0] != GOOD[kind][0]]
    assert left(server, *others, good, WidgetState(id=ID)) == [good, WidgetState(id=ID)]


def test_what_is_left_out_is_noted_but_not_each_time(caplog: pytest.LogCaptureFixture) -> None:
    server, wrong = knowing("number_input", data_type=NumberInput.INT), state("double_value", 0.5)
    for _ in range(100):
        left(server, wrong, state("int_value", 5))
    noted = [record.getMessage() for record in caplog.records if "left out" in record.getMessage()]
    assert set(noted) == {"1 values that no widget says: left out"}
    assert len(noted) < 50


def test_a_number_is_whole_or_not() -> None:
    """A browser says a whole one in a field of its own, though Streamlit registers the other."""
    whole, part = state("int_value", 5), state("double_value", 0.5)
    assert left(knowing("number_input", data_type=NumberInput.INT), whole, part) == [whole]
    assert left(knowing("number_input", data_type=NumberInput.FLOAT), whole, part) == [part]


def test_a_slider_of_words_says_words() -> None:
    server = knowing("slider", type=Slider.SELECT_SLIDER)
    words = state("string_array_value", ["lent"])
    assert left(server, state("double_array_value", [0.5]), words) == [words]


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_is_finite(number: float) -> None:
    server = knowing("number_input", data_type=NumberInput.FLOAT)
    assert not left(server, state("double_value", number))
    assert not left(knowing("slider"), state("double_array_value", [0.5, number]))


@pytest.mark.parametrize("kind", ["text_area", "text_input"])
def test_a_text_is_as_long_as_its_box(kind: str) -> None:
    short, long = state("string_value", "x" * 20), state("string_value", "x" * 21)
    assert left(knowing(kind, max_chars=20), long, short) == [short]
    longer = state("string_value", "x" * (asked.LONGEST + 1))
    assert left(knowing(kind), longer, long) == [long]
    assert left(knowing(kind, max_chars=asked.LONGEST + 1), longer) == [longer]
    assert not left(knowing("multiselect"), state("string_array_value", ["x"] * 200_000))


@pytest.mark.parametrize(
    "text",
    ["", "{", "5", '"x"', "[]", "NaN", '{"a": NaN}', '{"a": Infinity}', DEEP, "[" * 9999],
)
def test_a_component_says_a_mapping(text: str) -> None:
    assert not left(knowing("bidi_component"), state("json_value", text))


@pytest.mark.parametrize("text", ["", "{", "5", '"x"', "{}", "[NaN]", "9" * 5000, "[" * 9999])
def test_what_is_clicked_in_a_component_is_a_list(text: str) -> None:
    click = state("json_trigger_value", '[{"event": "pick", "value": "é"}]', EVENTS)
    server = knowing("bidi_component")
    assert left(server, click, state("json_trigger_value", text, EVENTS)) == [click]


@pytest.mark.parametrize("kind", ["dataframe", "plotly_chart"])
@pytest.mark.parametrize(
    "said", ["", "{", "5", "{}", '{"selection": 5}', '{"selection": {"x": 3}}']
)
def test_a_selection_is_one(kind: str, said: str) -> None:
    assert not left(knowing(kind), state("string_value", said))


def test_what_was_never_told_of_passes() -> None:
    """It may be older than this process; Streamlit has no widget for it either."""
    unknown = state("int_value", 5, "$$ID-1-other")
    assert left(knowing("checkbox"), unknown) == [unknown]
    assert len(left(Asked(), *[unknown] * 5000)) == asked.MOST_WIDGETS


def test_what_is_told_last_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "REMEMBERED", 2)
    server, wrong = Asked(), list[WidgetState]()
    for number in range(3):
        told = ForwardMsg()
        told.delta.new_element.checkbox.id = f"$$ID-{number}-key"
        server.learn(told)
        wrong.append(state("string_value", "x", f"$$ID-{number}-key"))
    assert left(server, *wrong) == wrong[:1]


def test_only_what_pages_need_is_asked_besides() -> None:
    files, many = BackMsg(), BackMsg()
    files.file_urls_request.file_names.extend(["a.txt"] * 3)
    many.file_urls_request.file_names.extend(["a.txt"] * (asked.MOST_FILES + 1))
    made, foreign, skills = BackMsg(), BackMsg(), BackMsg()
    made.backend_operation_request.deferred_file.file_id = "made"
    foreign.backend_operation_request.deferred_file.file_id = "foreign"
    skills.backend_operation_request.install_skills.SetInParent()
    plain = [BackMsg(stop_script=True), BackMsg(app_heartbeat=True), files, made]
    developers = [
        BackMsg(clear_cache=True),  # of everybody
        BackMsg(load_git_info=True),
        BackMsg(set_run_on_save=True),
        BackMsg(debug_shutdown_runtime=True),
        BackMsg(debug_disconnect_websocket=True),
        BackMsg(),
        many,
        foreign,
        skills,
    ]
    server = knowing("download_button", deferred_file_id="made")
    assert all(map(server.refine, plain))
    assert not any(map(server.refine, developers))
