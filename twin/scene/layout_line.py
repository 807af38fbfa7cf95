"""A flow line: stations in route order, back and forth in rows, waiting places between them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.scene.families import LINE_FAMILIES
from twin.scene.plan import Belt, Group, Loop, Plan, Sign

Loops = list[tuple[int, int, float | None]]
GAP_M = 4.4
"""Belt between two stations, where lots wait."""
LANE_GAP_M = 1.4
MARGIN_M = (2.0, 4.0)
"""Floor around the stations: least and most [m]."""
MOST_AIR_M = 6.0
LANES = 4
MOST_ROWS = 60
HANDED = LINE_FAMILIES - {"machine", "station", "press"}
"""Families the flow goes through visibly: they turn with it. The others keep their front to the viewer."""


def _lanes(group: Group) -> int:
    """Tools side by side across the flow; more than a few stand several deep."""
    return min(group.tools, max(LANES, int(np.ceil(np.sqrt(group.tools * group.size[0] / group.size[1])))))


def _columns(group: Group) -> int:
    return -(-group.tools // _lanes(group))


def _length(group: Group) -> float:
    """Along the flow, waiting places included [m]."""
    return _columns(group) * (group.size[0] + LANE_GAP_M) - LANE_GAP_M + GAP_M


def _breadth(group: Group) -> float:
    """Across the flow [m]."""
    return _lanes(group) * (group.size[1] + LANE_GAP_M) - LANE_GAP_M


def plan_line(groups: tuple[Group, ...], order: list[int], loops: Loops, shape: float) -> Plan:
    """Stations of `order` in as many rows as fill the picture best.

    loops: (from group, to group, share [0-1] or None) of lots sent back
    shape: the width over the depth that fills the picture best
    """
    lengths = np.array([_length(groups[g]) for g in order])
    best, best_cost, air = [order], np.inf, 0.0
    for count in range(1, min(len(order), MOST_ROWS) + 1):
        rows = _rows(order, lengths, count)
        width = max(sum(_length(groups[g]) for g in row) for row in rows)
        deep = sum(max(_breadth(groups[g]) for g in row) for row in rows)
        deep += sum(_walk(groups, row, width) for row in rows[1:])
        cost = max(width, shape * deep)
        if cost < best_cost - 1e-9:
            best, best_cost = rows, cost
            air = float(np.clip((width / shape - deep) / max(len(rows) - 1, 1), 0.0, MOST_AIR_M))
    return _place(groups, best, loops, air)


def _walk(groups: tuple[Group, ...], row: list[int], width: float) -> float:
    """Floor behind a row: room for the signs of the row before it, and for its own height seen aslant [m]."""
    return min(0.09 * width, 6.5) + 1.1 * max(groups[g].size[2] for g in row)


def _rows(order: list[int], lengths: np.ndarray, count: int) -> list[list[int]]:
    """The order cut into `count` rows of about equal length: a station goes where its middle falls."""
    middle = np.cumsum(lengths) - lengths / 2
    row = np.minimum((middle / lengths.sum() * count).astype(int), count - 1)
    return [[order[i] for i in np.flatnonzero(row == r)] for r in np.unique(row)]


class _Flow:
    """Collects what is placed along the flow."""

    def __init__(self, groups: tuple[Group, ...]) -> None:
        self.groups = groups
        self.tools: list[tuple[float, float, float, float]] = []
        self.wip = np.full((len(groups), 2), np.nan)
        self.belts: list[Belt] = []
        self.signs: list[Sign] = []

    def station(self, g: int, x: float, y: float, ahead: int) -> None:
        """A toolgroup whose waiting place begins at x; `ahead` is +1 or -1, the way the flow runs."""
        group = self.groups[g]
        self.wip[g] = x + ahead * 0.5 * GAP_M, y
        enter = x + ahead * GAP_M
        wide, deep, high = group.size
        lanes, columns = _lanes(group), _columns(group)
        leave = enter + ahead * (_length(group) - GAP_M)
        turn = np.pi if ahead < 0 and group.family in HANDED else 0.0
        left = group.tools
        for column in range(columns):
            here = min(lanes, left)
            left -= here
            middle = enter + ahead * (column * (wide + LANE_GAP_M) + wide / 2)
            for lane in range(here):
                self.tools.append((g, middle, y + (lane - (here - 1) / 2) * (deep + LANE_GAP_M), turn))
        reach = (lanes - 1) / 2 * (deep + LANE_GAP_M)
        if reach > 0.0:
            for gate in (enter - ahead * 1.2, leave + ahead * 1.2):
                self.belts.append(Belt((gate, y - reach), (gate, y + reach)))
            for lane in range(lanes):
                across = y + (lane - (lanes - 1) / 2) * (deep + LANE_GAP_M)
                self.belts.append(Belt((enter - ahead * 1.2, across), (leave + ahead * 1.2, across)))
        x_sign = (enter + leave) / 2
        spots = ((x_sign, y - _breadth(group) / 2, 0.0), (x_sign, y, high + 0.5))
        self.signs.append(Sign(group.title, spots, (g,), (0, -1)))


def _place(groups: tuple[Group, ...], rows: list[list[int]], loops: Loops, air: float) -> Plan:
    """Coordinates: the first row furthest back, each row running against the one before.

    air: more floor between rows than they need, where the picture has it [m]
    """
    flow = _Flow(groups)
    width = max(sum(_length(groups[g]) for g in row) for row in rows)
    y, before = 0.0, 0.0
    end = (0.0, 0.0)
    for number, row in enumerate(rows):
        ahead = 1 if number % 2 == 0 else -1
        breadth = max(_breadth(groups[g]) for g in row)
        if number:
            y -= before / 2 + _walk(groups, row, width) + air + breadth / 2
        before = breadth
        x = -ahead * width / 2
        if number:
            flow.belts.append(Belt(end, (x - ahead * 1.5, end[1])))
            flow.belts.append(Belt((x - ahead * 1.5, end[1]), (x - ahead * 1.5, y)))
        start = (x - ahead * 1.5, y)
        # Short rows spread out, so that every row turns at the same edge.
        slack = (width - sum(_length(groups[g]) for g in row)) / len(row)
        for g in row:
            flow.station(g, x, y, ahead)
            x += ahead * (_length(groups[g]) + slack)
        end = (x, y)
        flow.belts.append(Belt(start, end))
    flow.tools.sort(key=lambda tool: tool[0])
    columns = np.array(flow.tools)
    plan = Plan(
        kind="line",
        groups=groups,
        centre=columns[:, 1:3],
        turn=columns[:, 3],
        group=columns[:, 0].astype(np.int64),
        wip_at=flow.wip,
        floor=(0.0, 0.0, 0.0, 0.0),
        belts=tuple(flow.belts),
        signs=tuple(flow.signs),
        loops=tuple(_loop(groups, flow, *loop) for loop in loops),
    )
    x0, y0, x1, y1 = plan.bounds()
    margin = float(np.clip(0.08 * max(width, y1 - y0), *MARGIN_M))
    turn = 2.4 if len(rows) > 1 else 0.0  # belts that turn to the next row run outside the stations
    x0, x1 = min(x0, -width / 2) - turn - margin, max(x1, width / 2) + turn + margin
    return replace(plan, floor=(x0, y0 - margin, x1, y1 + margin))


def _loop(groups: tuple[Group, ...], flow: _Flow, start: int, end: int, share: float | None) -> Loop:
    """From the middle of one toolgroup to the waiting place of another."""
    mine = [tool for tool in flow.tools if tool[0] == start]
    x, y = np.mean([tool[1:3] for tool in mine], axis=0)
    back_x, back_y = flow.wip[end]
    return Loop((float(x), float(y)), (float(back_x), float(back_y)), share)
