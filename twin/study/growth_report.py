"""What more releases, or another mix of products, ask of each toolgroup: before, after, and the tools that lack."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from twin.study.capacity import Capacity


def lacking(found: Capacity) -> pd.DataFrame:
    """Toolgroups that need more tools than they have to stay at the stated load, most lacking first.

    index: toolgroup; tools (there), load_before and load (of available time, 0 to 1 and more; inf where failures and
    maintenance leave none), needed_before and needed (whole tools at the stated load), lacking (needed less tools)
    """
    import pandas as pd

    before = found.toolgroups if found.before is None else found.before.toolgroups
    table = pd.DataFrame(
        {
            "tools": found.toolgroups["tools"],
            "load_before": before["of_available"],
            "load": found.toolgroups["of_available"],
            "needed_before": before["tools_needed"],
            "needed": found.toolgroups["tools_needed"],
        }
    )
    table["lacking"] = table["needed"] - table["tools"]
    chosen = table[table["lacking"] > 0]
    return chosen.sort_values(["lacking", "load"], ascending=False, kind="stable")


def report(found: Capacity, before: Capacity) -> Iterator[str]:
    """The figures as text: the products, then what lacks, most lacking first."""
    yield f"{found.model}: offered load from the document alone, no simulation"
    yield ""
    width = max(len(str(name)) for name in found.products.index)
    for name, row in found.products.iterrows():
        was = float(before.products["rate"].loc[str(name)])
        yield f"  {name:{width}}  {was:9.4g} -> {row['rate']:9.4g} lot/d of {row['units']:g} ({row['how']})"
    yield ""
    table = lacking(found)
    yield from _summary(found, before, table)
    if len(table):
        yield ""
        yield from _rows(found, table)
    yield ""
    yield from found.notes


def _summary(found: Capacity, before: Capacity, table: pd.DataFrame) -> Iterator[str]:
    """How much lacks in all, what lacks already, what is offered more than it can do, and who is next."""
    groups = found.toolgroups.dropna(subset=["tools"])
    at = f"{100 * found.load:.4g} % of their available time"
    if len(table) == 0:
        yield f"No toolgroup lacks a tool: all of {_count(len(groups), 'toolgroup')} stay at or below {at}."
    else:
        total = int(table["lacking"].sum())
        lack = "lacks" if len(table) == 1 else "lack"
        named = _count(len(groups), "toolgroup")
        yield f"{len(table)} of {named} {lack} {_count(total, 'tool')} in all to stay at or below {at}"
        was = lacking(before)
        already = f"{_count(int(was['lacking'].sum()), 'tool')} in {_count(len(was), 'toolgroup')}"
        yield f"(at the present releases {already if len(was) else 'none'})."
    over = groups[groups["of_available"] > 1 + 1e-6]
    if len(over):
        yield f"Offered more than they can do with the tools there are: {_count(len(over), 'toolgroup')}."
    rest = groups[~groups.index.isin(table.index)]["of_available"]
    if len(rest) and len(table):
        yield f"The most loaded of the others: {rest.idxmax()}, {_percent(float(rest.max()))} %."


def _rows(found: Capacity, table: pd.DataFrame) -> Iterator[str]:
    """The table, one toolgroup a line."""
    width = max(len("toolgroup"), *(len(str(name)) for name in table.index))
    at = f"tools at {100 * found.load:.4g} %"
    yield f"{'':{width}}  {'':>5}  {' % of available ':-^19}  {f' {at} ':-^19}  {'':>7}"
    head = f"{'before':>9} {'after':>9}"
    yield f"{'toolgroup':{width}}  {'tools':>5}  {head}  {head}  {'lacking':>7}"
    for name, row in table.iterrows():
        mark = " + setups" if found.toolgroups.loc[str(name), "setups"] else ""
        yield (
            f"{name:{width}}  {row['tools']:5.0f}  {_percent(row['load_before']):>9} {_percent(row['load']):>9}"
            f"  {row['needed_before']:9.0f} {row['needed']:9.0f}  {row['lacking']:7.0f}{mark}"
        )


def _percent(share: float) -> str:
    return f"{100 * share:.2f}" if math.isfinite(share) else "no time"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
