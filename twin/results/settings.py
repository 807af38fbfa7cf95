"""How a run was asked for, and what it took."""

from dataclasses import dataclass

DAY_S = 86_400.0


class ResultsError(ValueError):
    """Results that cannot be saved or read; `str()` is one line for the engineer."""


@dataclass(frozen=True)
class Settings:
    """What was asked of the run.

    model:        name or path of the line document
    horizon_s:    simulated time, the warm-up inside it [s]
    warmup_s:     time at the start that the figures leave out [s]
    replications: worlds that differ only in their luck
    seed:         first part of every random number's address
    device:       where the worlds were stepped, `cpu` or `gpu`
    """

    model: str
    horizon_s: float
    warmup_s: float
    replications: int
    seed: int
    device: str


@dataclass(frozen=True)
class Timing:
    """What the run took.

    wall_s:    stepping alone [s]
    compile_s: compiling the engine, 0 where it was found compiled [s]
    """

    wall_s: float
    compile_s: float
