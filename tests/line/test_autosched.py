"""AutoSched-style tables become the document they describe, and their faults are told all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.line import Line, LineError, read
from twin.line.autosched import import_autosched

TOOL = """\
STNFAM|RULE|FWLRANK|BATCHCRITF|BATCHPER|LTIME|LTUNITS|ULTIME|ULTUNITS|STNCAP|STNQTY|STNGRP|STNFAMLOC|SETUPGRP|COLOUR
oven|rule_X|rank_HP;rank_FIFO|crit_sameroutestep|piece|1.0|min|2.0|min||2.0|Hot|Fab||red
beam||rank_HP;rank_RSETUP;rank_CR|||30|sec|0|min||3|Cold|Fab|gas|
wet||rank_FIFO;rank_ODD|||1.0|min|1.0|min|2.0|1.0|Cold|Fab||
rest||rank_FIFO|||0.0|min|0.0|min||400.0|Rest|Away||
"""
COLUMNS = (
    "ROUTE|STEP|DESC|STNFAM|PDIST|PTIME|PTIME2|PTUNITS|PTPER|BATCHMN|BATCHMX|SETUP|WHEN|STIME|STUNITS|SVESTN|FORSTEP|"
    "BatchInterval|BatchIntUnits|PartInterval|PartIntUnits|RWKSTEP|REWORK|RWKTYPE|StepPercent|STEP_CQT|CQT|CQTUNITS"
)


def step(common: str, **more: str) -> str:
    """A row of the route table: its first columns, then some of the others by name."""
    cells = dict(zip(COLUMNS.split("|"), common.split("|"), strict=False)) | more
    return "|".join(cells.get(column, "") for column in COLUMNS.split("|"))


ROUTE = "\n".join(
    [
        COLUMNS,
        step("r|1|bake|oven|uniform|500|25|min|per_batch|75|150", STEP_CQT="3", CQT="4", CQTUNITS="hr"),
        step("r|2|clean|wet|uniform|1|0.05|min|per_piece", PartInterval="0.75", PartIntUnits="min"),
        step("r|3|implant|beam|uniform|2.5|0.1|min|per_piece|||A|need", SVESTN="yes", FORSTEP="6"),
        step("r|4|wait|rest|constant|3||hr|per_lot"),
        step(
            "r|5|look|wet|exponential|10||min|per_lot",
            BatchInterval="8", BatchIntUnits="min",
            RWKSTEP="4", REWORK="1.7", RWKTYPE="lot", StepPercent="40",
        ),
        step("r|6|implant2|beam|uniform|2.5|0.1|min|per_piece|||B|need|9|min"),
        "",
    ]
)  # fmt: skip
TABLES = {
    "tool.txt.1l": TOOL,
    "route_r.txt": ROUTE,
    "part.txt": "PARTFAM|PART|ROUTEFILE|ROUTE\nfamily|p|route_r.txt|r\n",
    "order.txt": "LOT|PART|PRIOR|PIECES|START|RDIST|REPEAT|RUNITS|LOTSPERRPT|DUE\n"
    "Slow|p|10|25|01/01/18 00:00:00|constant|50|min|1|01/11/18 00:00:00\n"
    "Fast|p|20|25|01/01/18 12:00:00|exponential|2|day|1|\n",
    "WIP.txt": "LOT|PART|PRIOR|PIECES|START|CURSTEP|DUE|NOTE\n"
    "w1|p|10|25|01/01/18 00:00:00|3|12/31/17 00:00:00\n"
    "w2|p|20|25|01/01/18 00:00:00|5|01/03/18 00:00:01|x\n",
    "setup.txt": "CURSETUP|NEWSETUP|STIME|STUNITS\n|A|72|min\nB|A|60|min\n",
    "setupgrp.txt": "SETUPGRP|SETUP|MINRUN\ngas|A|7\n|B|5\n",
    "downcal.txt": "DOWNCALNAME|DOWNCALTYPE|MTTFDIST|MTTF|MTTFUNITS|MTTRDIST|MTTR|MTTRUNITS\n"
    "BREAK|mttf_by_cal|exponential|10080|min|exponential|35.28|min\n",
    "pmcal.txt": "PMCALNAME|PMCALTYPE|MTBPM|MTBPMUNITS|MTTRDIST|MTTR|MTTR2|MTTRUNITS\n"
    "MONTH|mtbpm_by_cal|30|day|uniform|13|2.5|hr\nCOUNT|mtbpm_by_pieces|7500|pieces|constant|4||hr\n",
    "attach.txt": "CALNAME|CALTYPE|RESTYPE|RESNAME|FOADIST|FOA|FOAUNITS\n"
    "BREAK|down|stngrp|Cold|exponential|10080|min\n"
    "MONTH|pm|stnfam|oven|constant|12.5|day\nCOUNT|pm|stnfam|wet|constant|2500|\n",
    "fromto.txt": "FROMLOC|TOLOC|DDIST|DTIME|DTIME2|DUNITS\nFab|Fab|uniform|7.5|2.5|min\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small fab in tables, tabs written as bars above."""
    folder = tmp_path / "tables"
    folder.mkdir()
    for name, text in TABLES.items():
        (folder / name).write_text(text.replace("|", "\t"))
    return folder


def edit(folder: Path, name: str, old: str, new: str) -> None:
    """Change one table; `old` must stand in it."""
    path = folder / name
    text = path.read_text()
    assert old.replace("|", "\t") in text
    path.write_text(text.replace(old.replace("|", "\t"), new.replace("|", "\t")))


def imported(folder: Path) -> Line:
    """The line the tables become."""
    import_autosched(folder, folder.parent / "small.yaml")
    return read(folder.parent / "small.yaml")


def test_toolgroups_hold_what_the_tables_say(folder: Path) -> None:
    groups = imported(folder).toolgroups
    oven, beam, wet, rest = (groups[name] for name in ("oven", "beam", "wet", "rest"))
    assert (oven.tools, oven.load, oven.unload, oven.area) == (2, 60, 120, "Hot")
    assert (oven.rule, wet.rule) == (("priority", "fifo"), ("fifo",))
    assert beam.rule == ("priority", "least_setup", "cr")
    assert rest.tools is None and not rest.transport and wet.transport
    assert not oven.failures and beam.failures == wet.failures
    failure = beam.failures[0]
    assert (failure.mtbf.kind, failure.mtbf.mean, failure.clock) == ("exponential", 604_800, "calendar")
    assert failure.mttr.mean == pytest.approx(2116.8)
    assert (oven.pm[0].every, oven.pm[0].first, oven.pm[0].takes.params) == (
        30 * 86_400,
        12.5 * 86_400,
        (37_800, 55_800),
    )
    assert (wet.pm[0].every_units, wet.pm[0].first_units, wet.pm[0].takes.mean) == (7500, 2500, 14_400)
    assert beam.setups is not None
    changes = {(change.from_, change.to): change.time for change in beam.setups.changes}
    assert changes == {(None, "A"): 4320, ("B", "A"): 3600, (None, "B"): 540}
    assert beam.setups.min_run == {"A": 7, "B": 5}


def test_steps_hold_what_the_route_says(folder: Path) -> None:
    line = imported(folder)
    bake, clean, implant, wait, look, implant2 = line.routes["r"]
    assert (bake.time.params, bake.per) == ((28_500, 31_500), "batch")
    assert bake.batch is not None and (bake.batch.min, bake.batch.max) == (75, 150)
    assert (bake.queue_limit[0].until, bake.queue_limit[0].limit) == ("implant", 14_400)
    # 25 wafers enter 0.75 min apart and each takes 1 min: the lot is through after 1 + 24 x 0.75 = 19 min
    assert clean.time.mean == pytest.approx(19 * 60)
    assert clean.per == "lot" and clean.cascade is not None
    assert (clean.cascade.every, clean.cascade.per, clean.cascade.inside) == (45, "unit", 2)
    assert (implant.per, implant.setup, implant.dedicate) == ("unit", "A", "implant2")
    assert (wait.time.kind, wait.time.mean) == ("constant", 10_800)
    assert (look.sample, look.rework[0].probability, look.rework[0].to) == (0.4, 0.017, "wait")
    assert look.cascade is not None and (look.cascade.every, look.cascade.per) == (480, "lot")
    assert implant2.setup == "B"
    assert line.transport is not None and line.transport.time.params == (300, 600)


def test_streams_and_initial_lots(folder: Path) -> None:
    line = imported(folder)
    slow, fast = line.products["Slow"], line.products["Fast"]
    assert (slow.lot_size, slow.route, slow.priority, slow.due.mean, slow.release.start) == (
        25,
        "r",
        10,
        864_000,
        0,
    )
    assert (fast.due, fast.release.start) == (None, 43_200)
    assert fast.release.every is not None and (fast.release.every.kind, fast.release.every.mean) == (
        "exponential",
        172_800,
    )
    first, second = line.wip
    assert (first.lot, first.product, first.step, first.priority, first.due) == (
        "w1",
        "Slow",
        "implant",
        10,
        -86_400,
    )
    assert (second.lot, second.product, second.step, second.priority, second.due) == (
        "w2",
        "Fast",
        "look",
        20,
        172_801,
    )


def test_what_has_no_place_is_listed(folder: Path) -> None:
    (folder / "README").write_text("not a table")
    report = import_autosched(folder, folder.parent / "small.yaml")
    left = {(entry.file, entry.column): entry.rows for entry in report.unmapped}
    assert left == {
        ("tool.txt.1l", "COLOUR"): 1,
        ("tool.txt.1l", "RULE"): 1,
        ("tool.txt.1l", "FWLRANK"): 1,
        ("part.txt", "PARTFAM"): 1,
        ("WIP.txt", "NOTE"): 1,
        ("README", ""): 0,
    }
    assert report.read["route_r.txt"] == 6 and report.made["initial lots"] == 2
    assert "COLOUR" in str(report) and "6 steps" in str(report)


def test_lots_of_two_sizes_get_a_route_each(folder: Path) -> None:
    edit(folder, "order.txt", "Fast|p|20|25", "Fast|p|20|13")
    line = imported(folder)
    assert (line.products["Slow"].route, line.products["Fast"].route) == ("r", "r_13")
    assert line.routes["r_13"][1].time.mean == pytest.approx((1 + 12 * 0.75) * 60)


def test_all_faults_at_once_and_nothing_written(folder: Path) -> None:
    edit(folder, "route_r.txt", "|clean|wet|", "|clean|wett|")
    edit(folder, "route_r.txt", "|500|25|min|", "|five|25|min|")
    edit(folder, "route_r.txt", "|2.5|0.1|min|per_piece|||A", "|2.5|0.1|moon|per_piece|||A")
    edit(folder, "attach.txt", "|stngrp|Cold", "|stngrp|Colt")
    edit(folder, "order.txt", "01/11/18 00:00:00", "soon")
    edit(folder, "WIP.txt", "|5|01/03/18", "|55|01/03/18")
    edit(folder, "downcal.txt", "35.28", "-1")
    with pytest.raises(LineError) as caught:
        import_autosched(folder, folder.parent / "small.yaml")
    told = str(caught.value).splitlines()
    places = [line.removeprefix(f"{folder}/").split(": ")[:2] for line in told]
    assert places == [
        ["attach.txt:2:19", "RESNAME"],
        ["downcal.txt:2:53", "MTTR"],
        ["order.txt:2:50", "DUE"],
        ["route_r.txt:2:23", "PTIME"],
        ["route_r.txt:3:11", "STNFAM"],
        ["route_r.txt:4:34", "PTUNITS"],
        ["WIP.txt:3:30", "CURSTEP"],
    ]
    assert "did you mean 'wet'?" in str(caught.value)
    assert [path.name for path in folder.parent.iterdir()] == ["tables"]


def test_missing_tables_and_columns_hide_no_other_fault(folder: Path) -> None:
    (folder / "order.txt").unlink()
    edit(folder, "tool.txt.1l", "|STNQTY", "|STNQT")
    edit(folder, "part.txt", "route_r.txt", "route_s.txt")
    edit(folder, "pmcal.txt", "30|day", "30|moon")
    with pytest.raises(LineError) as caught:
        import_autosched(folder, folder.parent / "small.yaml")
    told = str(caught.value)
    assert "order.txt: the table is missing" in told
    assert "STNQTY: the column is missing; rename 'STNQT' or add it" in told
    assert "no file 'route_s.txt'; did you mean 'route_r.txt'?" in told
    assert "'moon' is not a unit of time" in told
    assert len(told.splitlines()) == 4  # nothing that only follows from these


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LineError, match="no such folder"):
        import_autosched(tmp_path / "nowhere", tmp_path / "out.yaml")


@pytest.mark.parametrize(
    ("fab", "counts"),
    [
        ("SMT2020_HVLM", {"tools": 1043, "products": 5, "routes": 2, "steps": 926, "initial lots": 2255}),
        ("SMT2020_LVHM", {"tools": 913, "products": 21, "routes": 10, "steps": 4013, "initial lots": 2156}),
    ],
)
def test_smt2020_comes_in_whole(shared: Path, tmp_path: Path, fab: str, counts: dict[str, int]) -> None:
    out = tmp_path / f"{fab.lower()}.yaml"
    report = import_autosched(shared / "smt2020" / fab, out)
    assert {thing: report.made[thing] for thing in counts} == counts
    assert report.made | {"failure laws": 105, "maintenance plans": 292} == report.made
    line = read(out)
    assert len(line.wip) == counts["initial lots"]
    assert sum(group.tools or 0 for group in line.toolgroups.values()) == counts["tools"]
    assert line.toolgroups["Delay_32"].tools is None and not line.toolgroups["Delay_32"].transport
    assert max(lot.priority for lot in line.wip if lot.product == "SuperHotLot_3") == 30
    # of the columns that shape a run, only these are left
    telling = {entry.column for entry in report.unmapped if entry.why not in ("a label",)}
    assert telling == {"STN", "FWLRANK", "STNFAMSTEP_ACTLIST", "PRERULERWL", "RPT#", "HOTLOT"}


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("downcal.txt", "1 breakdown rows of attach.txt"),
        ("pmcal.txt", "2 maintenance rows of attach.txt"),
        ("attach.txt", "3 calendars of downcal.txt and pmcal.txt"),
        ("setup.txt", "1 steps ask for a setup"),
        ("setupgrp.txt", "1 toolgroups of the tool table"),
        ("fromto.txt", "4 toolgroups stand at places"),
        ("tool.txt.1l", "only tool, part, order and routes must be"),
        ("route_r.txt", "the folder has no file 'route_r.txt'"),
    ],
)
def test_a_table_that_others_refer_to_is_missed_in_one_line(folder: Path, table: str, why: str) -> None:
    (folder / table).unlink()
    with pytest.raises(LineError) as caught:
        import_autosched(folder, folder.parent / "small.yaml")
    told = str(caught.value)
    assert why in told and len(told.splitlines()) == 1, told
    assert [path.name for path in folder.parent.iterdir()] == ["tables"]


def test_a_line_may_begin_empty(folder: Path) -> None:
    (folder / "WIP.txt").unlink()
    assert not imported(folder).wip


def told_of(folder: Path) -> list[str]:
    """Faults of the tables, without the folder."""
    with pytest.raises(LineError) as caught:
        import_autosched(folder, folder.parent / "small.yaml")
    assert [path.name for path in folder.parent.iterdir()] == ["tables"], "nothing is written"
    return [line.removeprefix(f"{folder}/") for line in str(caught.value).splitlines()]


def test_each_fault_of_a_route_is_one_line_with_its_place(folder: Path) -> None:
    """Table, row, column: a family that is not there, a batch upside down, a rework without end."""
    edit(folder, "route_r.txt", "|look|wet|", "|look|wett|")
    edit(folder, "route_r.txt", "|75|150|", "|175|150|")
    edit(folder, "route_r.txt", "|4|1.7|lot|40|", "|4|100|lot||")
    assert sorted(line.split("; ")[0] for line in told_of(folder)) == [
        "route_r.txt:2:44: BATCHMN: the minimum 175 is above the maximum 150",
        "route_r.txt:6:10: STNFAM: no toolgroup 'wett'",
        "route_r.txt:6:61: REWORK: every lot that comes here goes back to step 4, round for ever",
    ]
    edit(folder, "route_r.txt", "|look|wett|", "|look|wet|")
    edit(folder, "route_r.txt", "|175|150|", "|75|150|")
    edit(folder, "route_r.txt", "|4|100|lot||", "|4|100|lot|40|")
    assert imported(folder).routes["r"][4].rework[0].probability == 1, "three in five are not sampled, and go on"


@pytest.mark.parametrize(
    ("rework_to", "window", "told"),
    [
        # the window of step 1 lasts until step 6, and step 5 sends lots back
        ("1", ("1", "6"), "the window from step 1 to step 6 crosses the way back from step 5 to step 1: lots leave it"),
        ("2", ("1", "6"), None),  # a loop inside the window: the limit runs on
        ("1", ("2", "4"), None),  # a window inside the loop: opened and judged each time
        ("2", ("1", "3"), "the window from step 1 to step 3 crosses the way back from step 5 to step 2: lots come"),
        ("3", ("1", "3"), None),  # back to the step whose start has ended the window
        ("4", ("1", "3"), None),  # apart
    ],
)
def test_a_window_that_crosses_a_rework_is_one_line_with_its_place(
    folder: Path, rework_to: str, window: tuple[str, str], told: str | None
) -> None:
    edit(folder, "route_r.txt", "|4|1.7|", f"|{rework_to}|1.7|")
    text = (folder / "route_r.txt").read_text().replace("\t3\t4\thr", "\t\t\t")  # the window that stood there
    header, *rows = text.splitlines()
    first, until = window
    cells = rows[int(first) - 1].split("\t")
    cells[-3:] = [until, "4", "hr"]
    rows[int(first) - 1] = "\t".join(cells)
    (folder / "route_r.txt").write_text("\n".join([header, *rows, ""]))
    if told is None:
        notes = import_autosched(folder, folder.parent / "small.yaml").notes
        assert any("inside a queue-time window" in note for note in notes) == (window == ("1", "6"))
        assert imported(folder).routes["r"][int(first) - 1].queue_limit[0].limit == 14_400
        return
    column = 1 + len("\t".join(cells[:-3])) + 1
    (line,) = told_of(folder)
    assert line.startswith(f"route_r.txt:{int(first) + 1}:{column}: STEP_CQT: {told}"), line
