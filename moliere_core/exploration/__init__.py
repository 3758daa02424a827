"""What a corpus is made of: words, characters, who speaks and who meets whom.

`WordIndex.build` reads a corpus once; `WordIndex.part` then takes a selection of its cues, and
every other function answers about such a part, or compares two, within milliseconds.
"""

from moliere_core.exploration.index import Part, Selection, WordIndex

__all__ = ["Part", "Selection", "WordIndex"]
