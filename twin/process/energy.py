"""Energy of a part: what its process takes, and what the tool takes while it waits.

    part  E = idle power x idle time + process energy
    weld  E = I^2 R t / efficiency of transformer and secondary
    oven  E = (m cp (T - T0) + loss x time) / efficiency of the burner
    lamp  E = emissivity sigma A (T^4 - T0^4) t / efficiency of lamps and drivers

sigma = 5.670374419e-8 W/m2K4. The times come from the run, so that energy is a by-product of the flow.

Hold for steady states: an oven in balance, a wafer held at its temperature (both faces in A; ramps add m cp dT).
Left out: start-up, compressed air, exhaust and chilled water, unless they are put into the idle power.
"""

from __future__ import annotations

from typing import Any

from twin.process.limits import within
from twin.process.weld_heat import joule_energy

STEFAN_BOLTZMANN = 5.670374419e-8
"""[W/m2K4]"""


def part_energy(idle_power: Any, idle_time: Any, process_energy: Any, parts: Any = 1.0) -> Any:
    """Energy of a part, the tool's waiting shared among the parts it made.

    idle_power [W], idle_time: of the tool in all [s], process_energy: of one part [J], parts: made in all [-]   (n,)
    returns    [J] (n,); raises ValueError for negative arguments or fewer than one part
    """
    within("idle_power", idle_power, 0.0, unit="W")
    within("idle_time", idle_time, 0.0, unit="s")
    within("process_energy", process_energy, 0.0, unit="J")
    within("parts", parts, 1.0)
    return idle_power * idle_time / parts + process_energy


def weld_energy(current: Any, resistance: Any, time: Any, efficiency: Any = 1.0) -> Any:
    """Energy that a weld draws from the mains.

    current [A], resistance of the secondary circuit, stack and electrodes [ohm], time [s], efficiency [-]   (n,)
    returns [J] (n,); raises ValueError for an efficiency outside 0.01 to 1
    """
    within("efficiency", efficiency, 0.01, 1.0)
    return joule_energy(current, resistance, time) / efficiency


def oven_energy(
    mass: Any, heat_capacity: Any, start: Any, end: Any, loss: Any = 0.0, time: Any = 0.0, efficiency: Any = 1.0
) -> Any:
    """Energy that an oven draws for one part.

    mass [kg], heat_capacity [J/kgK], start and end of the part [C] or [K]   (n,)
    loss:    of walls and exhaust that falls to this part's place [W]; time: in the oven [s]; efficiency: burner [-]
    returns  [J] (n,); raises ValueError for a part that cools, a negative loss or an efficiency outside 0.01 to 1
    """
    within("end - start", end - start, 0.0, unit="K")
    within("loss", loss, 0.0, unit="W")
    within("efficiency", efficiency, 0.01, 1.0)
    return (mass * heat_capacity * (end - start) + loss * time) / efficiency


def lamp_energy(
    area: Any, emissivity: Any, temperature: Any, time: Any, surroundings: Any = 300.0, efficiency: Any = 1.0
) -> Any:
    """Energy that lamps draw to hold a wafer at a temperature against its radiation.

    area:    that radiates, both faces [m2]; emissivity [-]; temperature of the wafer, surroundings [K]; time [s]
    returns  [J] (n,); raises ValueError for an emissivity outside 0 to 1 or a wafer colder than what surrounds it
    """
    within("emissivity", emissivity, 0.0, 1.0)
    within("surroundings", surroundings, 0.0, unit="K")
    within("temperature - surroundings", temperature - surroundings, 0.0, unit="K")
    within("efficiency", efficiency, 0.01, 1.0)
    return emissivity * STEFAN_BOLTZMANN * area * (temperature**4 - surroundings**4) * time / efficiency
