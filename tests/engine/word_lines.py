"""Small lines written in the document's words, and their histories in minutes, for tests worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twin.line import Line
from twin.results import Results
from twin.study.simulate import simulate

MINUTE = 60_000
"""Ticks a minute."""
STATES = ("productive", "setup", "pm", "down", "starved", "blocked", "off", "no_operator")
QUEUE_AREA, LOADED, WAIT, WAITED, DONE, STARTS, SETUPS, BATCHES, BATCHED, ROOM, CARRIED = range(11)
RELEASED, OUT, COMPLETED, CYCLE, ON_TIME, WIP_AREA, REWORKED, DATED, LATE, TARDINESS, WEIGHTED = range(11)
SCRAPPED, LOST = range(11, 13)
Words = dict[str, Any]


def line(toolgroups: Words, products: Words, routes: Words, **more: Any) -> Line:
    """A line of these parts."""
    return Line(
        twin=1, line="words", about="Small enough to work out by hand.",
        toolgroups=toolgroups, products=products, routes=routes, **more,
    )  # fmt: skip


def flow(toolgroups: Words, steps: Sequence[Words], release: Any, product: Words | None = None, **more: Any) -> Line:
    """A line of one product `p` on one route."""
    words = {"route": "main", "release": release} | (product or {})
    return line(toolgroups, {"p": words}, {"main": list(steps)}, **more)


def step(name: str, toolgroup: str, minutes: float = 1.0, **more: Any) -> Words:
    """A step that takes so many minutes."""
    return {"step": name, "toolgroup": toolgroup, "time": f"{minutes} min"} | more


def starts(*minutes: float, **columns: Sequence[Any]) -> Words:
    """Releases at these times; further columns (units, priority, due) value by value, None for the product's."""
    rows: list[Words] = [{"time": f"{at} min"} for at in minutes]
    for name, values in columns.items():
        for row, value in zip(rows, values, strict=True):
            if value is not None:
                row[name] = value
    return {"schedule": rows}


def for_a_time(change: str, begins: float, ends: float | None = None) -> Words:
    """A change from one minute to another, or until the end of the run."""
    return {"change": change, "from": f"{begins} min"} | ({} if ends is None else {"to": f"{ends} min"})


def history(of: Line, minutes: float, warmup: float = 0.0, **settings: Any) -> Results:
    """One replication of so many minutes, with its log."""
    chosen = {"replications": 1, "seed": 1, "device": "cpu", "log": True} | settings
    return simulate(of, horizon=f"{minutes} min", warmup=f"{warmup} min", **chosen)


def rows(results: Results, what: str, *columns: str, **where: Any) -> list[tuple[Any, ...]]:
    """What the log says of one kind of event, in its order: the minute, then these columns."""
    log = results.log
    log = log[log["what"] == what]
    for column, value in where.items():
        log = log[log[column] == value]
    return [(tick / MINUTE, *rest) for tick, *rest in log[["tick", *columns]].itertuples(index=False)]


def times(results: Results, what: str, **where: Any) -> list[float]:
    """When one kind of event happened [min]."""
    return [row[0] for row in rows(results, what, **where)]


def spent(results: Results, tool: int = 0) -> dict[str, float]:
    """Minutes a tool spent in each state; states without any are left out."""
    ticks = results.totals.tool_ticks[0, tool]
    return {state: t / MINUTE for state, t in zip(STATES, ticks.tolist(), strict=True) if t}


def group_total(results: Results, column: int, group: int = 0) -> int:
    """A sum of a toolgroup."""
    return int(results.totals.group[0, group, column])


def product_total(results: Results, column: int, product: int = 0) -> int:
    """A sum of a product."""
    return int(results.totals.product[0, product, column])
