"""Electrodes that mushroom: the face grows with every weld, the current density falls, the stepper answers.

    d(w) = d0 + growth w                     face after w welds since dressing
    j    = I / (pi d^2 / 4),   j/j0 = (d0/d)^2 at constant current
    I(w) = I0 (d(w)/d0)^n                    the stepper

At constant current a face 10 % wider carries 17 % less density. The current for the same melt goes with about d^1.91
in our one-dimensional heat balance (`twin.process.weld_heat`: 8.86 kA at 6.0 mm, 10.33 at 6.5, 11.90 at 7.0 mm in
the first prototype): a little less than the square, since the wider face also loses less of what the contact heats.

Holds for truncated-cone and dome electrodes past their conditioning: the first 25 to 50 welds on galvanised sheet
are inconsistent. The growth of a weld is the plant's own number, from imprints on carbon paper; open tables of
electrode life were not found. Left out: alloying, pitting, and a face that is no longer round.
"""

from __future__ import annotations

from typing import Any

from twin.process.arrays import namespace
from twin.process.limits import within

STEPPER_EXPONENT = 1.91
"""Power of the face's diameter with which the current for equal melt grows [-], from the one-dimensional balance."""


def worn_face(welds: Any, face: Any, growth: Any) -> Any:
    """Diameter of the electrode's face after welds since dressing, in the unit of `face`.

    welds:   since the last dressing [-]                                   (n,)
    face:    of the dressed electrode, in mm or any length                 () or (n,)
    growth:  of a weld, in that length                                     () or (n,)
    returns  in that length (n,); raises ValueError for negative welds or growth, or a face that is none
    """
    within("welds", welds, 0.0)
    within("face", face, 1e-9)
    within("growth", growth, 0.0)
    return face + growth * welds


def welds_until(limit: Any, face: Any, growth: Any) -> Any:
    """Welds until the face has grown to its limit: when to dress [-]   (n,); lengths in one unit, growth above 0."""
    within("growth", growth, 1e-12)
    within("limit", limit - face, 0.0)
    return (limit - face) / growth


def current_density(current: Any, face: Any) -> Any:
    """Mean current density under the face.

    current: [A] (n,); face: diameter [m] (n,)
    returns  [A/m2] (n,); raises ValueError for a face outside 1 to 20 mm
    """
    within("face", face, 1e-3, 20e-3, "m")
    return 4.0 * current / (namespace(current, face).pi * face * face)


def stepper_current(current: Any, face: Any, worn: Any, exponent: float = STEPPER_EXPONENT) -> Any:
    """Current at which a worn electrode melts what the fresh one did, in the unit of `current`.

    current:  that the dressed electrode needs                             (n,)
    face, worn: diameters, dressed and now, in one unit                    (n,)
    exponent: 2 keeps the current density; `STEPPER_EXPONENT` the melt [-]
    returns   (n,); raises ValueError for a face more than half as wide again, where no stepper follows
    """
    ratio = worn / face
    within("worn / face", ratio, 1.0, 1.5)
    return current * ratio**exponent


def steps_of_a_stepper(current: Any, face: Any, growth: Any, welds: Any, every: float) -> Any:
    """Current of a stepper that is raised every so many welds, not at each, in the unit of `current`.

    welds:  since dressing [-] (n,); every: welds between two steps [-]; the others as for `stepper_current`
    returns (n,)
    """
    within("every", every, 1.0)
    done = namespace(welds).floor(welds / every) * every
    return stepper_current(current, face, worn_face(done, face, growth))
