"""`twin compare`, and `twin run` of a line with changes for a time: what they print where, and how they end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from twin.results import Comparison, Results
from twin.scene import opengl

Call = Callable[..., tuple[int, str, str]]
SHORT = ("--horizon", "10d", "--warmup", "1d", "--replications", "4")
SHOP = """\
twin: 1
line: shop
toolgroups: {saw: {tools: 2}, drill: {tools: 1}}
products: {plate: {route: main, release: {every: {exponential: 10 min}}}}
routes:
  main:
    - {step: cut, toolgroup: saw, time: {exponential: 14 min}}
    - {step: bore, toolgroup: drill, time: {exponential: 7 min}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.yaml").write_text(SHOP)
    return tmp_path / "shop.yaml"


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without OpenGL."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    monkeypatch.setattr(opengl, "_probe", lambda: False)


def test_help(call: Call) -> None:
    code, out, _ = call("compare", "--help")
    assert code == 0
    for option in ("--scenario", "--scenarios", "--horizon", "--max-wip", "--set", "--samples", "--image"):
        assert option in out


def test_differences_are_printed(call: Call, shop: Path) -> None:
    code, out, err = call(
        "compare", shop, "--scenario", "third saw: toolgroups.saw.tools=3",
        "--scenario", "both: toolgroups.saw.tools=3; toolgroups.drill.tools=2", *SHORT,
    )  # fmt: skip
    assert code == 0 and not err
    assert f"{shop}: base and 2 scenarios" in out
    assert "third saw: toolgroups.saw.tools=3" in out
    assert "Bottleneck: drill" in out or "Bottleneck: saw" in out
    assert "x narrower than separate random numbers" in out.replace("\n  ", " ")


def test_json_is_one_object(call: Call, shop: Path) -> None:
    code, out, err = call("compare", shop, "--scenario", "third saw: toolgroups.saw.tools=3", "--json", *SHORT)
    assert code == 0 and not err
    plain = json.loads(out)
    assert plain["model"] == str(shop) and list(plain["scenarios"]) == ["third saw"]
    assert plain["scenarios"]["third saw"]["figures"]["throughput"]["difference"]["unit"] == "lot/d"


def test_set_is_for_base_and_all(call: Call, shop: Path) -> None:
    words = ("compare", shop, "--set", "toolgroups.saw.tools=3", "--scenario")
    code, _, err = call(*words, "third saw: toolgroups.saw.tools=3", *SHORT)
    assert code == 2 and "scenario 'third saw': toolgroups.saw.tools is 3 already" in err


def test_a_comparison_is_saved_and_drawn_again(call: Call, shop: Path, tmp_path: Path) -> None:
    out_folder = tmp_path / "what_if"
    code, out, _ = call("compare", shop, "--scenario", "third saw: toolgroups.saw.tools=3", "--out", out_folder, *SHORT)
    assert code == 0 and f"Saved in {out_folder}; look at it with: twin show {out_folder} --image PNG" in out
    found = Comparison.load(out_folder)
    assert found.base.settings.model == str(shop) and list(found.scenarios) == ["third saw"]
    code, out, err = call("show", out_folder)
    assert code == 2 and not out and "a comparison is a picture, not a window: --image FILE.png" in err
    code, out, err = call("run", out_folder)
    assert code == 2 and f"is a comparison; give one of its runs, such as {out_folder / 'base'}" in err
    code, out, _ = call("run", out_folder / "third_saw")
    assert code == 0 and "10 d, warm-up 1 d, 4 replications" in out


def test_a_saved_run_is_a_base_too(call: Call, shop: Path, tmp_path: Path) -> None:
    call("run", shop, "--out", tmp_path / "run", *SHORT)
    code, out, _ = call("compare", tmp_path / "run", "--scenario", "third saw: toolgroups.saw.tools=3")
    assert code == 0 and "10 d, warm-up 1 d, 4 replications on the same random numbers" in out
    assert f"{shop}: base and 1 scenario" in out


def test_scenarios_from_a_file(call: Call, shop: Path, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("third saw: {toolgroups.saw.tools: 3}\nfourth: toolgroups.saw.tools=4\n")
    code, out, _ = call(
        "compare", shop, "--scenario", "drills: toolgroups.drill.tools=2", "--scenarios", tmp_path / "s.yaml", *SHORT
    )
    assert code == 0 and "base and 3 scenarios" in out
    code, _, err = call("compare", shop, "--scenarios", tmp_path / "none.yaml")
    assert code == 2 and "none.yaml: cannot be read" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "no scenario to compare with"),
        (("--scenario", "toolgroups.saw.tools=3"), "has no name"),
        (("--scenario", "x: toolgroups.saw.tools=2"), "touches nothing"),
        (("--scenario", "x: toolgroups.saw.tools=1 from 3 d to 2 d"), "ends at 2 d and begins at 3 d"),
        (("--scenario", "x: toolgroups.saw.tools=1 from 90 d"), "begins at the end of the run at 10 d or later"),
        (("--scenario", "x: toolgroups.saw.tools=3", "--image", "x.gif"), "a picture's name ends in one of"),
        (("--scenario", "x: products.plate.release.every=1 min", "--max-wip", "50"), "scenario 'x': replication"),
    ],
)
def test_what_cannot_be_done_ends_in_2(call: Call, shop: Path, words: tuple[str, ...], told: str) -> None:
    code, out, err = call("compare", shop, *words, *SHORT)
    assert code == 2 and not out
    assert told in err and "Traceback" not in err


def test_a_folder_of_something_else_is_refused_before_the_run(call: Call, shop: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    code, out, err = call("compare", shop, "--scenario", "x: toolgroups.saw.tools=3", "--out", tmp_path / "mine")
    assert code == 2 and not out and "holds 'notes.txt'" in err


def test_a_run_with_changes_for_a_time_answers(call: Call, shop: Path, tmp_path: Path) -> None:
    change = "toolgroups.saw.tools=0 from 4 d to 4.5 d"
    code, out, _ = call("run", shop, "--set", change, "--out", tmp_path / "run", *SHORT)
    assert code == 0
    told = out.replace("\n  ", " ")
    assert "lots at the most, on day" in told and "back to normal" in told and "looked at every 1 h" in told
    saved = Results.load(tmp_path / "run")
    assert [str(transient) for transient in saved.line.transients] == [change]
    assert saved.wip_trace is not None and saved.wip_trace.normal is not None
    code, out, _ = call("run", tmp_path / "run", "--json")
    assert code == 0
    assert json.loads(out)["wip_over_time"] == saved.to_json()["wip_over_time"], "a saved run can be repeated"


def test_one_path_may_change_twice_but_lastingly_only_once(call: Call, shop: Path) -> None:
    path = "toolgroups.saw.tools"
    twice = ("--set", f"{path}=1 from 2 d to 3 d", "--set", f"{path}=0 from 5 d to 5.1 d")
    code, out, _ = call("run", shop, *twice, "--set", f"{path}=3", *SHORT)
    assert code == 0 and "lots out by the end" in out.replace("\n  ", " ")
    code, _, err = call("run", shop, "--set", f"{path}=3", "--set", f"{path}=4")
    assert code == 2 and f"{path} is set twice" in err
    code, _, err = call("run", shop, "--set", f"{path}=1 to 3 d")
    assert code == 2 and "begins at no time" in err


@pytest.mark.usefixtures("blind")
def test_without_opengl_the_chart_is_written_where_there_is_one(call: Call, shop: Path, tmp_path: Path) -> None:
    image = tmp_path / "x.png"
    change = "toolgroups.saw.tools=0 from 4 d to 4.5 d"
    code, out, _ = call("compare", shop, "--scenario", f"bad day: {change}", "--image", image, *SHORT)
    assert code == 0 and image.exists()
    assert "OpenGL is missing" in out and f"The chart of WIP over time alone is in {image}" in out
    image.unlink()
    code, out, _ = call("run", shop, "--set", change, "--image", image, "--out", tmp_path / "run", *SHORT)
    assert code == 0 and image.exists() and "chart of WIP over time alone" in out
    image.unlink()
    code, out, _ = call("show", tmp_path / "run", "--image", image)
    assert code == 0 and image.exists() and "chart of WIP over time alone" in out
    image.unlink()
    code, out, err = call("compare", shop, "--scenario", "x: toolgroups.saw.tools=3", "--image", image, *SHORT)
    assert code == 0 and not image.exists() and "OpenGL is missing" in err
