"""Reading takes time that goes by the length of what is read.

Work is counted in calls of functions, where Python is slow, and otherwise bounded by a limit that
only the square of a length, or worse, could pass: no result depends on the machine.
"""

from __future__ import annotations

import ast
import importlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from moliere_core.corpus import apart
from moliere_core.corpus.apart import read_apart
from moliere_core.corpus.formats import read_bytes
from moliere_core.errors import CorpusError
from moliere_core.text import rhyme, syllables

ROOT = Path(__file__).parents[2]
PATIENCE = 120  # seconds of processor; what is asked for takes some twenty
FUNCTIONS = {
    "compile",
    "search",
    "match",
    "fullmatch",
    "split",
    "findall",
    "finditer",
    "sub",
    "subn",
}
# Where patterns are made as they are used, of nothing that anybody gives: names and signs of ours,
# a length, and tables, whose patterns `of_tables` gives.
MADE_IN_PLACE = {
    "dashboard/shared/paper.py",
    "moliere_core/pretrained/fetch_worker.py",
    "moliere_core/runs/run.py",
    "moliere_core/text/rhyme.py",
    "moliere_core/text/syllables.py",
}
# What is matched against texts of our own alone, or of Streamlit's.
OF_OURS = {"<script>(.*?)</script>"}


# Regular expressions


Probe = tuple[str, str, int, bool, bool]
"""Its place, the pattern, its flags, whether it is of bytes, whether it is looked for anywhere."""


def every_pattern() -> list[Probe]:
    """The regular expressions of the product."""
    found: list[Probe] = []
    made: set[str] = set()
    for path in sorted([*ROOT.glob("moliere_core/**/*.py"), *ROOT.glob("dashboard/**/*.py")]):
        place = path.relative_to(ROOT).as_posix()
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
        named = {
            id(node.value): ast.unparse(node.targets[0])
            for node in tree.body
            if isinstance(node, ast.Assign)
        }
        for node in ast.walk(tree):
            if not (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and ast.unparse(node.func.value) == "re"
                and node.func.attr in FUNCTIONS
            ):
                continue
            pattern, name = node.args[0], named.get(id(node), "")
            uses = set(re.findall(rf"\b{name}\.(\w+)\(", source)) if name else {node.func.attr}
            anywhere = not uses or not uses <= {"match", "fullmatch"}
            if isinstance(pattern, ast.Constant):
                given = [*node.args[1:], *(k.value for k in node.keywords if k.arg == "flags")]
                value = pattern.value
                assert isinstance(value, str | bytes)
                text = value.decode("latin-1") if isinstance(value, bytes) else value
                flags = sum(map(_flags, given))
                at = f"{place}:{node.lineno}"
                found.append((at, text, flags, isinstance(value, bytes), anywhere))
            elif name:
                made_there = getattr(importlib.import_module(_module(place)), name)
                found.append(
                    (f"{place}:{name}", made_there.pattern, made_there.flags, False, anywhere)
                )
            else:
                made.add(place)
    assert made == MADE_IN_PLACE
    return [probe for probe in found + of_tables() if probe[1] not in OF_OURS]


def of_tables() -> list[Probe]:
    """The regular expressions that a file of rules holds."""

    def patterns(value: object) -> Iterator[re.Pattern[str]]:
        if isinstance(value, re.Pattern):
            yield value
        elif isinstance(value, tuple):
            for part in value:
                yield from patterns(part)

    rules = [*vars(syllables.rules()).values(), *vars(rhyme.sounds()).values()]
    return [("rules.toml", p.pattern, p.flags, False, True) for p in patterns(tuple(rules))]


def _module(place: str) -> str:
    return place.removesuffix(".py").replace("/", ".")


def _flags(argument: ast.expr) -> int:
    source = ast.unparse(argument)
    return int(eval(source, {"re": re})) if re.fullmatch(r"[re.A-Z| ]*re\.[A-Z]+", source) else 0


def probe(patterns: list[Probe], seconds: int) -> str:
    """The place of the pattern at which the processor's seconds were over, "done" for none."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.core.pattern_probe", str(seconds)],
        input=json.dumps(patterns),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    return (done.stdout.splitlines() or [done.stderr])[-1]


@pytest.mark.slow
def test_every_regular_expression_is_linear() -> None:
    pytest.importorskip("streamlit")  # the application's are looked at, too
    patterns = every_pattern()
    assert len(patterns) > 40
    assert probe(patterns, PATIENCE) == "done"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "is_bytes"),
    [
        (r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", True),  # as it was
        (r"(a|a)*b", False),
        (r"\s+et\s+|\s*,\s*", False),
        (r"[^']*a[^']*a[^']*a[^']*", False),
    ],
)
def test_the_probe_knows_a_slow_one(pattern: str, is_bytes: bool) -> None:
    assert probe([("slow", pattern, re.DOTALL, is_bytes, True)], 3) == "slow"


# Readers: what is twice as long is twice the work


SPEECH = "<sp who='#a'><speaker>A</speaker><l>Oui.</l></sp>"


def tei(body: str) -> bytes:
    return f"<TEI xml:lang='fr'><text><body>{body}</body></text></TEI>".encode()


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def small_files(count: int) -> bytes:
    return packed({f"{n}.csv": f"play_name,cue\np,Oui {n}\n".encode() for n in range(count)})


LONG: dict[str, Callable[[int], tuple[bytes, str]]] = {
    "plays of one name": lambda n: (
        f"<teiCorpus>{tei(SPEECH).decode() * n}</teiCorpus>".encode(),
        "a.xml",
    ),
    "speeches": lambda n: (tei(SPEECH * 3 * n), "a.xml"),
    "nested documents": lambda n: (
        b"<TEI><text><body>" * 30 + SPEECH.encode() * 3 * n + b"</body></text></TEI>" * 30,
        "a.xml",
    ),
    "breaks in a word": lambda n: (tei(f"<sp><p>{'a-<lb break=chr/>' * 4 * n}</p></sp>".replace(
        "chr", "'no'")), "a.xml"),
    "parentheses": lambda n: (tei(f"<sp><p>{'(à part) ' * 9 * n}</p></sp>"), "a.xml"),
    "a speaker in pieces": lambda n: (
        tei(f"<sp><speaker>{'A<lb/>' * 5 * n}</speaker><p>Oui</p></sp>"),
        "a.xml",
    ),
    "files": lambda n: (small_files(n // 8), "a.zip"),
    "rows": lambda n: (b"play_name,cue\n" + b"p,Oui\n" * 5 * n, "a.csv"),
    "plays": lambda n: (
        b"play_name,cue\n" + b"".join(b"p%d,Oui\n" % i for i in range(5 * n)),
        "a.csv",
    ),
    "marks that open nothing": lambda n: (b"play_name,cue\n" + b'p,"Oui\n' * 3 * n, "a.csv"),
    "rows that end in others": lambda n: (
        b"play_name,speaker,cue\n" + b'x",A,"y\n' * 3 * n + b"p,A,B\n",
        "a.csv",
    ),
    "one row of many lines": lambda n: (b'play_name,cue\np,"Oui' + b"\nnon" * 5 * n, "a.csv"),
}  # fmt: skip


def work(data: bytes, name: str) -> int:
    """How many functions are called to read a file, of Python and of C."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        read_bytes(data, name)
    except CorpusError:
        pass
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("name", LONG)
def test_twice_as_long_is_twice_the_work(name: str) -> None:
    make = LONG[name]
    short, long = work(*make(500)), work(*make(1_000))
    assert long < 2.2 * short + 2_000


MEGABYTES: dict[str, tuple[bytes, str]] = {
    "comments": (b"<!--" + b"--> <!--" * 500_000, "a.txt"),
    "marks upon a letter": (("a" + "\u0315" * 10**6 + "\u0316" * 10**6).encode(), "a.txt"),
    "blank rows": (b";\n" * 10**6 + b"play_name;cue\np;Oui\n", "a.csv"),
    "spaces": (b" " * 4_000_000 + b"<p>", "a.txt"),
    "a title of spaces": (
        f"<TEI><teiHeader><fileDesc><titleStmt><title>a{' ' * 10**6}b</title><author>"
        f"{'(a' * 500_000}</author></titleStmt></fileDesc></teiHeader>{SPEECH}</TEI>".encode(),
        "a.xml",
    ),
    "a speaker's name": (tei(f"<sp><speaker>{'A, (' * 500_000}</speaker><p>Oui</p></sp>"), "a.xml"),
    "a line": (tei(f"<sp><p>{'en aant ' * 300_000}{'. (' * 300_000}</p></sp>"), "a.xml"),
    "a wide row with marks": (
        b"play_name,cue" + b",c" * 4_900 + b"\n" + "«a,".encode() * 2 * 10**6,
        "a.csv",
    ),
    "a header": (b"play_name,cue" + b" " * 4_000_000 + b"\np,Oui\n", "a.csv"),
    "plays": LONG["plays of one name"](30_000),
    "speeches": (tei("<sp><p>a</p></sp>" * 150_000), "a.xml"),
    "files": (small_files(999), "a.zip"),
    "a bomb of another kind": (
        packed({f"{n}.txt": b"Oui. " * 90_000 for n in range(20)}, zipfile.ZIP_LZMA),
        "a.zip",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MEGABYTES)
def test_megabytes_end(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read or refused, for a reason: not for its time, with more of it than any machine takes."""
    monkeypatch.setattr(apart, "SECONDS", PATIENCE)
    monkeypatch.setattr(apart, "PATIENCE_SECONDS", 10 * PATIENCE)
    try:
        said = str(read_apart(*MEGABYTES[name]).columns["cue"][0])
    except CorpusError as refusal:
        said = str(refusal)
    assert said
    assert "could not be read within" not in said
