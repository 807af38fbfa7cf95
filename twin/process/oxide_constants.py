"""Rate constants of thermal oxidation, and where they come from.

    B(T)   = B0 exp(-E / k_B T)                 parabolic [um2/h]
    B/A(T) = L0 exp(-E / k_B T) x orientation   linear [um/h]

Constants, by name in `TABLES`:
    arrhenius  dry B 772, 1.23 eV; B/A 3.71e6 (100), 6.23e6 (111), 2.00 eV; wet B 386, 0.78 eV; B/A 9.70e7, 1.63e8,
               2.05 eV; (110) is 1.45 of (100). Deal, B. E., and Grove, A. S. (1965), Journal of Applied Physics 36,
               3770-3778, in the Arrhenius form that ViennaPS tabulates (psOxidation.hpp, 2956ed5).
    suprem     SUPREM-IV.GS defaults (modelrc): dry as above for (111); (100) is 0.595 and (110) 0.833 of (111); wet
               B 420, 0.78 eV above 950 C and 16998, 1.17 eV below; B/A (111) 1.77e8, 2.05 eV above 900 C and 2.07e6,
               1.60 eV below. Published wet sets differ by a tenth: bind the one that the plant's furnace fits.
Thin term C: (100) 6.57e6 um/min, 2.37 eV, L 6.9 nm; (111) 5.87e6, 2.32, 7.8; (110) 5.37e4, 1.80, 6.0. Massoud, H. Z.,
Plummer, J. D., and Irene, E. A. (1985), Journal of the Electrochemical Society 132, 2685-2700, as SUPREM-IV.GS has it.

Hold from 700 to 1300 C at 1 atm on lightly doped silicon.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from twin.process.arrays import namespace
from twin.process.arrhenius import ZERO_CELSIUS, Arrhenius, kelvin
from twin.process.words import word

COLDEST_C, HOTTEST_C = 700.0, 1300.0
"""Where the constants hold [C]."""


class Branches(NamedTuple):
    """An activated constant whose numbers change at a temperature.

    above, below: the numbers on either side; break_c: where they change [C]
    """

    above: Arrhenius
    below: Arrhenius
    break_c: float

    def at(self, temperature_k: Any) -> Any:
        """The constant at a temperature [K] (any shape)."""
        xp = namespace(temperature_k)
        hot = temperature_k >= self.break_c + ZERO_CELSIUS
        return xp.where(hot, self.above.at(temperature_k), self.below.at(temperature_k))


class Table(NamedTuple):
    """Constants of one ambient: B [um2/h], B/A of the orientation with factor 1 [um/h], factors of the orientations."""

    parabolic: Arrhenius | Branches
    linear: Arrhenius | Branches
    factors: dict[str, float]


TABLES: dict[str, dict[str, Table]] = {
    "arrhenius": {
        "dry": Table(
            Arrhenius(772.0, 1.23), Arrhenius(3.71e6, 2.00), {"100": 1.0, "111": 6.23e6 / 3.71e6, "110": 1.45}
        ),
        "wet": Table(
            Arrhenius(386.0, 0.78), Arrhenius(9.70e7, 2.05), {"100": 1.0, "111": 1.63e8 / 9.70e7, "110": 1.45}
        ),
    },
    "suprem": {
        "dry": Table(
            Arrhenius(12.8667 * 60, 1.23), Arrhenius(1.038e5 * 60, 2.00), {"100": 0.595, "111": 1.0, "110": 0.833}
        ),
        "wet": Table(
            Branches(Arrhenius(7.00 * 60, 0.78), Arrhenius(283.3 * 60, 1.17), 950.0),
            Branches(Arrhenius(2.95e6 * 60, 2.05), Arrhenius(3.45e4 * 60, 1.60), 900.0),
            {"100": 0.595, "111": 1.0, "110": 0.833},
        ),
    },
}
THIN: dict[str, tuple[Arrhenius, float]] = {
    "100": (Arrhenius(6.57e6 * 60, 2.37), 6.9e-3),
    "111": (Arrhenius(5.87e6 * 60, 2.32), 7.8e-3),
    "110": (Arrhenius(5.37e4 * 60, 1.80), 6.0e-3),
}
"""Massoud's C [um/h] and L [um] by orientation."""


def oxidation_rates(
    temperature_c: Any, ambient: str, orientation: str = "100", table: str = "arrhenius"
) -> tuple[Any, Any]:
    """Deal and Grove's constants: B [um2/h] and B/A [um/h], each in the shape of the temperature.

    temperature_c: 700 to 1300 [C] (any shape); ambient: `dry` or `wet`; orientation: `100`, `111` or `110`
    table:         name of the constants, `arrhenius` or `suprem`
    raises         ValueError for an unknown word and a temperature out of range
    """
    of = word("ambient", ambient, word("table", table, TABLES))
    factor = word("orientation", orientation, of.factors)
    hot = kelvin(temperature_c, COLDEST_C, HOTTEST_C)
    return of.parabolic.at(hot), factor * of.linear.at(hot)
