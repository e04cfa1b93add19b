"""How fast the storage is, against the same work done in the plainest way, in the same minutes.

`python -m tests.bench` prints a table and writes `build/bench.json`. Rates move with the machine and
with what else it does; so each ratio is of two medians whose rounds took turns.
"""
