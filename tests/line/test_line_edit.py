"""Changes by path, as `twin run --set` makes them."""

from __future__ import annotations

from pathlib import Path

import pytest
from spoiled import SOUND, STARTS, WIP

from twin.line import LineError, read


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in (("shop.yaml", SOUND), ("starts.csv", STARTS), ("wip.csv", WIP)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / "shop.yaml"


def test_values_are_set_by_path(shop: Path) -> None:
    line = read(
        shop,
        set={
            "toolgroups.oven.tools": "3",
            "toolgroups.test.failures.0.mttr": "{exponential: 5 min}",
            "toolgroups.weld.setups.min_run.B": "4",
            "routes.main.bake.time": "2 min",
            "routes.main.0.time.uniform.high": "80 s",
            "routes.main.check.rework.probability": "2 %",
            "products.body.release.every.exponential": "70 s",
            "products.door.release.wip": 4,
            "transport": "none",
            "run.horizon": "10 d",
        },
    )
    join, bake, _, check = line.routes["main"]
    assert line.toolgroups["oven"].tools == 3
    assert line.toolgroups["test"].failures[0].mttr.kind == "exponential"
    assert line.toolgroups["weld"].setups is not None and line.toolgroups["weld"].setups.min_run == {"B": 4}
    assert bake.time.params == (120,) and join.time.params == (50, 80)
    assert check.rework[0].probability == 0.02
    body, door = line.products["body"].release, line.products["door"].release
    assert body.every is not None and body.every.mean == 70 and body.start == 3600
    assert (door.kind, door.wip) == ("wip", 4)
    assert line.transport is None and line.run.horizon == 864000


def test_a_new_law_replaces_the_old_one(shop: Path) -> None:
    line = read(
        shop,
        set={"routes.main.join.time.exponential": "1 min", "routes.main.bake.time.uniform": "[1 s, 2 s]"},
    )
    assert [step.time.kind for step in line.routes["main"][:2]] == ["exponential", "uniform"]


def test_parts_that_share_an_anchor_are_changed_apart(tmp_path: Path) -> None:
    text = SOUND.replace("  oven: {", "  oven: &o {").replace("  test:\n", "  spare: *o\n  test:\n")
    for name, content in (("shop.yaml", text), ("starts.csv", STARTS), ("wip.csv", WIP)):
        (tmp_path / name).write_text(content)
    line = read(tmp_path / "shop.yaml", set={"toolgroups.oven.tools": 5})
    assert (line.toolgroups["oven"].tools, line.toolgroups["spare"].tools) == (5, 1)


def test_a_list_of_one_part_needs_no_number(shop: Path) -> None:
    one = read(shop, set={"toolgroups.test.failures.mttr": "17 min"})
    assert one == read(shop, set={"toolgroups.test.failures.0.mttr": "17 min"})
    assert one.toolgroups["test"].failures[0].mttr.mean == 17 * 60


def test_a_list_of_several_parts_does(shop: Path) -> None:
    with pytest.raises(LineError, match=r"changes is a list; write toolgroups.litho.setups.changes.0 to toolgroups"):
        read("fab/mini_fab", set={"toolgroups.litho.setups.changes.to": "3"})


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("toolgroups.oven.tools", "x", "needs a whole number"),
        ("toolgroups.oven.tols", "3", "unknown key 'tols', did you mean 'tools'?"),
        ("toolgroups.ovn.tools", "3", "toolgroups has no 'ovn'; did you mean 'oven'?"),
        ("toolgroup.oven.tools", "3", "a line has no 'toolgroup'; did you mean 'toolgroups'?"),
        ("routes.main.bke.time", "2 min", "routes.main has no step 'bke'; did you mean 'bake'?"),
        ("routes.main.9.time", "2 min", "routes.main has no step '9'"),
        ("routes.mian.bake.time", "2 min", "routes has no 'mian'; did you mean 'main'?"),
        ("routes.main.bake.tme", "2 min", "unknown key 'tme', did you mean 'time'?"),
        ("routes.main.bake.toolgroup", "ovn", "did you mean 'oven'?"),
        ("oven.tools", "3", "a line has no 'oven'; did you mean toolgroups.oven.tools?"),
        ("toolgroups.test.failures.mtr", "1 min", "unknown key 'mtr', did you mean 'mttr'?"),
        ("toolgroups.test.setps.min_run.B", "1", "unknown key 'setps', did you mean 'setups'?"),
        ("products.body.release.evry", "1 h", "did you mean 'every'?"),
        ("run.horizon", "10", "a time needs a unit"),
        ("run.horizon", "{", "cut short"),
        ("run..horizon", "1 h", "keys joined by dots"),
    ],
)
def test_a_wrong_change_is_told_as_it_was_given(shop: Path, path: str, value: str, words: str) -> None:
    with pytest.raises(LineError) as caught:
        read(shop, set={path: value, "run.seed": "2"})
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"--set {path}={value}: ")
    assert words in line


def test_faults_of_the_file_and_of_the_changes_are_told_together(shop: Path) -> None:
    shop.write_text(SOUND.replace("tools: 2,", "tols: 2,"))
    with pytest.raises(LineError) as caught:
        read(shop, set={"toolgroups.oven.tools": "-1"})
    first, second, *_ = str(caught.value).splitlines()
    assert first.startswith("--set toolgroups.oven.tools=-1: ")
    assert ":5:10: toolgroups.weld.tols" in second
