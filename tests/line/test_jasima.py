"""Shop models in jasima's text format: what they become, and what is told of those that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.line import Line, LineError, read
from twin.line.jasima import Order, import_jasima, read_starts

SHOP = """\
# a shop of two groups
2
# routes
2
# route A: 3 operations
1 2;G1 1
# route B: 2 operations
1 2
# processing times
30;x;4 10.5 30;x;4
30;x;4 7
# configuration
1
machineName
OVEN
numInGroup
2

2
machineName
ION 1
setup
2
DEF_SETUP x 70
G1 60 x
"""


def made(folder: Path, text: str = SHOP, order: Order | None = None) -> Line:
    """The line of such a file, imported."""
    (folder / "shop.txt").write_text(text, encoding="utf-8")
    import_jasima(folder / "shop.txt", folder / "shop.yaml", order, force=True)
    return read(folder / "shop.yaml")


def test_a_shop_becomes_a_line(tmp_path: Path) -> None:
    line = made(tmp_path, order=Order(starts=(4.5, 10.5), batch_min="75 %", rule=["atcs", "fasfs"], atcs={"k1": 0.01}))
    assert {name: group.tools for name, group in line.toolgroups.items()} == {"OVEN": 2, "ION 1": 1}
    oven, implant, _ = line.routes["A"]
    assert (oven.time.mean, implant.time.mean, implant.setup) == (1800, 630, "G1")
    assert oven.batch is not None and (oven.batch.min, oven.batch.max, oven.batch.family) == (3, 4, "x")
    assert line.routes["B"][1].setup == "DEF_SETUP", "the state before the first setup, which costs a change back"
    setups = line.toolgroups["ION 1"].setups
    assert setups is not None
    changes = {(change.from_, change.to): change.time for change in setups.changes}
    assert changes == {(None, "G1"): 4200, ("G1", "DEF_SETUP"): 3600}
    first = line.products["A"]
    assert first.release.every is not None and first.release.every.mean == pytest.approx(86_400 / 4.5)
    assert first.due is not None and first.due.law(100).params == (200, 500) and first.weight == (1, 10)
    group = line.toolgroups["OVEN"]
    assert group.rule == ("atcs", "fasfs") and group.atcs is not None and group.atcs.k1 == 0.01


def test_without_starts_the_busiest_group_is_loaded_to_seven_tenths(tmp_path: Path) -> None:
    # a job of each route: OVEN 3 x 30 / 4 / 2 tools = 11.25 min, ION 10.5 + 7 = 17.5 min, the busiest.
    every = made(tmp_path).products["A"].release.every
    assert every is not None and every.mean / 60 == pytest.approx(17.5 / 0.7, rel=1e-3)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2\n# routes", "two\n# routes", "shop.txt:2: the number of machine groups is a whole number from 1"),
        ("1 2;G1 1", "1 3;G1 1", "shop.txt:6: operation 2 of route A goes to machine group '3'; write one from 1 to 2"),
        ("1 2;G1 1", "1 2;G7 1", "shop.txt:6: operation 2 of route A needs setup 'G7', which ION 1 lacks"),
        ("1 2;G1 1", "1 2;G1", "shop.txt:10: route A has 3 process times and 2 operations (line 6)"),
        ("10.5", "ten", "shop.txt:10: operation 2 of route A has the process time 'ten'; write a number of minutes"),
        ("30;x;4 7", "30;x 7", "shop.txt:11: operation 1 of route B: '30;x' is no process time; write 235 or 235;A2;8"),
        ("30;x;4 7", "30;x;5 7", "shop.txt:11: operation 1 of route B and operation 1 of route A share batches x"),
        ("machineName\nION 1", "machinename\nION 1", "shop.txt:20: unknown word 'machinename'; words of a machine"),
        ("ION 1", "OVEN", "shop.txt:19: machine group 2 is called 'OVEN' as group 1; rename one of the two"),
        ("G1 60 x", "G1 60", "shop.txt:25: row G1 has 1 setup times, and there are 2 states; correct it"),
        ("G1 60 x", "G1 sixty x", "shop.txt:25: the setup from G1 to DEF_SETUP is 'sixty', no time in minutes"),
        ("G1 60 x", "", "shop.txt:25: the file ends where setup state 2 of ION 1 should stand; was it cut short?"),
        ("G1 60 x\n", "G1 60 x\njobs\n", "shop.txt:26: unknown word 'jobs'; jobs are not read"),
        ("2\nmachineName\nION", "3\nmachineName\nION", "shop.txt:19: machine group 2 should begin here, not '3'"),
    ],
)
def test_a_fault_is_told_with_its_line_and_cure_and_nothing_is_written(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    assert SHOP.count(old) == 1
    with pytest.raises(LineError) as refused:
        made(tmp_path, SHOP.replace(old, new))
    assert words in str(refused.value)
    assert [file.name for file in tmp_path.iterdir()] == ["shop.txt"]


def test_what_the_options_lack_is_told(tmp_path: Path) -> None:
    with pytest.raises(LineError, match="--starts: 3 rates for 2 routes; write one for each of A, B"):
        made(tmp_path, order=Order(starts=(1, 2, 3)))
    for text in ("4.5,", "4.5,fast", "4.5;3", "0,1", "-1,2", "nan,1"):
        with pytest.raises(LineError, match="is no rate"):
            read_starts(text)
    with pytest.raises(LineError, match="did you mean 'atcs'"):
        made(tmp_path, order=Order(rule="atc"))
    with pytest.raises(LineError, match="there is no such file"):
        import_jasima(tmp_path / "none.txt", tmp_path / "x.yaml")
    made(tmp_path)
    with pytest.raises(LineError, match="is there already"):
        import_jasima(tmp_path / "shop.txt", tmp_path / "shop.yaml")


def test_fab6_comes_with_its_batches_across_steps(shared: Path, tmp_path: Path) -> None:
    report = import_jasima(shared / "mimac" / "fab6.txt", tmp_path / "fab6.yaml")
    assert (report.made["toolgroups"], report.made["tools"], report.made["routes"]) == (104, 228, 9)
    line = read(tmp_path / "fab6.yaml")
    steps = [len(route) for route in line.routes.values()]
    assert (min(steps), max(steps)) == (234, 355)
    families = {step.batch.family for route in line.routes.values() for step in route if step.batch}
    assert "N0101" in families
