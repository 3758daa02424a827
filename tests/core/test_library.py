import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from moliere_core.cli import main
from moliere_core.corpus import download, edition, formats, library, load_corpus, tei
from moliere_core.corpus.edition import Edition
from moliere_core.corpus.markup import parse_xml
from moliere_core.errors import CorpusError
from tests.patience import PATIENCE

CSV = b"play_name,cue\navare,Au voleur !\nscapin,Que diable ?\n"
TEI = "<TEI><text><body><sp><l>{}</l></sp></body></text></TEI>"

Answer = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A web server of this test: what it answers at each path, and how often it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.answers.get(self.path, not_found)(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def gives(
        self, path: str, body: bytes, length: int | None = None, chunks: int = 1, pause: float = 0
    ) -> str:
        """Answer with `body`; `length` is what is announced, -1 for nothing."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            announced = len(body) if length is None else length
            if announced >= 0:
                request.send_header("Content-Length", str(announced))
            request.end_headers()
            size = -(-len(body) // chunks)
            try:
                for start in range(0, len(body), size):
                    request.wfile.write(body[start : start + size])
                    request.wfile.flush()
                    time.sleep(pause)
            except OSError:  # the reader has had enough
                pass

        self.answers[path] = answer
        return self.url + path

    def sends_on(self, path: str, target: str) -> str:
        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(302)
            request.send_header("Location", target)
            request.send_header("Content-Length", "0")
            request.end_headers()

        self.answers[path] = answer
        return self.url + path


def not_found(request: BaseHTTPRequestHandler) -> None:
    request.send_error(404)


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path))
    monkeypatch.delenv("MOLIERE_CORPUS", raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(download, "BACKOFF", 0)
    return tmp_path


def files(home: Path) -> list[str]:
    """All that is kept, temporary files included."""
    return sorted(path.name for path in home.rglob("*") if path.is_file())


# Fetching


def test_what_is_fetched_is_kept_described_and_read_without_the_network(
    site: Site, home: Path
) -> None:
    url = site.gives("/pieces.csv", CSV)
    steps: list[tuple[int, int | None]] = []
    entry = library.fetch(url, lambda done, total: steps.append((done, total)))
    assert steps[-1] == (len(CSV), len(CSV))
    assert entry.id == library.identifier(url)
    assert entry.id.startswith("url-")
    assert (entry.name, entry.url, entry.size) == ("pieces.csv", url, len(CSV))
    assert len(files(home)) == 2
    site.server.shutdown()
    for source in (entry.id, url):
        corpus = load_corpus(source)
        assert corpus.plays == ("avare", "scapin")
        assert corpus.source == url
    assert library.entries() == [entry]
    assert site.asked == ["/pieces.csv"]
    library.remove(entry.id)
    assert files(home) == []
    with pytest.raises(CorpusError, match="not on this machine"):
        load_corpus(entry.id)


def test_an_address_given_as_a_corpus_is_fetched_once(site: Site) -> None:
    url = site.gives("/a.csv", CSV)
    assert load_corpus(url).plays == load_corpus(url).plays
    assert site.asked == ["/a.csv"]


def test_redirections_are_followed(site: Site) -> None:
    target = site.gives("/b.csv", CSV)
    assert library.fetch(site.sends_on("/a.csv", target)).size == len(CSV)
    with pytest.raises(CorpusError, match="cannot be read"):
        library.fetch(site.sends_on("/turn", "/turn"))
    with pytest.raises(CorpusError, match="cannot be read"):
        library.fetch(site.sends_on("/file", "file:///etc/passwd"))


@pytest.mark.parametrize(
    ("body", "length", "message"),
    [
        (CSV[:30], len(CSV), "the transfer breaks off"),  # announced more than it sends
        (b"<!DOCTYPE html><html>Page not found</html>", None, "a web page"),
        (b"", None, "empty"),
        (b"titre,texte\na,b\n", None, "no column 'play_name'"),
        (TEI[:20].encode(), None, "not well-formed XML"),
        (CSV, 10**12, "larger than"),
    ],
)
def test_what_is_broken_is_not_kept(
    site: Site, home: Path, body: bytes, length: int | None, message: str
) -> None:
    url = site.gives("/a.csv", body, length)
    with pytest.raises(CorpusError, match=message):
        library.fetch(url)
    assert files(home) == []


def test_a_file_that_grows_beyond_the_limit_is_let_go(
    site: Site, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "MAX_BYTES", 1_000)
    url = site.gives("/a.txt", b"x" * 5_000, length=-1)
    with pytest.raises(CorpusError, match="larger than"):
        library.fetch(url)
    assert files(home) == []


def test_a_transfer_that_breaks_off_once_is_tried_again(site: Site) -> None:
    url = site.gives("/a.csv", CSV[:30], len(CSV))
    broken = site.answers["/a.csv"]

    def first_broken(request: BaseHTTPRequestHandler) -> None:
        if len(site.asked) > 1:
            site.gives("/a.csv", CSV)
            site.answers["/a.csv"](request)
        else:
            broken(request)

    site.answers["/a.csv"] = first_broken
    assert library.fetch(url).size == len(CSV)
    assert site.asked == ["/a.csv"] * 2


def test_a_server_in_trouble_is_asked_again(site: Site) -> None:
    url = site.gives("/a.csv", CSV)
    good = site.answers["/a.csv"]
    site.answers["/a.csv"] = lambda r: good(r) if len(site.asked) > 2 else r.send_error(503)
    assert library.fetch(url).size == len(CSV)
    site.answers["/b.csv"] = lambda r: r.send_error(503)
    with pytest.raises(CorpusError, match="HTTP 503"):
        library.fetch(site.url + "/b.csv")


def test_no_such_file_is_asked_for_once(site: Site) -> None:
    with pytest.raises(CorpusError, match="HTTP 404"):
        library.fetch(site.url + "/absent.csv")
    assert site.asked == ["/absent.csv"]


def test_silence_ends(site: Site, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "READ_SECONDS", 0.2)
    monkeypatch.setattr(download, "ATTEMPTS", 1)
    url = site.gives("/a.csv", CSV, chunks=2, pause=2)
    with pytest.raises(CorpusError, match="cannot be read"):
        library.fetch(url)
    assert files(home) == []


@pytest.mark.parametrize("length", [None, -1])
def test_a_trickle_ends(
    site: Site, home: Path, monkeypatch: pytest.MonkeyPatch, length: int | None
) -> None:
    """Bytes that keep coming defeat a limit of silence; without a length, an end looks whole."""
    monkeypatch.setattr(download, "MAX_SECONDS", 0.3)
    url = site.gives("/a.csv", CSV * 20, length, chunks=200, pause=0.05)
    with pytest.raises(CorpusError, match="no answer in time"):
        library.fetch(url)
    assert files(home) == []


def test_giving_up_keeps_nothing(site: Site, home: Path) -> None:
    class Left(BaseException):
        pass

    def leave(done: int, total: int | None) -> None:
        raise Left

    with pytest.raises(Left):
        library.fetch(site.gives("/a.csv", CSV), leave)
    assert files(home) == []


@pytest.mark.parametrize(
    "url", ["http://[bad", "http://exa\u2100mple.org/a", "http://a:99999/b", "http://a/\ud800"]
)
def test_what_is_no_address_is_one_sentence(url: str) -> None:
    with pytest.raises(CorpusError, match="is no address"):
        library.fetch(url)


# No network


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:1/a.csv", "refuses the connection"),
        ("http://nowhere.invalid/a.csv", "no such server, or no network"),
        ("http://a..b/a.csv", "no such server"),
        ("http:///a.csv", "InvalidURL"),
    ],
)
def test_no_network_is_one_sentence_that_leaves_the_embedded_plays(
    url: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up = socket.getaddrinfo

    def known(host: str, *args: Any, **options: Any) -> Any:
        if host == "nowhere.invalid":  # some networks answer for every name
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return look_up(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", known)
    with pytest.raises(CorpusError, match=reason) as caught:
        library.fetch(url)
    assert "embedded corpus" in str(caught.value)
    assert load_corpus("embedded").plays


def test_a_name_that_is_looked_up_for_ever_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asleep = threading.Event()

    def create_connection(*_: Any) -> None:
        asleep.wait(PATIENCE)
        raise OSError

    monkeypatch.setattr(socket, "create_connection", create_connection)
    monkeypatch.setattr(download, "CONNECT_SECONDS", 0.1)
    with pytest.raises(CorpusError, match="no answer in time"):
        library.fetch("http://slow.invalid/a.csv")
    assert not asleep.is_set()  # it still sleeps, and nobody waits for it
    asleep.set()


# Trust


def test_another_content_than_the_first_time_is_refused(site: Site) -> None:
    url = site.gives("/a.csv", CSV)
    entry = library.fetch(url)
    assert library.fetch(url) == entry
    site.gives("/a.csv", CSV.replace(b"voleur", b"feu"))
    with pytest.raises(CorpusError, match="another content"):
        library.fetch(url)
    assert load_corpus(entry.id).text().startswith("Au voleur")
    library.remove(entry.id)
    assert library.fetch(url).sha256 != entry.sha256


def test_a_copy_that_changed_on_disk_is_not_read_and_is_mended(site: Site, home: Path) -> None:
    url = site.gives("/a.csv", CSV)
    entry = library.fetch(url)
    path = home / "corpora" / "fetched" / entry.file
    path.write_bytes(CSV[:-5])
    with pytest.raises(CorpusError, match="has changed"):
        load_corpus(entry.id)
    library.fetch(url)
    assert path.read_bytes() == CSV
    path.unlink()
    with pytest.raises(CorpusError, match="not on this machine"):
        load_corpus(entry.id)


@pytest.mark.parametrize("text", ["{", "[]", '{"id": "x"}', '{"absent": []}'])
def test_a_description_that_is_none_is_passed_over(site: Site, home: Path, text: str) -> None:
    entry = library.fetch(site.gives("/a.csv", CSV))
    (home / "corpora" / "fetched" / f"{entry.id}.json").write_text(text, encoding="utf-8")
    assert library.entries() == []


def test_a_description_cannot_name_a_file_elsewhere(site: Site, home: Path) -> None:
    entry = library.fetch(site.gives("/a.csv", CSV))
    path = home / "corpora" / "fetched" / f"{entry.id}.json"
    document = json.loads(path.read_text(encoding="utf-8")) | {"file": "../../../etc/passwd"}
    path.write_text(json.dumps(document), encoding="utf-8")
    assert library.entry(entry.id) is None


def test_a_password_in_an_address_is_not_kept(site: Site, home: Path) -> None:
    site.gives("/a.csv", CSV)
    entry = library.fetch(site.url.replace("//", "//ami:secret@") + "/a.csv")
    assert entry.id == library.identifier(site.url + "/a.csv")
    kept = (home / "corpora" / "fetched" / f"{entry.id}.json").read_text(encoding="utf-8")
    assert "secret" not in kept


@pytest.mark.parametrize("name", ["", "cours", "ftp://a/b.csv", "file:///etc/passwd", "../course"])
def test_what_is_no_source(name: str) -> None:
    with pytest.raises(CorpusError, match="no source that can be fetched"):
        library.fetch(name)


# The TEI edition


@pytest.fixture
def small_edition(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    plays = {"moliere_avare": "avare", "moliere_psyche": "psyche", "moliere_etourdi": "etourdi"}
    monkeypatch.setattr(edition, "PLAYS", plays)
    small = Edition("moliere-tei.zip", site.url, tuple(plays))
    monkeypatch.setitem(library.EDITIONS, "tei", small)
    for name in plays:
        site.gives(f"/{name}.xml", TEI.format(name).encode())
    return site


def test_the_edition_is_one_corpus_of_many_files(small_edition: Site) -> None:
    steps: list[tuple[int, int | None]] = []
    entry = library.fetch("tei", lambda done, total: steps.append((done, total)))
    assert steps == [(0, 3), (1, 3), (2, 3), (3, 3)]
    corpus = load_corpus("tei")
    assert corpus.plays == ("avare", "psyche", "etourdi")
    assert corpus.source == "tei"
    assert library.fetch("tei") == entry  # the same files, the same bytes


def test_what_arrives_is_parsed_once(small_edition: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    pieces: list[str] = []

    def counted(data: bytes, name: str, *args: Any, **options: Any) -> formats.Parsed:
        parsed.append(name)
        return formats.read_bytes(data, name, *args, **options)

    def counted_xml(data: bytes, name: str, *args: Any) -> Element:
        pieces.append(name)
        return parse_xml(data, name, *args)

    monkeypatch.setattr(library, "read_apart", counted)
    monkeypatch.setattr(tei, "parse_xml", counted_xml)
    library.fetch("tei")
    assert load_corpus("tei").plays == ("avare", "psyche", "etourdi")
    assert pieces == [f"moliere_{play}.xml" for play in ("avare", "psyche", "etourdi")]
    load_corpus(small_edition.gives("/racine.csv", CSV))
    load_corpus(library.keep_upload(CSV, "mine.csv").id)
    assert parsed == ["moliere-tei.zip", "racine.csv", "mine.csv"]


def test_a_play_that_the_server_lacks_is_said(small_edition: Site) -> None:
    del small_edition.answers["/moliere_psyche.xml"]
    library.fetch("tei")
    corpus = load_corpus("tei")
    assert corpus.plays == ("avare", "etourdi")
    assert [str(note) for note in corpus.notes] == [
        "moliere_psyche.xml is left out: its server lacks it"
    ]


def test_an_edition_of_which_a_file_is_broken_is_not_kept(small_edition: Site, home: Path) -> None:
    small_edition.gives("/moliere_etourdi.xml", b"<html>Repos</html>")
    with pytest.raises(CorpusError, match="a web page"):
        library.fetch("tei")
    small_edition.answers.clear()
    with pytest.raises(CorpusError, match="HTTP 404"):
        library.fetch("tei")
    assert files(home) == []


def test_corneille_is_an_edition_of_his_own(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    here = replace(library.EDITIONS["corneille"], address=site.url)
    monkeypatch.setitem(library.EDITIONS, "corneille", here)
    for name in edition.CORNEILLE.plays[1:]:
        site.gives(f"/{name}.xml", TEI.format(name).encode())
    entry = library.fetch("corneille")
    assert (entry.id, entry.name, entry.source) == ("corneille", "corneille-tei.zip", "corneille")
    assert entry.absent == ("corneillep-cid.xml",)
    assert len(load_corpus("corneille").plays) == len(edition.CORNEILLE.plays) - 1 == 14


def test_the_edition_has_the_validation_plays_under_their_names() -> None:
    assert {"ecole-des-maris", "medecin-malgre-lui"} <= set(edition.PLAYS.values())
    assert len(set(edition.PLAYS.values())) == len(edition.PLAYS) == 32


# Files that people give


def test_a_file_is_kept_under_an_identifier_that_nobody_guesses(home: Path) -> None:
    one = library.keep_upload(CSV, "C:\\Users\\moi\\racine.csv")
    two = library.keep_upload(CSV, "racine.csv")
    assert one.id != two.id
    assert one.id.startswith("file-")
    assert len(one.id) >= 37  # 128 bits
    assert one.name == "racine.csv"
    corpus = load_corpus(one.id)
    assert corpus.plays == ("avare", "scapin")
    assert one.id not in corpus.source
    assert library.entries() == []  # nothing lists them


def test_a_file_that_cannot_be_read_is_not_kept(home: Path) -> None:
    with pytest.raises(CorpusError, match="a PDF document"):
        library.keep_upload(b"%PDF", "a.csv")
    with pytest.raises(CorpusError, match="larger than 1 MB"):
        library.keep_upload(b"x" * 2_000_000, "a.txt", most_bytes=1_000_000)
    assert files(home) == []


def test_files_make_room_for_others(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ages = [library.UPLOAD_SECONDS + 10, 30.0, 20.0]
    kept = [library.keep_upload(CSV, f"{i}.csv") for i in range(3)]
    now = time.time()
    for entry, age in zip(kept, ages, strict=True):
        path = home / "corpora" / "uploads" / f"{entry.id}.json"
        os.utime(path, (now - age, now - age))
    library.keep_upload(CSV, "3.csv")
    assert [library.entry(entry.id) is not None for entry in kept] == [False, True, True]
    monkeypatch.setattr(library, "MAX_UPLOADS_BYTES", 3 * len(CSV))
    load_corpus(kept[1].id)  # read just now: the other one is older
    library.keep_upload(CSV, "4.csv")
    assert [library.entry(entry.id) is not None for entry in kept] == [False, True, False]
    with pytest.raises(CorpusError, match="give it again"):
        load_corpus(kept[0].id)


@pytest.mark.parametrize("text", ["file-../../x", "file-0", "url-0", "tei2", "", "FILE-0"])
def test_what_is_no_identifier(text: str) -> None:
    assert not library.is_identifier(text)
    assert library.entry(text) is None


# The command


def call(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    assert main(["corpus", *args, "--json"]) == 0
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    return result


def test_the_command_fetches_lists_reads_and_deletes(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = {"plays", "cues", "chars", "vocab_size", "source"}
    url = site.gives("/a.csv", CSV)
    fetched = call(capsys, "fetch", url)
    assert set(fetched) == counts | {"name", "url", "size", "sha256", "date"}
    assert (fetched["plays"], fetched["source"], fetched["size"]) == (2, url, len(CSV))
    assert call(capsys, fetched["name"]) == {key: fetched[key] for key in counts}
    listed = call(capsys)
    assert set(listed) == counts | {"corpora"}
    assert listed["source"] == "embedded"
    known = {item["name"]: item["fetched"] for item in listed["corpora"]}
    assert known == {fetched["name"]: True, "course": False, "tei": False, "corneille": False}
    assert call(capsys, "remove", url) == {"removed": fetched["name"]}
    assert len(call(capsys)["corpora"]) == 3
    assert main(["corpus"]) == 0
    assert "not fetched" in capsys.readouterr().out


@pytest.mark.parametrize(
    "args", [["fetch", "nothing"], ["fetch"], ["course"], ["remove", "course"], ["a", "b", "c"]]
)
def test_a_wrong_command_is_one_line(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corpus", *args]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert captured.err.count("\n") == 1


def test_notes_go_to_standard_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("play_name;cue\navare;Été\n".encode("cp1252"))
    assert main(["corpus", str(path), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["cues"] == 1
    assert captured.err.startswith("note: a.csv is not in UTF-8")
