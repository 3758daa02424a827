"""Download one file: retries, progress, limits; all of it or nothing.

requests and urllib3 do the work. `pooch` was looked at: it is well kept, but it knows no limit of
size or time, tells no network from no file, and expects checksums that are known in advance, where
here the first download sets them.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from moliere_core import __version__
from moliere_core.corpus.archive import too_large
from moliere_core.errors import N_, CorpusError

CONNECT_SECONDS = 2.0  # name, connection: without a network the answer is there by then
READ_SECONDS = 20.0  # of silence
MAX_SECONDS = 300.0  # for one file
ATTEMPTS = 3  # where a transfer breaks off
BACKOFF = 0.3  # seconds before the second retry of a server in trouble; then twice that
CHUNK = 65_536

BytesProgress = Callable[[int, int | None], None]
"""Called with what is done and with what there is in all, None where the server does not say."""


class Downloader:
    """A session that downloads files from one or more addresses; use it in a `with`.

    A caller may raise from `progress` to give up: nothing has been kept.
    """

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.max_redirects = 5
        # Lengths are told, and nothing swells, where nothing is compressed on the way.
        self._session.headers.update(
            {"User-Agent": f"moliere/{__version__}", "Accept-Encoding": "identity"}
        )
        retry = Retry(
            total=ATTEMPTS,
            connect=1,
            read=1,
            backoff_factor=BACKOFF,
            status_forcelist=(429, 500, 502, 503, 504),
            raise_on_status=False,
            respect_retry_after_header=False,  # it may ask for an hour
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))
        self._reached: set[str] = set()

    def __enter__(self) -> Downloader:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(self, url: str, most_bytes: int, progress: BytesProgress | None = None) -> bytes:
        """The content at an address.

        Args:
            url: http or https.
            most_bytes: limit of the size.
            progress: called with bytes.

        Raises:
            CorpusError: no network, within `CONNECT_SECONDS`; no such file; too large; too slow;
                a transfer that breaks off each time.
            FileNotFoundError: the server says that there is no such file (404 or 410).
        """
        try:
            self._reach(url)
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    return self._transfer(url, most_bytes, progress)
                except (requests.exceptions.ChunkedEncodingError, HTTPError):
                    if attempt == ATTEMPTS:
                        raise
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            if isinstance(error, FileNotFoundError):
                raise
            raise _unreadable(url, error) from error
        raise AssertionError  # the last attempt returns or raises

    def _reach(self, url: str) -> None:
        """Connect once, in a thread: looking a name up knows no time limit of its own."""
        proxy = select_proxy(url, get_environ_proxies(url, no_proxy=None))
        parts = urlsplit(proxy or url)
        host, port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
        if not host:
            raise requests.exceptions.InvalidURL
        if host in self._reached:
            return
        failure: list[OSError | UnicodeError] = [TimeoutError()]

        def connect() -> None:
            try:
                socket.create_connection((host, port), CONNECT_SECONDS / 2).close()
            except (OSError, UnicodeError) as error:  # a name that is none raises UnicodeError
                failure[0] = error
            else:
                failure.clear()

        thread = threading.Thread(target=connect, daemon=True)
        thread.start()
        thread.join(CONNECT_SECONDS)
        if failure:
            raise failure[0]
        self._reached.add(host)

    def _transfer(self, url: str, most_bytes: int, progress: BytesProgress | None) -> bytes:
        data = bytearray()
        late = threading.Event()
        timeout = (CONNECT_SECONDS, READ_SECONDS)
        with self._session.get(url, stream=True, timeout=timeout) as response:
            if response.status_code in (404, 410):
                raise FileNotFoundError(url)
            response.raise_for_status()
            announced = response.headers.get("Content-Length", "")
            total = int(announced) if announced.isdigit() else None
            if total is not None and total > most_bytes:
                raise too_large(url, most_bytes)

            def end() -> None:
                late.set()
                response.raw.shutdown()  # wakes up a read that a trickle of bytes keeps busy

            timer = threading.Timer(MAX_SECONDS, end)
            timer.daemon = True
            timer.start()
            try:
                for chunk in response.iter_content(CHUNK):
                    data += chunk
                    if len(data) > most_bytes:
                        raise too_large(url, most_bytes)
                    if progress:
                        progress(len(data), total)
            except (requests.RequestException, HTTPError):
                if not late.is_set():
                    raise
            finally:
                timer.cancel()
        if late.is_set():
            raise TimeoutError
        return bytes(data)


def without_credentials(url: str) -> str:
    """An address that can be shown: without the user and the password that it may hold.

    Raises:
        CorpusError: it is no address.
    """
    try:
        parts = urlsplit(url)
        _number = parts.port  # which urlsplit has not looked at
        url.encode()
    except ValueError as error:
        shown = url.encode(errors="replace").decode()
        raise CorpusError(
            "{url!r} is no address: look at its brackets, its port and its letters", url=shown
        ) from error
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def missing(url: str) -> CorpusError:
    """What to say of a `FileNotFoundError`."""
    return _unreadable(url, None, "HTTP 404")


def _unreadable(url: str, error: Exception | None, reason: str = "") -> CorpusError:
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status:
        reason = f"HTTP {status}"
    elif isinstance(error, TimeoutError | requests.Timeout):
        reason = N_("no answer in time")
    elif isinstance(error, socket.gaierror | UnicodeError):
        reason = N_("no such server, or no network")
    elif isinstance(error, ConnectionRefusedError):
        reason = N_("the server refuses the connection")
    elif isinstance(error, requests.exceptions.ChunkedEncodingError | HTTPError):
        reason = N_("the transfer breaks off")
    elif isinstance(error, OSError) and not isinstance(error, requests.RequestException):
        reason = N_("no network")
    return CorpusError(
        "{url} cannot be read ({reason}): "
        "check the address and the network, or use the embedded corpus",
        url=without_credentials(url),
        reason=reason or type(error).__name__,
    )
