"""What the Windows page draws in the browser; the .js and .css of a component stand beside this."""

from __future__ import annotations

from dashboard.shared.components import Component

windows = Component(__file__, "windows")  # a window that slides on numbers and on text, played
streams = Component(__file__, "streams")  # contiguous streams with their carried state, played
batch = Component(__file__, "batch")  # characters over their integers, input beside target
unrolled = Component(__file__, "unrolled")  # a network along a window
