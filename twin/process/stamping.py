"""Stamping: forces of drawing and blanking, the blank holder, and a die that warms up.

    draw   F = pi d t UTS (D/d - 0.7)          round cup of diameter d from a blank of diameter D
    blank  F = k UTS t L                       k = 0.7, L length of the cut edge
    hold   F = p A                             blank holder
    die    T(n) = T0 + rise (1 - exp(-n / n0)),   n0 = m c / (h A takt), rise = friction heat / (h A takt)

Draw and blank after Kalpakjian (Manufacturing Engineering and Technology): 0.7 in the draw is what friction and
bending leave of the ideal force. The die is a lump that each stroke heats and the time between strokes cools.

Hold for round cups with D/d from 1.4 to 2.0 (computed from 1.2 to 2.4; above 2.0 the cup tears unless redrawn) and
for sheet of even thickness. Left out: anisotropy, ironing, springback, a worn cutting edge, which raises k.
"""

from __future__ import annotations

from typing import Any

from twin.process.arrays import namespace
from twin.process.limits import within

SHEAR_SHARE = 0.7
"""Shear strength over tensile strength of sheet steel [-]."""


def draw_force(blank: Any, cup: Any, thickness: Any, tensile_strength: Any) -> Any:
    """Largest force that draws a round cup.

    blank, cup: diameters [m] (n,), their ratio 1.2 to 2.4; thickness [m] (n,); tensile_strength [Pa] (n,)
    returns     [N] (n,); raises ValueError for another ratio
    """
    ratio = blank / cup
    within("draw ratio blank / cup", ratio, 1.2, 2.4)
    pi = namespace(blank, cup, thickness, tensile_strength).pi
    return pi * cup * thickness * tensile_strength * (ratio - 0.7)


def blank_force(perimeter: Any, thickness: Any, tensile_strength: Any, shear_share: Any = SHEAR_SHARE) -> Any:
    """Force that cuts a blank.

    perimeter: of the cut [m] (n,); thickness [m] (n,); tensile_strength [Pa] (n,); shear_share [-], 0.4 to 1
    returns    [N] (n,); raises ValueError for another share
    """
    within("shear_share", shear_share, 0.4, 1.0)
    return shear_share * tensile_strength * thickness * perimeter


def blank_holder_force(pressure: Any, blank: Any, die: Any) -> Any:
    """Force of the blank holder on the ring between blank and die: pressure [Pa], diameters [m] (n,) -> [N] (n,)."""
    within("blank / die", blank / die, 1.0)
    return pressure * namespace(pressure, blank, die).pi / 4.0 * (blank * blank - die * die)


def die_temperature(strokes: Any, start: Any, friction_heat: Any, cooling: Any, heat: Any, takt: Any) -> Any:
    """Temperature of a die after strokes since a cold start, in the unit of `start` (C or K).

    strokes: [-] (n,); friction_heat: that a stroke leaves in the die [J]; cooling: h A of the die [W/K];
    heat:    capacity of the die, m c [J/K]; takt: time of a stroke [s]
    returns  (n,); raises ValueError for negative strokes, or a takt in which the lump would cool by more than a tenth,
             where strokes can no longer be smeared into a steady heat
    """
    within("strokes", strokes, 0.0)
    lost = cooling * takt / heat
    within("cooling * takt / heat", lost, 1e-12, 0.1)
    settled = friction_heat / (cooling * takt)
    return start - settled * namespace(strokes, start, settled, lost).expm1(-strokes * lost)
