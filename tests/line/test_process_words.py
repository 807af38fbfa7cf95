"""Process laws and dies in documents: their words, their faults, and laws of the user's own package."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from twin.line import Line, LineError, read
from twin.line.schema import json_schema
from twin.process import offer_law, registry
from twin.process.particles import Particles
from twin.process.spot_weld import SpotWeld

HEAD = """\
twin: 1
line: small
toolgroups: {etch: {tools: 2}, hold: {tools: unlimited}}
products: {A: {route: main, lot_size: 25, release: {every: 1 h}, die: DIE}}
routes:
  main:
    - {step: clean, toolgroup: etch, time: 1 min}
    - {step: cut, toolgroup: etch, time: 1 min, process: PROCESS}
    - {step: wait, toolgroup: hold, time: 1 min}
"""
DIE = "{width: 8 mm, height: 1 cm}"
PARTICLES = "{law: particles, adders: 0.01 /cm2}"
WELDS = "{law: spot_weld, welds: 14, growth: 800 nm, rejects_to: clean}"


def document(process: str = PARTICLES, die: str = DIE) -> str:
    return HEAD.replace("PROCESS", process).replace("DIE", die)


@pytest.fixture
def line_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Line]:
    """Read the small line with these words."""
    monkeypatch.chdir(tmp_path)

    def read_it(process: str = PARTICLES, die: str = DIE) -> Line:
        Path("small.yaml").write_text(document(process, die), encoding="utf-8")
        return read("small.yaml")

    return read_it


def test_a_law_with_its_units(line_of: Callable[..., Line]) -> None:
    words = "{law: particles, adders: 100 /m2, seasoning: 150 %, ageing: 0.001, waiting: 0.024 /cm2/d}"
    process = line_of(words).routes["main"][1].process
    assert process is not None and process.law == "particles"
    assert process.model == Particles(adders=0.01, seasoning=1.5, ageing=0.001, hourly=0.001)
    assert process.effects == {"defects", "waiting"} and process.rejects_to is None


def test_a_law_that_rejects(line_of: Callable[..., Line]) -> None:
    process = line_of(WELDS).routes["main"][1].process
    assert process is not None and process.rejects_to == "clean"
    assert process.model == SpotWeld(welds=14, growth=0.8)


def test_a_die(line_of: Callable[..., Line]) -> None:
    die = line_of(die="{width: 8 mm, height: 1 cm, wafer: 200 mm, edge: 0 mm, clustering: none}").products["A"].die
    assert die is not None
    assert (die.width, die.height, die.wafer, die.edge, die.clustering) == (8, 10, 200, 0, None)
    assert die.area_cm2 == 0.8 and die.places.x.size == 352
    assert die.yield_of(0.0) == 1.0


@pytest.mark.parametrize("process", [PARTICLES, WELDS])
def test_words_are_written_back_and_fit_the_schema(line_of: Callable[..., Line], process: str) -> None:
    line = line_of(process)
    written = line.to_document()
    assert Line.from_document(written) == line
    assert Line.from_document(json.loads(json.dumps(written))).to_document() == written
    jsonschema.Draft202012Validator(json_schema()).validate(written)


def test_every_parameter_is_written_back(line_of: Callable[..., Line]) -> None:
    """What a law's default is today must not change a run that is repeated tomorrow."""
    assert line_of().to_document()["routes"]["main"][1]["process"] == {
        "law": "particles", "adders": "0.01 /cm2", "seasoning": 0.0, "seasoning_wafers": 25.0, "ageing": 0.0,
        "waiting": "0.0 /cm2/h",
    }  # fmt: skip


@pytest.mark.parametrize("process", ["{law: particles}", "{law: nothing}", "{law: particles, adders: 0.1 /cm2, x: 1}"])
def test_the_schema_refuses_what_the_reader_refuses(line_of: Callable[..., Line], process: str) -> None:
    written = line_of().to_document()
    written["routes"]["main"][1]["process"] = dict(pair.split(": ") for pair in process.strip("{}").split(", "))
    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(written)


FAULTS = [
    ("particles", "8:58: routes.main.cut.process: needs a law and its parameters such as {law: particles"),
    ("{adders: 0.01 /cm2}", "8:49: routes.main.cut.process.law: the key 'law' is missing"),
    ("{law: particle, adders: 1 /cm2}", "8:64: routes.main.cut.process.law: unknown law 'particle': twin has none"),
    ("{law: particle, adders: 1 /cm2}", "entry point group 'twin.process'); did you mean 'particles'?"),
    ("{law: [a], adders: 1 /cm2}", "needs the name of a law such as 'particles'"),
    ("{law: particles}", "8:49: routes.main.cut.process.adders: the law 'particles' needs 'adders'; write for"),
    ("{law: particles, addrs: 1 /cm2}", "8:75: routes.main.cut.process.addrs: unknown key 'addrs', did you mean"),
    ("{law: particles, adders: -1 /cm2}", "8:83: routes.main.cut.process.adders: must be at least 0 /cm2, and -1"),
    ("{law: particles, adders: 0.01}", "needs a unit; write '0.01 /cm2'"),
    ("{law: particles, adders: 0.01 mm}", "'0.01 mm' is not of the kind of '/cm2'; write a quantity such as"),
    ("{law: particles, adders: 0.01 /furlong2}", "unknown unit 'furlong'"),
    ("{law: particles, adders: .nan}", "needs a quantity such as '0.5 /cm2'"),
    ("{law: particles, adders: 0.1 /cm2, ageing: 3 mm}", "'3 mm' has a unit, and this is a plain number"),
    ("{law: particles, adders: 0.1 /cm2, rejects_to: clean}", "the law 'particles' rejects no lot; leave rejects_to"),
    ("{law: spot_weld, welds: 2.5, growth: 1 um}", "process.welds: needs a whole number, not 2.5"),
    ("{law: spot_weld, welds: 2, growth: 1 um, nugget: 3 mm}", "is not above the limit of 4 mm"),
    ("{law: spot_weld, welds: 2, growth: 1 um, rejects_to: clan}", "no such step 'clan'; did you mean 'clean'?"),
    ("{law: spot_weld, welds: 2, growth: 1 um, rejects_to: end}", "rejected lots go to a step of the route"),
]


@pytest.mark.parametrize(("process", "words"), FAULTS)
def test_a_fault_of_a_process_is_told_with_its_place(line_of: Callable[..., Line], process: str, words: str) -> None:
    with pytest.raises(LineError) as caught:
        line_of(process)
    message = str(caught.value)
    assert words in message and "Traceback" not in message
    assert sum("small.yaml:" in line for line in message.splitlines()) == 1, message


@pytest.mark.parametrize(
    ("die", "words"),
    [
        ("{width: 250 mm, height: 250 mm}", "4:79: products.A.die.width: a die of 250 mm x 250 mm does not fit"),
        ("{width: 8 mm, height: 1 cm, wafer: 20 mm, edge: 10 mm}", "die.edge: leaves nothing of a wafer of 20 mm"),
        ("{width: 8 mm}", "the key 'height' is missing; write 'height: 10 mm'"),
        ("{width: 8, height: 1 cm}", "needs a unit; write '8 mm'"),
        ("{width: 8 s, height: 1 cm}", "'8 s' is not of the kind of 'mm'"),
        ("{width: 8 mm, height: 1 cm, clustering: 0}", "clustering: lies between 0.05 and 1000, and 0 does not"),
        ("{width: 8 mm, height: 1 cm, clustring: 2}", "unknown key 'clustring', did you mean 'clustering'?"),
    ],
)
def test_a_fault_of_a_die_is_told(line_of: Callable[..., Line], die: str, words: str) -> None:
    with pytest.raises(LineError) as caught:
        line_of(die=die)
    assert words in str(caught.value)


def test_every_fault_at_once_and_a_delay_has_no_state_to_follow(tmp_path: Path) -> None:
    spoiled = document("{law: particles, adders: -1 /cm2, ageing: 9}", "{width: 0 mm, height: 1 cm}")
    spoiled = spoiled.replace("hold, time: 1 min", f"hold, time: 1 min, process: {PARTICLES}")
    (tmp_path / "small.yaml").write_text(spoiled)
    with pytest.raises(LineError) as caught:
        read(tmp_path / "small.yaml")
    told = [line.split(": ", 2)[1] for line in str(caught.value).splitlines() if "small.yaml:" in line]
    assert told == [
        "products.A.die.width", "routes.main.cut.process.adders", "routes.main.cut.process.ageing",
        "routes.main.wait.process",
    ]  # fmt: skip
    assert "'hold' is unlimited and has no tools whose state a law could follow" in str(caught.value)


def test_a_rejected_lot_may_come_back_to_what_only_it_needs(tmp_path: Path) -> None:
    """A loop that only rejects leave is no trap, a step that only they reach no dead end."""
    line = Line.from_document(
        {
            "line": "loop",
            "toolgroups": {"weld": {}, "bench": {}},
            "products": {"body": {"route": "main", "release": "saturated"}},
            "routes": {
                "main": [
                    {"step": "weld", "toolgroup": "weld", "time": "1 min", "branch": {"probability": 1, "to": "end"},
                     "process": {"law": "spot_weld", "welds": 14, "growth": "1 um", "rejects_to": "mend"}},
                    {"step": "mend", "toolgroup": "bench", "time": "5 min", "branch": {"probability": 1, "to": "weld"}},
                ]
            },
        }
    )  # fmt: skip
    assert line.routes["main"][0].process is not None


# ---------------------------------------------------------------- laws of the user's own

OWN = '''\
from dataclasses import dataclass

from twin.process import ProcessLaw, parameter


@dataclass(frozen=True, kw_only=True)
class Haze(ProcessLaw):
    """Haze grows on waiting reticles, up to a ceiling."""

    ceiling: float = parameter("/cm2", "Defects of an endless wait.", high=10.0)
    tau: float = parameter("h", "Time to 63 % of them.", default=8.0, positive=True)

    def waiting(self, hours):
        return self.ceiling * hours / (hours + self.tau)


@dataclass(frozen=True, kw_only=True)
class Broken(ProcessLaw):
    """Divides by what is 0 in front of the first unit."""

    rate: float = parameter("", "A number.", default=1.0)

    def defects(self, passes):
        return 1.0 / passes


@dataclass(frozen=True)
class Odd(ProcessLaw):
    """Its author measures in a unit of his own."""

    rate: float = parameter("cubits", "A number.", default=1.0)


no_law = 3
'''
POINTS = """\
[twin.process]
haze = own_laws:Haze
broken = own_laws:Broken
odd = own_laws:Odd
no_law = own_laws:no_law
gone = own_laws:Gone
"""


@pytest.fixture
def own_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed distribution that offers laws, as pip leaves it."""
    site = tmp_path / "site"
    info = site / "own_laws-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "own_laws.py").write_text(OWN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own-laws\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.delitem(sys.modules, "own_laws", raising=False)
    return site


def test_a_law_of_the_users_own(own_package: Path, line_of: Callable[..., Line]) -> None:
    line = line_of("{law: haze, ceiling: 0.2 /cm2, tau: 90 min}")
    process = line.routes["main"][1].process
    assert process is not None and process.effects == {"waiting"}
    assert (process.model.ceiling, process.model.tau) == (0.2, 1.5)
    assert Line.from_document(line.to_document()) == line
    jsonschema.Draft202012Validator(json_schema()).validate(line.to_document())


@pytest.mark.parametrize(
    ("process", "words"),
    [
        ("{law: haze, ceiling: 20 /cm2}", "8:79: routes.main.cut.process.ceiling: must be at most 10 /cm2"),
        ("{law: hase, ceiling: 0.2 /cm2}", "did you mean 'haze'?"),
        ("{law: broken}", "8:64: routes.main.cut.process.law: the law 'broken' cannot be used: its defects(passes) is"),
        ("{law: odd}", "its 'rate' has the unit 'cubits'; unknown unit 'cubits'"),
        ("{law: no_law}", "the law 'no_law' of package 'own-laws', own_laws:no_law, is no class that extends"),
        ("{law: gone}", "the law 'gone' of package 'own-laws' cannot be loaded: AttributeError"),
    ],
)
def test_a_fault_of_an_own_law_is_told_once_with_its_place(
    own_package: Path, line_of: Callable[..., Line], process: str, words: str
) -> None:
    with pytest.raises(LineError) as caught:
        line_of(process)
    assert words in str(caught.value)
    assert sum("small.yaml:" in line for line in str(caught.value).splitlines()) == 1


def test_the_law_of_the_readme_is_a_law(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line_of: Callable[..., Line]
) -> None:
    """Its two files as they stand there, installed as pip would."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    code = next(block for block in re.findall(r"```python\n(.*?)```", readme, re.DOTALL) if "ProcessLaw" in block)
    project = next(block for block in re.findall(r"```toml\n(.*?)```", readme, re.DOTALL) if "twin.process" in block)
    words = re.search(r"`process: (\{law: haze, .*?\})`", readme)
    assert words is not None and code.count("\n") < 20
    offered = tomllib.loads(project)["project"]["entry-points"]["twin.process"]
    points = "".join(f"{name} = {target}\n" for name, target in offered.items())
    info = tmp_path / "site" / "reticle_haze-1.0.dist-info"
    info.mkdir(parents=True)
    (tmp_path / "site" / "reticle_haze.py").write_text(code)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: reticle-haze\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[twin.process]\n{points}")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    process = line_of(words[1]).routes["main"][1].process
    assert process is not None and process.effects == {"waiting"} and process.model.tau == 1.5


def test_a_script_may_offer_a_law_without_a_package(
    monkeypatch: pytest.MonkeyPatch, line_of: Callable[..., Line]
) -> None:
    monkeypatch.setattr(registry, "_offered", {})
    offer_law("dust", Particles)
    process = line_of("{law: dust, adders: 0.3 /cm2}").routes["main"][1].process
    assert process is not None and process.model == Particles(adders=0.3)
    with pytest.raises(LineError, match="did you mean 'dust'"):
        line_of("{law: dusd, adders: 0.3 /cm2}")
    with pytest.raises(ValueError, match="twin has a law 'particles' itself"):
        offer_law("particles", Particles)
    with pytest.raises(ValueError, match="extends"):
        offer_law("dict", dict)  # type: ignore[arg-type]


def test_two_packages_may_not_offer_one_name(own_package: Path, line_of: Callable[..., Line]) -> None:
    info = own_package / "other-2.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 2.0\n")
    (info / "entry_points.txt").write_text("[twin.process]\nhaze = other_laws:Haze\n")
    with pytest.raises(LineError, match="'haze' is offered by package 'other' and package 'own-laws'; uninstall one"):
        line_of("{law: haze, ceiling: 0.2 /cm2}")


def test_other_packages_are_looked_through_only_for_laws_twin_lacks(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(document())
    code = (
        "import importlib.metadata as m, twin\n"
        "def refuse(*a, **k): raise SystemExit('looked through')\n"
        "import twin.process.registry as r; r.entry_points = refuse\n"
        "twin.read('small.yaml')"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)


def test_a_setting_reaches_a_parameter(line_of: Callable[..., Line]) -> None:
    line_of()
    changes: dict[str, Any] = {"routes.main.cut.process.adders": "0.5 /cm2", "products.A.die.clustering": "none"}
    line = read("small.yaml", set=changes)
    process, die = line.routes["main"][1].process, line.products["A"].die
    assert process is not None and die is not None
    assert process.model.adders == 0.5 and die.clustering is None
    with pytest.raises(LineError, match=r"--set routes\.main\.cut\.process\.adders=5: needs a unit"):
        read("small.yaml", set={"routes.main.cut.process.adders": 5})
