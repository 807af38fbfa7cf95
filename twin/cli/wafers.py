"""What `twin yield RUN --wafer` and `twin show RUN --wafer` tell and draw of a wafer, or of every wafer of a lot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from twin.cli.errors import Refused
from twin.cli.output import say, say_json, say_rows

if TYPE_CHECKING:
    from twin.results import Results


def tell_wafer(results: Results, name: str, replication: int, *, json: bool = False) -> None:
    """Print a wafer (`Pa-12.3`), or a line for every wafer of a lot (`Pa-12`): yield, bins, what made it."""
    from twin.results import wafer_report

    found = results.wafers(name, replication=replication)
    if json:
        say_json(wafer_report.to_json(found))
    else:
        say_rows(lambda ascii_only: wafer_report.rows(found, ascii_only=ascii_only))


def draw_wafer(run: str, name: str, replication: int, image: Path | None, of: str | None) -> None:
    """Write the map of a wafer or of a lot: its bins, its defects or a characteristic, and say what it shows."""
    from twin.results import Results
    from twin.scene.wafer import wafer_map

    if image is None:
        raise Refused(f"--wafer {name}: a wafer map is a picture; write --image FILE.png")
    if not Path(run).is_dir():
        raise Refused(f"{run}: wafers belong to a run; make one with: twin run {run} --out DIR")
    written, told = wafer_map(Results.load(run), name, image, replication=replication, of=of)
    say(f"{told}. Picture in {written}")
