"""The README's two commands: exactly two, and the words in them are words the program knows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import twin
from twin.engine.compose import check_rule
from twin.line.own_rules import own_rule
from twin.process import registry

ROOT = Path(__file__).resolve().parents[1]


def block(language: str) -> str:
    """The README's first code block in a language."""
    found = re.search(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def commands() -> list[str]:
    """The command lines of the first code block."""
    return [line for line in block("[a-z]*").splitlines() if line.strip() and not line.startswith("#")]


def test_the_first_block_holds_two_commands() -> None:
    first, second = commands()
    assert "pip install" in first
    assert " run " in first
    assert '".[test]"' in second
    assert second.endswith("-m pytest -n auto")


def test_the_first_command_runs_over_a_shorter_horizon(tmp_path: Path) -> None:
    """Its twin part, word for word but for the horizon, ends with a table and no fault."""
    main_job = commands()[0].split("&&")[-1]
    words = shlex.split(main_job.replace("365d", "1d"))
    assert words[0].endswith("/twin")
    assert "1d" in words
    run = subprocess.run(
        [sys.executable, "-m", "twin.cli", *words[1:]], env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "Lot_3" in run.stdout
    picture = words[words.index("--image") + 1]
    assert (tmp_path / picture).exists() or "libegl1" in run.stdout + run.stderr


def test_the_document_shown_is_a_document_that_runs(tmp_path: Path) -> None:
    file = tmp_path / "line.yaml"
    file.write_text(block("yaml"), encoding="utf-8")
    results = twin.simulate(twin.read(str(file)), horizon="40 d", replications=2)
    assert results.products["throughput", "mean"]["body"] > 0


def test_the_rule_shown_is_a_rule() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.findall(r"```python\n(.*?)```", text.split("## Your own rule")[1], re.DOTALL)[0]
    names: dict[str, Any] = {"twin": twin}
    exec(code.split("results =")[0], names)
    line = twin.read("fab/mini_fab").with_rules({"litho": [names["patient"], "fifo"]})
    rule = own_rule(line.toolgroups["litho"].rule[0])
    check_rule(rule)
    assert not rule.lot_only


def test_the_law_shown_that_makes_something_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the words of the text around it, on a tool that is never maintained: every unit has the charge's copper."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").split("## Your own law")[1].split("\n## ")[0]
    names: dict[str, Any] = {"__name__": "readme"}
    code = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[1]
    exec(compile(code, "README.md", "exec", dont_inherit=True), names)
    monkeypatch.setattr(registry, "_offered", {})
    twin.process.offer_law("plating", names["Plating"])
    process, condition = re.findall(r"`(?:process|condition): (\{(?!law: haze).*?\})`", text)
    line = twin.line.Line.from_document(
        {
            "line": "plating",
            "characteristics": {"copper": {"unit": "um"}},
            "toolgroups": {"bath": {"condition": yaml.safe_load(condition)}},
            "products": {"wafer": {"route": "main", "release": "saturated"}},
            "routes": {
                "main": [
                    {"step": "plate", "toolgroup": "bath", "time": "recipe", "process": yaml.safe_load(process)},
                ]
            },
        }
    )
    units = twin.simulate(line, horizon="5 d", replications=1).units_table()["copper"]
    charge = 3.675e-5 * 200 * 600  # um: 63.546 g/mol / (2 x 96485 As/mol) / 8.96 g/cm3 are 3.675e-5 cm3/As
    tired = 1 - 2e-5 * np.arange(len(units))
    assert len(units) > 700
    assert units.to_numpy() == pytest.approx(charge * tired, rel=1e-5)


def test_the_python_shown_runs(capsys: pytest.CaptureFixture[str]) -> None:
    code = block("python").replace('horizon="365 d", replications=32', 'horizon="60 d", replications=2')
    code = code.replace('.tools": 2}})', '.tools": 2}}, horizon="60 d", replications=2)')
    code = "\n".join(line for line in code.splitlines() if not line.startswith("twin.show("))
    assert code.count("60 d") == 2
    names: dict[str, object] = {}
    exec(code, names)
    assert str(names["results"]) in capsys.readouterr().out


def guide() -> tuple[str, list[str]]:
    """The first-use guide's table and its `twin` commands, in order."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split("## Ten minutes")[1].split("\n## ")[0]
    tables = re.findall(r"```csv\n(.*?)```", section, re.DOTALL)
    shell = re.findall(r"```bash\n(.*?)```", section, re.DOTALL)
    lines = [line for part in shell for line in part.splitlines() if line.startswith("twin ")]
    assert len(tables) == 1
    assert len(lines) == sum(len(part.splitlines()) for part in shell) - 1, "one line installs, the others run"
    return tables[0], lines


def test_every_step_of_the_guide_works(tmp_path: Path) -> None:
    """Word for word, the runs over a shorter time; every picture and file that is named is there in the end."""
    table, lines = guide()
    (tmp_path / "stations.csv").write_text(table, encoding="utf-8")
    for line in lines:
        words = shlex.split(line)[1:]
        if words[0] in {"run", "compare"}:
            words += ["--horizon", "22d", "--warmup", "2d", "--replications", "4"]
        run = subprocess.run(
            [sys.executable, "-m", "twin.cli", *words], env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert run.returncode == 0, line + run.stderr
        named = [Path(word) for word in words if word.endswith((".yaml", ".xlsx", ".png"))]
        for file in named:
            assert (tmp_path / file).exists() or "libegl1" in run.stdout + run.stderr, f"{line}: no {file}"
    assert len(lines) >= 7


def test_links_lead_somewhere() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    local = [link for link in re.findall(r"\]\(([^)#]+)\)", readme) if "://" not in link]
    assert local
    assert all((ROOT / link).exists() for link in local)


def test_versions_are_pinned_without_addresses() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+(; .+)?", pin) for pin in pins)
