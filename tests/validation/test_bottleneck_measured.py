"""The bottleneck that is named is the one where faster work gains most, measured on the same random numbers."""

from __future__ import annotations

import re
from pathlib import Path

import twin
from twin.line.stations import import_stations

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_guides_line_is_held_back_where_a_faster_station_gains_most(tmp_path: Path) -> None:
    """Arrows of blocked and starved point to Weld 2 there; Weld 1 is busier, and the gain says it is right."""
    table = re.findall(r"```csv\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)[0]
    (tmp_path / "stations.csv").write_text(table, encoding="utf-8")
    import_stations(tmp_path / "stations.csv", tmp_path / "line.yaml")
    faster = {f"{name} faster": {f"routes.main.{name}.time": f"{seconds} s"} for name, seconds in
              (("Weld 1", 53), ("Weld 2", 51), ("Seal", 52), ("Rivet", 49))}  # fmt: skip
    found = twin.compare(str(tmp_path / "line.yaml"), faster, horizon="40 d", warmup="2 d", replications=8)
    gains = found.differences.xs("throughput", level="figure")
    others = gains.drop("Weld 1 faster")
    assert (gains.loc["Weld 1 faster", "difference_low"] > others["difference_high"]).all()
    assert found.base.bottleneck == "Weld 1"
    assert "the arrow method points to Weld 2" in found.base.bottleneck_sentence
