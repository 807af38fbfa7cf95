"""Bolted joints: preload from yield, torque from preload, and what friction makes of it.

    F  = nu Rp A0 / sqrt(1 + 3 (1.5 d2/d0 (P/(pi d2) + 1.155 mu_G))^2)     d0 = (d2 + d3)/2, A0 = pi d0^2/4
    M  = F (0.16 P + 0.58 d2 mu_G + Dkm/2 mu_K)
    alpha_A = Fmax/Fmin = (1 + s)/(1 - s),    P(F < F0) = P(K > M / (F0 d)),  K of the nut factor M = K F d

VDI 2230 (Rp yield point, nu its share that is used; P pitch, d2 pitch and d3 minor diameter, Dkm mean diameter under
the head, mu_G and mu_K friction in the thread and under the head). An M12-8.8 at mu 0.14 takes 41.98 kN; VDI's table
and Bossard say 41.9. Scatter s of the preload (TR Fastenings, VDI 2230:1986): by angle or yield 5 to 12 %, torque
wrench 17 to 23 % (alpha_A 1.4 to 1.6), power screwdriver 26 to 43 % (1.7 to 2.5).

Holds in the elastic range for ISO metric threads of 60 degrees (d2 = d - 0.64952 P, d3 = d - 1.22687 P).
Left out: embedding, relaxation, the plates' stiffness, angle-controlled tightening past yield.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from twin.process.arrays import namespace
from twin.process.law import Floats, Input, ProcessLaw, parameter
from twin.process.limits import within
from twin.process.special import special

LEAST_FRICTION, MOST_FRICTION = 0.02, 0.6


def iso_thread(diameter: Any, pitch: Any) -> tuple[Any, Any]:
    """Pitch and minor diameter (d2, d3) of an ISO metric thread; any length in, the same out   (n,) (ISO 724)."""
    within("pitch / diameter", pitch / diameter, 0.02, 0.35)
    return diameter - 0.649519 * pitch, diameter - 1.226869 * pitch


def assembly_preload(yield_strength: Any, utilisation: Any, pitch: Any, d2: Any, d3: Any, thread_friction: Any) -> Any:
    """Preload at which tightening uses a share of the bolt's yield strength.

    yield_strength:  Rp0.2 [Pa] (n,); utilisation: share of it [-], above 0 to 1
    pitch, d2, d3:   of the thread [m] (n,); thread_friction: [-], 0.02 to 0.6
    returns          [N] (n,); raises ValueError outside these ranges (VDI 2230, assembly preload)
    """
    within("utilisation", utilisation, 1e-3, 1.0)
    _check_friction(thread_friction)
    xp = namespace(yield_strength, utilisation, pitch, d2, d3, thread_friction)
    d0 = (d2 + d3) / 2.0
    twist = 1.5 * d2 / d0 * (pitch / (xp.pi * d2) + 1.155 * thread_friction)
    return utilisation * yield_strength * xp.pi / 4.0 * d0 * d0 / xp.sqrt(1.0 + 3.0 * twist * twist)


def tightening_torque(preload: Any, pitch: Any, d2: Any, head: Any, thread_friction: Any, head_friction: Any) -> Any:
    """Torque for a preload.

    preload [N] (n,); pitch, d2 and head, the mean diameter under it (Dkm) [m]; both frictions [-], 0.02 to 0.6
    returns [N m] (n,); raises ValueError for a friction outside (VDI 2230)
    """
    return preload * _lever(pitch, d2, head, thread_friction, head_friction)


def preload_of_torque(torque: Any, pitch: Any, d2: Any, head: Any, thread_friction: Any, head_friction: Any) -> Any:
    """Preload that a torque leaves: the inverse of `tightening_torque`   [N m] (n,) -> [N] (n,)."""
    return torque / _lever(pitch, d2, head, thread_friction, head_friction)


def _lever(pitch: Any, d2: Any, head: Any, thread_friction: Any, head_friction: Any) -> Any:
    """Torque over preload [m]."""
    _check_friction(thread_friction)
    _check_friction(head_friction)
    return 0.16 * pitch + 0.58 * d2 * thread_friction + head / 2.0 * head_friction


def _check_friction(friction: Any) -> None:
    within("friction", friction, LEAST_FRICTION, MOST_FRICTION)


def tightening_factor(scatter: Any) -> Any:
    """alpha_A, the largest over the smallest preload [-], of preloads that scatter by +- a share [-]   (n,)."""
    within("scatter", scatter, 0.0, 0.9)
    return (1.0 + scatter) / (1.0 - scatter)


def share_below(
    preload: Any, torque: Any, diameter: Any, nut_factor: Any, variation: Any,
    spread: Literal["normal", "lognormal"] = "normal",
) -> Any:  # fmt: skip
    """Probability that a torque leaves less than a preload, as the nut factor scatters.

    preload:    asked for [N] (n,); torque [N m] (n,); diameter: of the thread [m]
    nut_factor: mean of K = M / (F d) [-]; variation: its standard deviation over its mean [-], above 0 to 0.5
    spread:     of K, `normal` or `lognormal`
    returns     [-] (n,); raises ValueError for another word or a variation outside
    """
    within("variation", variation, 1e-6, 0.5)
    within("preload", preload, 1e-9, unit="N")
    xp = namespace(preload, torque, diameter, nut_factor, variation)
    needed = torque / (preload * diameter) / nut_factor  # below the preload is where K is above this, over its mean
    if spread == "normal":
        z = (1.0 - needed) / variation
    elif spread == "lognormal":
        sigma2 = xp.log1p(xp.asarray(variation * variation))
        z = -(xp.log(needed) + sigma2 / 2.0) / xp.sqrt(sigma2)
    else:
        raise ValueError(f"spread {spread!r} is unknown; write 'normal' or 'lognormal'")
    return special(z).ndtr(z)


@dataclass(frozen=True, kw_only=True)
class Bolting(ProcessLaw):
    """Preload of a bolt that is tightened by torque."""

    MAKES: ClassVar[str] = "kN"

    torque: float = parameter("N*m", "Torque of the recipe.", positive=True, high=1e5)
    diameter: float = parameter("mm", "Nominal diameter of the thread, 12 mm of an M12.", positive=True, high=200.0)
    pitch: float = parameter("mm", "Pitch of the thread.", positive=True, high=20.0)
    head: float = parameter("mm", "Mean diameter of what bears under the head (Dkm).", positive=True, high=400.0)
    thread_friction: float = parameter("", "Friction in the thread.", default=0.12, low=0.05, high=0.3)
    head_friction: float = parameter("", "Friction under the head.", default=0.12, low=0.05, high=0.3)

    def __post_init__(self) -> None:
        """Refuse a pitch that no ISO thread of this diameter has."""
        super().__post_init__()
        iso_thread(self.diameter, self.pitch)

    def inputs(self) -> tuple[Input, ...]:
        """The torque, and the friction over that of the recipe, thread and head alike."""
        return (
            Input.around("torque", "N*m", self.torque, 0.6, 1.4),
            Input("friction", "", 1.0, 0.5, 2.0, relative=True),
        )

    def value(self, *inputs: Floats) -> Floats:
        """Preload [kN]   torque [N m] (n,), friction [-] (n,) -> (n,)."""
        torque, friction = inputs
        d2, _ = iso_thread(1e-3 * self.diameter, 1e-3 * self.pitch)
        thread, head = self.thread_friction * friction, self.head_friction * friction
        preload: Floats = 1e-3 * preload_of_torque(torque, 1e-3 * self.pitch, d2, 1e-3 * self.head, thread, head)
        return preload
