"""What does waiting cost in yield, by a law of your own, and what does a furnace more win back?

python examples/own_law.py

Bare silicon grows an oxide while a lot waits for the furnace: none to speak of for some hours, then about as much
with every tenfold wait. The law below says so, and makes killer defects of the thickness; twin asks it when the line
is compiled and adds what it says lot by lot, from the lot's own wait. Growth and onset are measured (6.8 Angstrom a
decade after 15,000 s, ellipsometry on HF-rinsed silicon); what an Angstrom kills is made up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import twin
from twin.process import Floats, ProcessLaw, offer_law, parameter
from twin.scene import SceneUnavailable

MODEL = "fab/mini_fab"


@dataclass(frozen=True, kw_only=True)
class NativeOxide(ProcessLaw):
    """Oxide that grows with the logarithm of the wait (Elovich), and what it kills."""

    killers: float = parameter("/cm2", "Killer defects that an Angstrom of oxide makes.")
    growth: float = parameter("", "Angstrom in every tenfold wait.", default=6.8)
    onset: float = parameter("h", "Wait after which it grows noticeably.", default=15_000 / 3600, positive=True)

    def waiting(self, hours: Floats) -> Floats:
        """Killer defects of a wait   hours [h] (n,) -> [1/cm2] (n,)."""
        return self.killers * self.growth * np.log10(1 + hours / self.onset)


offer_law("native_oxide", NativeOxide)  # a package would name it in its entry points


def main(horizon: str = "365 d", replications: int = 8, image: str = "own_law.png") -> twin.Comparison:
    oxide = {"law": "native_oxide", "killers": "0.02 /cm2"}
    line = twin.read(MODEL, set={"routes.Pa.S5.process": oxide, "routes.Pb.S5.process": oxide})
    compared = twin.compare(
        line, {"third furnace": {"toolgroups.diffusion.tools": 3}}, horizon=horizon, replications=replications
    )
    print(compared)
    print(compared.base.loss.xs("mean", axis=1, level="value"))
    try:
        twin.show(compared, image=image)
    except SceneUnavailable as reason:
        print(reason)
    return compared


def check(compared: twin.Comparison) -> None:
    """Waiting for the furnace costs yield, and a furnace more wins some of it back."""
    gained = compared.product_differences["difference_low"]
    assert gained["third furnace", "Pa", "yield"] > 0


if __name__ == "__main__":
    check(main())
