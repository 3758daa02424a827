"""What a browser of ours may ask of the server; what it would not, Streamlit never hears of.

A browser speaks to its session by a websocket, and whoever writes by hand may say anything there.
Streamlit 1.67 believes it: a value of another kind than its widget's is a traceback, anybody clears
the caches of everybody, and a request for two hundred thousand addresses of files holds the server
for two seconds. `Asked` learns from what browsers are told which widgets there are, and leaves of
what they ask what such widgets say. A widget that was never told of passes: it may be older than
this process, and Streamlit does nothing with it.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Iterable
from typing import Any, NamedTuple

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState

from dashboard.server.rates import Rate
from moliere_core.system import records
from moliere_core.system.records import DamagedError

MOST_WIDGETS = 1_000  # of which a page has less than a hundred
MOST_FILES = 1_000  # that somebody uploads at once
LONGEST = 100_000  # characters of a value whose widget has no limit of its own
DEEPEST = 20  # brackets within brackets of what a component says
NOTES = (10, 0.1)  # lines of the log about what was left out: at once, and a second
REMEMBERED = 50_000  # widgets, some megabytes; the one told of first is forgotten first
EVENTS = "$$STREAMLIT_INTERNAL_KEY_{id}__events"  # a component's second widget: what is clicked

_LOGGER = logging.getLogger(__name__)

# The kind of value that each kind of widget has: names of the fields of `WidgetState`, as browsers
# fill them. Two kinds have two, see `_value`.
_VALUES = {
    "bidi_component": "json_value",
    "button": "trigger_value",
    "button_group": "string_array_value",
    "checkbox": "bool_value",
    "dataframe": "string_value",
    "download_button": "trigger_value",
    "file_uploader": "file_uploader_state_value",
    "multiselect": "string_array_value",
    "number_input": "double_value",
    "plotly_chart": "string_value",
    "selectbox": "string_value",
    "slider": "double_array_value",
    "text_area": "string_value",
    "text_input": "string_value",
    # Blocks, where a page hears of them.
    "dialog": "trigger_value",
    "expandable": "bool_value",
    "popover": "bool_value",
    "tab_container": "string_value",
}


class _Known(NamedTuple):
    """A widget.

    Attributes:
        value: the field of `WidgetState` that it fills.
        selects: whether that is a selection in a table or a figure, as JSON.
        longest: characters, at most.
    """

    value: str
    selects: bool = False
    longest: int = LONGEST


class Asked:
    """What browsers may ask.

    An identifier of Streamlit's is a hash of what its widget is: one list serves all sessions.
    """

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._made: dict[str, None] = {}  # identifiers of files that are made on a click
        self._notes = Rate(*NOTES)
        self._lock = threading.Lock()

    def learn(self, told: ForwardMsg) -> None:
        """Note the widget that a browser is told of, if it is one."""
        if not told.HasField("delta"):
            return
        delta = told.delta
        drawn = delta.new_element if delta.HasField("new_element") else delta.add_block
        kind = drawn.WhichOneof("type")
        if kind is None or kind not in _VALUES:
            return
        widget: Any = getattr(drawn, kind)
        longest = widget.max_chars if kind in ("text_area", "text_input") else 0
        selects = kind in ("dataframe", "plotly_chart")
        known = _Known(_value(kind, widget), selects, longest or LONGEST)
        with self._lock:
            _remember(self._known, widget.id, known)
            if kind == "bidi_component":
                events = known._replace(value="json_trigger_value")
                _remember(self._known, EVENTS.format(id=widget.id), events)
            if kind == "download_button" and widget.deferred_file_id:
                _remember(self._made, widget.deferred_file_id, None)

    def refine(self, asked: BackMsg) -> bool:
        """Take out of what is asked the values that no widget has.

        Returns:
            Whether anything is left that a browser of ours asks.
        """
        match asked.WhichOneof("type"):
            case "rerun_script":
                if asked.rerun_script.HasField("widget_states"):
                    self._refine_values(asked.rerun_script.widget_states.widgets)
                return True
            case "file_urls_request":
                return len(asked.file_urls_request.file_names) <= MOST_FILES
            case "backend_operation_request":
                return asked.backend_operation_request.deferred_file.file_id in self._made
            case "stop_script" | "app_heartbeat":
                return True
        return False  # git, caches, debugging: the toolbar of a developer

    def _refine_values(self, said: Any) -> None:
        del said[MOST_WIDGETS:]
        kept = [state for state in said if self._allows(state)]
        if len(kept) < len(said):
            if self._notes.allows(""):
                _LOGGER.warning("%d values that no widget says: left out", len(said) - len(kept))
            copies = [WidgetState.FromString(state.SerializeToString()) for state in kept]
            del said[:]
            said.extend(copies)

    def _allows(self, state: WidgetState) -> bool:
        """Whether its widget may have said this."""
        said, known = state.WhichOneof("value"), self._known.get(state.id)
        if known is None or said is None:  # None: it was emptied
            return True
        if said != known.value:
            return False
        value: Any = getattr(state, said)
        match said:
            case "double_value":
                return math.isfinite(value)
            case "double_array_value":
                return all(map(math.isfinite, value.data))
            case "string_array_value":
                return sum(map(len, value.data)) <= known.longest
            case "string_value" | "json_value" | "json_trigger_value":
                short = len(value) <= known.longest
                plain = said == "string_value" and not known.selects
                return short and (plain or _is_told(value, said, known.selects))
        return True


def _value(kind: str, widget: Any) -> str:
    """The field of `WidgetState` that a browser fills for this widget."""
    if kind == "slider" and widget.type == Slider.SELECT_SLIDER:
        return "string_array_value"
    if kind == "number_input" and widget.data_type == NumberInput.INT:
        return "int_value"  # though the server registers "double_value"
    return _VALUES[kind]


def _remember(store: dict[str, Any], name: str, known: Any) -> None:
    store.pop(name, None)
    store[name] = known
    if len(store) > REMEMBERED:
        del store[next(iter(store))]


def _is_told(text: str, said: str, selects: bool) -> bool:
    """Whether this is JSON such as components tell, or such as says what is selected."""
    try:
        document = records.parse(text)
    except DamagedError:
        return False
    if said == "json_trigger_value":
        whole = isinstance(document, list)
    elif selects:
        selection = document.get("selection") if isinstance(document, dict) else None
        places = selection.values() if isinstance(selection, dict) else (None,)
        whole = all(isinstance(place, list) for place in places)
    else:
        whole = isinstance(document, dict)
    level = [document]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
    return whole and not level


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
