"""A fuzzer: what people bring is damaged in seeded ways, and each loader must read or refuse it.

A loader, the files it starts from and the words it cares about are a `Target`; the modules of
`targets` list theirs in `TARGETS`, and nothing else is to be done to add one. Each try is damaged
by a generator of its own, named by target, seed and number, so that one number brings any of them
back. `test_fuzz.py` makes a fixed number of tries of every target; `python -m tools.fuzz
--minutes 60` makes as many as an hour allows.
"""
