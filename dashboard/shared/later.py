"""What is made on a click of a download: in a thread of the server's, outside of any script.

There Streamlit knows neither the session nor its language: a file would be French for everybody,
and the report of an hour empty. `in_session` takes both along.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

T = TypeVar("T")


def in_session(make: Callable[[], T]) -> Callable[[], T]:
    """The same function, which sees the session that has asked for it wherever it is called."""
    asked_by = get_script_run_ctx(suppress_warning=True)

    def made() -> T:
        found: Future[T] = Future()

        def work() -> None:
            try:
                found.set_result(make())
            except BaseException as error:
                found.set_exception(error)

        thread = threading.Thread(target=work, name="download", daemon=True)
        add_script_run_ctx(thread, asked_by)
        thread.start()
        return found.result()

    return made
