"""Where the names of marks stand on a drawing, so that every one can be read."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from dashboard.shared.plotting import spread

LINE = 20  # pixels that a name is high
MARK = 9  # pixels from the middle of a mark to its rim, with a little air
STEP, REACH = (40, 14), (240, 168)  # between two places that are tried; the furthest
COLUMN = 3  # marks one above the other whose names make a column
SHIFTS = (0, LINE, -LINE, 2 * LINE, -2 * LINE)  # pixels by which a column of names moves down
LEAD = 34  # pixels from a column of marks to their names
CROSSING = 40  # pixels that a name goes further for a leader that crosses nothing
STRUCK = 1_000  # the same for a name that no leader goes through, nor its own through another
STEPS = 8  # places along a leader at which it is looked at


class Point(NamedTuple):
    """A place, or a way, in pixels: to the right, and down."""

    x: float
    y: float


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: _Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, point: Point) -> bool:
        return self.left < point.x < self.right and self.top < point.y < self.bottom


_Leader = list[Point]


def labelled(marks: Sequence[Point], widths: Sequence[float], size: Point) -> list[Point]:
    """The way from each mark to the middle of its name.

    One after the other each takes the nearest place inside of the drawing that is over no mark
    and no name, and over no leader where such a place is; its own leader goes through no name
    where it need not, and through other marks and across other leaders only where a place that is
    as near has none of that. Where nothing is free it stands at the right of its mark.

    Args:
        marks: where they stand.
        widths: of their names, in pixels.
        size: of the drawing, whose top left corner is (0, 0).
    """
    rims = [_box(mark, 2 * MARK, 2 * MARK) for mark in marks]
    found = _in_columns(marks, widths, size)
    placed = [_placed(marks[number], way, widths[number]) for number, way in found.items()]
    names, leaders = [box for box, _line in placed], [line for _box, line in placed]
    for number, (mark, width) in enumerate(zip(marks, widths, strict=True)):
        if number in found:
            continue
        others = [rim for rim in rims if not rim.holds(mark)]
        best, cost = _beside(width), math.inf
        for way in _ways(width):
            length = math.hypot(max(abs(way.x) - width / 2, 0), way.y)
            if length >= cost:
                break  # those that follow are further
            box, leader = _placed(mark, way, width)
            if min(box.left, box.top, size.x - box.right, size.y - box.bottom) < 0 or any(
                map(box.overlaps, [*rims, *names])
            ):
                continue
            crossed = sum(any(map(rim.holds, leader)) for rim in others)
            crossed += sum(_cross(leader, other) for other in leaders)
            struck = any(map(box.holds, itertools.chain(*leaders))) or any(
                name.holds(point) for name in names for point in leader
            )
            dear = length + CROSSING * crossed + STRUCK * struck
            if dear < cost:
                best, cost = way, dear
        box, leader = _placed(mark, best, width)
        names.append(box)
        leaders.append(leader)
        found[number] = best
    return [found[number] for number in range(len(marks))]


def _in_columns(marks: Sequence[Point], widths: Sequence[float], size: Point) -> dict[int, Point]:
    """The ways of marks that stand one above the other, by number: their names do, too."""
    found: dict[int, Point] = {}
    order = sorted(range(len(marks)), key=lambda number: marks[number].x)
    for _place, column in itertools.groupby(order, lambda number: round(marks[number].x / MARK)):
        numbers = list(column)
        if len(numbers) < COLUMN:
            continue
        others = [_box(m, 2 * MARK, 2 * MARK) for n, m in enumerate(marks) if n not in numbers]
        ways = _column_ways([marks[n] for n in numbers], [widths[n] for n in numbers], others, size)
        found.update(zip(numbers, ways, strict=True))
    return found


def _column_ways(
    marks: Sequence[Point], widths: Sequence[float], others: Sequence[_Box], size: Point
) -> list[Point]:
    """The ways of one column of marks: names at its right, or its left, and over no other mark.

    They stand as near their marks as that allows, and at the right where nothing does.
    """
    columns: list[list[Point]] = []
    for shift, side in itertools.product(SHIFTS, (1, -1)):
        wished = [mark.y + shift for mark in marks]
        heights = spread(wished, LINE, LINE / 2, size.y - LINE / 2)
        ways = [
            Point(side * (LEAD + width / 2), height - mark.y)
            for mark, width, height in zip(marks, widths, heights, strict=True)
        ]
        names = [_placed(*each)[0] for each in zip(marks, ways, widths, strict=True)]
        if all(name.left >= 0 and name.right <= size.x for name in names):
            columns.append(ways)
            if not any(name.overlaps(other) for name in names for other in others):
                return ways
    return columns[0] if columns else [_beside(width) for width in widths]


def _beside(width: float) -> Point:
    """The way to the middle of a name at the right of its mark."""
    return Point(MARK + 3 + width / 2, 0)


@cache
def _ways(width: float) -> list[Point]:
    """Ways to the middle of a name, by the way between the mark and the name's nearest edge."""
    columns = [i * STEP[0] for i in range(REACH[0] // STEP[0] + 1)]
    rows = [i * STEP[1] for i in range(REACH[1] // STEP[1] + 1)]
    beside = _beside(width).x
    found = [
        Point(side * (beside + across), turn * down)
        for across in columns
        for down in rows
        for side in (1, -1)
        for turn in (-1, 1)
    ]
    found += [
        Point(side * across, turn * (MARK + LINE / 2 + down))
        for across in (0, width / 4, width / 2)
        for down in rows
        for side in (1, -1)
        for turn in (-1, 1)
    ]
    return sorted(found, key=lambda way: math.hypot(max(abs(way.x) - width / 2, 0), way.y))


def _placed(mark: Point, way: Point, width: float) -> tuple[_Box, _Leader]:
    """Where a name stands, and places on the line that leads to it, from the mark's rim on."""
    box = _box(Point(mark.x + way.x, mark.y + way.y), width, LINE)
    end = Point(
        min(max(mark.x, box.left), box.right) if abs(way.x) < width / 2 else mark.x + way.x,
        mark.y + way.y,
    )
    places = (step / STEPS for step in range(1, STEPS + 1))
    line = [Point(mark.x + s * (end.x - mark.x), mark.y + s * (end.y - mark.y)) for s in places]
    return box, [point for point in line if not box.holds(point)]


def _cross(one: _Leader, other: _Leader) -> bool:
    """Whether two leaders cross, or nearly do."""
    return any(math.dist(point, place) < LINE / 4 for point in one for place in other)


def _box(middle: Point, width: float, height: float) -> _Box:
    return _Box(
        middle.x - width / 2, middle.y - height / 2, middle.x + width / 2, middle.y + height / 2
    )
