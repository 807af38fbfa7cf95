"""Toolgroups out of AutoSched-style tables: tools, rules, setups, breakdowns, maintenance, transport."""

from __future__ import annotations

from dataclasses import dataclass, field

from .autosched_report import Ledger
from .autosched_tables import (
    Duration,
    Faults,
    Row,
    Spread,
    Table,
    duration,
    spread,
    whole,
)
from .faults import did_you_mean

RANKS = {
    "rank_hp": "priority",
    "rank_rsetup": "least_setup",
    "rank_fifo": "fifo",
    "rank_lifo": "lifo",
    "rank_cr": "cr",
    "rank_edd": "edd",
    "rank_spt": "spt",
    "rank_srpt": "srpt",
}
HOT_FIRST, LEAST_SETUP = "rule_hotlotfirst", "rule_lssu"
"""Hot lots first, with a tool reserved for the hottest; setups avoided."""
WAKES = {"wake_leastsetuptime": "least_setup"}


@dataclass(frozen=True)
class Change:
    """A setup change; without `before` it holds from any state."""

    before: str
    to: str
    time: Duration

    def __str__(self) -> str:
        start = f"from: {self.before}, " if self.before else ""
        return f"{{{start}to: {self.to}, time: {self.time}}}"


@dataclass
class Group:
    """One toolgroup as the tables give it; `tools` is None for a pure delay."""

    name: str
    tools: int | None
    area: str
    location: str
    rule: list[str]
    load: Duration
    unload: Duration
    inside: int | None
    setup_group: str
    batch_per_lot: bool
    wake: str = "random"
    hot_first: bool = False
    reserve: int | None = None
    clears: bool = False
    moved: bool = True
    failures: list[str] = field(default_factory=list)
    pm: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    min_run: dict[str, int] = field(default_factory=dict)


def read_groups(tools: Table, faults: Faults, ledger: Ledger) -> dict[str, Group]:
    """Toolgroups by name; several rows of one family (one a station) add up."""
    groups: dict[str, Group] = {}
    for row in tools:
        name = row["STNFAM"].text
        if not name:
            faults.add(row["STNFAM"], "the toolgroup has no name", "fill in STNFAM")
            continue
        count = whole(row["STNQTY"], faults)
        if name in groups:
            groups[name].tools = (groups[name].tools or 0) + count
        else:
            groups[name] = _group(row, name, count, faults, ledger)
    return groups


def _group(row: Row, name: str, count: int, faults: Faults, ledger: Ledger) -> Group:
    rule = []
    inside = whole(row["STNCAP"], faults) if row["STNCAP"] else None
    hot_first = row["RULE"].text.lower() == HOT_FIRST
    for rank in filter(None, row["FWLRANK"].text.split(";")):
        if rank.lower() not in RANKS:
            ledger.leave(row["FWLRANK"], f"{rank} is not a rule here")
        elif RANKS[rank.lower()] == "least_setup" and hot_first and (inside or 1) == 1:
            ledger.leave(row["FWLRANK"], f"{rank} ranks nothing under {row['RULE'].text}, as the setups published show")
        else:
            rule.append(RANKS[rank.lower()])
    if row["RULE"].text.lower() == LEAST_SETUP and "least_setup" in rule:
        rule.insert(0, rule.pop(rule.index("least_setup")))  # setups are avoided, for hot lots too
    if row["RULE"] and row["RULE"].text.lower() not in (HOT_FIRST, LEAST_SETUP):
        ledger.leave(row["RULE"], "only FWLRANK is read")
    if row["WAKERESRANK"] and row["WAKERESRANK"].text.lower() not in WAKES:
        ledger.leave(row["WAKERESRANK"], "any idle tool is called")
    criterion = row["BATCHCRITF"]
    if criterion and criterion.text.lower() != "crit_sameroutestep":
        ledger.leave(criterion, "a batch holds lots of one route and step")
    per = row["BATCHPER"]
    if per and per.text.lower() not in ("piece", "lot"):
        faults.add(per, f"{per.text!r} is not known", "use piece or lot")
    return Group(
        name=name,
        tools=count,
        area=row["STNGRP"].text,
        location=row["STNFAMLOC"].text,
        rule=rule or ["priority", "fifo"],
        load=duration(row["LTIME"], row["LTUNITS"], faults),
        unload=duration(row["ULTIME"], row["ULTUNITS"], faults),
        inside=inside,
        wake=WAKES.get(row["WAKERESRANK"].text.lower(), "random"),
        hot_first=hot_first,
        setup_group=row["SETUPGRP"].text,
        batch_per_lot=per.text.lower() == "lot",
    )


def reserve(groups: dict[str, Group], priorities: set[int]) -> None:
    """Where hot lots go first, a tool is kept free for those of the highest priority; not if all lots are alike."""
    if len(priorities) > 1:
        for group in groups.values():
            group.reserve = max(priorities) if group.hot_first else None


def read_transport(moves: Table, groups: dict[str, Group], faults: Faults, ledger: Ledger) -> Spread | None:
    """The one transport law; groups at places no row names are reached without transport."""
    if not moves.rows:
        return None
    homes = [group.location for group in groups.values()]
    inner = [row for row in moves if row["FROMLOC"].text == row["TOLOC"].text]
    law = max(inner, key=lambda row: homes.count(row["FROMLOC"].text), default=moves.rows[0])
    for row in moves:
        if row is not law:
            ledger.leave(row["FROMLOC"], f"to {row['TOLOC'].text}: a line has one transport law")
    for group in groups.values():
        group.moved = group.location == law["FROMLOC"].text
    return spread(law, "DDIST", "DTIME", "DTIME2", "DUNITS", faults)


def attach(
    links: Table,
    downs: Table,
    pms: Table,
    groups: dict[str, Group],
    faults: Faults,
    ledger: Ledger,
) -> None:
    """Hang each calendar on the toolgroups it names, by toolgroup or by area."""
    failures = {row["DOWNCALNAME"].text: row for row in downs}
    planned = {row["PMCALNAME"].text: row for row in pms}
    for link in links:
        calendars = failures if link["CALTYPE"].text.lower() == "down" else planned
        calendar = calendars.get(link["CALNAME"].text)
        if calendar is None:
            faults.add(
                link["CALNAME"],
                f"no calendar {link['CALNAME'].text!r}",
                did_you_mean(link["CALNAME"].text, calendars),
                needs="downcal" if calendars is failures else "pmcal",
            )
        targets = _targets(link, groups, faults, ledger)
        if calendar is None:
            continue
        made = (
            _failure(calendar, link, faults, ledger)
            if calendars is failures
            else _pm(calendar, link, faults, ledger)
        )
        for group in targets:
            (group.failures if calendars is failures else group.pm).extend(made)


def _targets(link: Row, groups: dict[str, Group], faults: Faults, ledger: Ledger) -> list[Group]:
    name, kind = link["RESNAME"], link["RESTYPE"].text.lower()
    if kind not in ("stnfam", "stngrp"):
        ledger.leave(link["RESTYPE"], "calendars hang on stnfam or stngrp")
        return []
    found = [g for g in groups.values() if name.text == (g.name if kind == "stnfam" else g.area)]
    if not found:
        names = {g.name if kind == "stnfam" else g.area for g in groups.values()}
        what = "toolgroup" if kind == "stnfam" else "area"
        faults.add(name, f"no {what} {name.text!r}", did_you_mean(name.text, sorted(names)), needs="tool")
    return found


def _failure(row: Row, link: Row, faults: Faults, ledger: Ledger) -> list[str]:
    kind = row["DOWNCALTYPE"]
    clock = "calendar" if kind.text.lower() == "mttf_by_cal" else "operating"
    if clock == "operating" and "busy" not in kind.text.lower() and "run" not in kind.text.lower():
        faults.add(
            kind,
            f"{kind.text!r} is not known",
            "use mttf_by_cal, or mttf_by_busy for processing time alone",
        )
    mtbf = spread(row, "MTTFDIST", "MTTF", "MTTF2", "MTTFUNITS", faults)
    mttr = spread(row, "MTTRDIST", "MTTR", "MTTR2", "MTTRUNITS", faults)
    if link["FOA"] and str(spread(link, "FOADIST", "FOA", "FOA2", "FOAUNITS", faults)) != str(mtbf):
        ledger.leave(link["FOA"], "the first failure follows the law of the others")
    beside = ", in_pm: overlaps" if clock == "calendar" else ""
    return [f"{{mtbf: {mtbf}, mttr: {mttr}, clock: {clock}{beside}}}"]


def _pm(row: Row, link: Row, faults: Faults, ledger: Ledger) -> list[str]:
    takes = spread(row, "MTTRDIST", "MTTR", "MTTR2", "MTTRUNITS", faults)
    if link["FOADIST"].text.lower() not in ("", "constant"):
        ledger.leave(link["FOADIST"], "the first maintenance stands at its mean")
    if row["PMCALTYPE"].text.lower() == "mtbpm_by_cal":
        every = str(duration(row["MTBPM"], row["MTBPMUNITS"], faults))
        first = str(duration(link["FOA"], link["FOAUNITS"], faults))
    elif row["PMCALTYPE"].text.lower() == "mtbpm_by_pieces":
        every = f"{whole(row['MTBPM'], faults)} units"
        first = f"{whole(link['FOA'], faults, least=0)} units"
    else:
        faults.add(
            row["PMCALTYPE"],
            f"{row['PMCALTYPE'].text!r} is not known",
            "use mtbpm_by_cal or mtbpm_by_pieces",
        )
        return []
    start = f", first: {first}, stagger: before" if link["FOA"] else ""
    return [f"{{every: {every}, takes: {takes}{start}}}"]


def set_up(
    wanted: dict[str, dict[str, Duration | None]],
    changes: Table,
    runs: Table,
    groups: dict[str, Group],
    faults: Faults,
    ledger: Ledger,
) -> None:
    """Give each toolgroup the changes between the setups its steps ask for, and its minimum runs.

    wanted: by toolgroup, by setup: the time its steps give, None where the setup table must give it
    """
    table = [
        Change(row["CURSETUP"].text, row["NEWSETUP"].text, duration(row["STIME"], row["STUNITS"], faults))
        for row in changes
    ]
    least = _minimum_runs(runs, faults)
    for name, setups in wanted.items():
        group = groups[name]
        for setup, time in setups.items():
            found = [Change("", setup, time)] if time else [change for change in table if change.to == setup]
            if not found:
                ledger.note(
                    f"{name}: setup {setup} has a time neither on its steps nor in the setup table: no time"
                )
            group.changes += found
        group.min_run = {s: n for s, n in least.get(group.setup_group, {}).items() if s in setups and n > 1}
    for group in groups.values():
        if not group.changes and "least_setup" in group.rule:
            group.rule.remove("least_setup")  # nothing to rank by: the group never changes over


def _minimum_runs(runs: Table, faults: Faults) -> dict[str, dict[str, int]]:
    least: dict[str, dict[str, int]] = {}
    name = ""
    for row in runs:
        name = row["SETUPGRP"].text or name  # a blank cell continues the group above
        least.setdefault(name, {})[row["SETUP"].text] = whole(row["MINRUN"], faults)
    return least
