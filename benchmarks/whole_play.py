"""The bits of a whole play by a pretrained model, and the memory that the worker takes for it.

    python -m benchmarks.whole_play hf:google/gemma-3-270m PLAY.txt

Not among the tables of `python -m benchmarks`: the large models are fetched by whoever wants to.
"""

import sys
import time
from pathlib import Path

from moliere_core import pretrained
from moliere_core.pretrained import client

LOOK = 0.5  # seconds between two looks at the worker


def peak_megabytes(pid: int) -> int:
    """The most that a process has held so far; 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) // 1000 for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return 0


def main(reference: str, file: str) -> None:
    text = Path(file).read_text(encoding="utf-8")
    began, peak = time.perf_counter(), 0
    request = pretrained.score(reference, text)
    while not request.wait(LOOK):
        pid = client.shared().pid
        peak = max(peak, peak_megabytes(pid) if pid else 0)
    found = request.result()
    seconds = time.perf_counter() - began
    print(
        f"{reference}: {found.bits_per_char:.3f} bits per character of {found.chars:,}, "
        f"{found.tokens:,} tokens, {seconds:.0f} s, {peak:,} MB at most"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
