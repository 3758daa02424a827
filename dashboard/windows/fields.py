"""What the address of the Windows page holds."""

from __future__ import annotations

from dashboard.shared.state import Field, choice, clip, integer

VIEWS = ("slide", "streams", "batch", "start", "length", "variants", "compare")
LENGTHS = (12, 40, 60, 100, 150)  # the first to see it well, the others are the course's
SHIFTS = ("1", "5", "length")
LENGTH_SHIFT = "length"  # a window begins where the one before it ends
BATCHES = (8, 32, 64, 128)
COURSE_START = "Quand l'Amour"  # the prompt of the course's notebook

VIEW: Field[str] = Field("windows.view", "view", "slide", choice(*VIEWS))
LENGTH: Field[str] = Field("windows.length", "length", "60", choice(*map(str, LENGTHS)))
SHIFT: Field[str] = Field("windows.shift", "shift", "1", choice(*SHIFTS))
BATCH: Field[str] = Field("windows.batch", "batch", "64", choice(*map(str, BATCHES)))
ORDER: Field[str] = Field("windows.order", "order", "all", choice("text", "buffer", "all"))
EPOCH: Field[int] = Field("windows.epoch", "epoch", 1, integer(1, 99))
START: Field[str] = Field("windows.start", "start", COURSE_START, clip)
VARIANT: Field[str] = Field(
    "windows.variant", "variant", "notebook", choice("notebook", "one", "many")
)
