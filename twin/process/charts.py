"""Control charts: limits, and how many samples a chart takes to signal (ARL), in control and after a shift.

    EWMA         z_t = lambda x_t + (1 - lambda) z_(t-1)
                 limits +-L sigma sqrt(lambda / (2 - lambda) (1 - (1 - lambda)^2t))
    Shewhart     ARL = 1 / P(|x| > L)
    run rules    k of the last m points in a zone; the rules' memories together are the states of a Markov chain with
                 transitions Q before the signal: ARL = first entry of (I - Q)^-1 1

x is standardised: mean = shift, standard deviation = spread, in control 0 and 1.
    Western Electric  1: beyond 3 s   2: 2 of 3 beyond 2 s, one side   3: 4 of 5 beyond 1 s, one side   4: 8 on one side
    Nelson            1: beyond 3 s   2: 9 on one side   5: 2 of 3 beyond 2 s   6: 4 of 5 beyond 1 s   7: 15 within 1 s
                      8: 8 beyond 1 s, either side
Nelson's 3 (six in a trend) and 4 (fourteen alternating) look at points, not zones: no finite chain holds them.
In control the four Western Electric rules have ARL 91.75. The EWMA's ARL solves Crowder's integral equation.
Holds for independent normal samples and known mean and sigma; charts start without memory. A shift falls anywhere
between two sampled wafers, so until the stop n (ARL - 1) + (n + 1) / 2 wafers and those of the metrology's lag are bad.
Champ, C. W., and Woodall, W. H. (1987), Technometrics 29, 393-399; Nelson, L. S. (1984), Journal of Quality Technology
16, 237-239; Crowder, S. V. (1987), Technometrics 29, 401-407.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.process.arrays import namespace
from twin.process.law import Floats
from twin.process.limits import within
from twin.process.special import special


class Zone(NamedTuple):
    """A rule of one zone: `needed` of the last `of` points in one of the spans (low, high) [sigma]."""

    needed: int
    of: int
    spans: tuple[tuple[float, float], ...]


class Chain(NamedTuple):
    """Memories of rules as states: where a point in each zone leads.

    following: next state, -1 the signal   (state, zone)
    edges:     between zones [sigma]       (zone - 1,)
    """

    following: NDArray[np.int64]
    edges: Floats


def _sides(needed: int, of: int, beyond: float) -> tuple[Zone, Zone]:
    """A rule that looks at each side by itself."""
    return Zone(needed, of, ((beyond, math.inf),)), Zone(needed, of, ((-math.inf, -beyond),))


RULES: dict[str, dict[int, tuple[Zone, ...]]] = {
    "western_electric": {1: _sides(1, 1, 3.0), 2: _sides(2, 3, 2.0), 3: _sides(4, 5, 1.0), 4: _sides(8, 8, 0.0)},
    "nelson": {
        1: _sides(1, 1, 3.0),
        2: _sides(9, 9, 0.0),
        5: _sides(2, 3, 2.0),
        6: _sides(4, 5, 1.0),
        7: (Zone(15, 15, ((-1.0, 1.0),)),),
        8: (Zone(8, 8, ((-math.inf, -1.0), (1.0, math.inf))),),
    },
}
"""Rules by their numbers, each of one zone or one a side."""


def ewma_limit(weight: Any, width: Any = 3.0, sigma: Any = 1.0, samples: Any = math.inf) -> Any:
    """Half-width of an EWMA chart, in the unit of sigma.

    weight: lambda, 0 to 1; width: L; sigma: of a sample; samples: so far, infinite for the limit they settle at;
            scalars or arrays that broadcast
    """
    within("weight", weight, 1e-9, 1.0)
    within("width", width, 0.0)
    within("sigma", sigma, 0.0)
    within("samples", samples, 0.0)
    xp = namespace(weight, width, sigma, samples)
    settled = 1.0 - xp.asarray(1.0 - weight) ** (2.0 * xp.asarray(samples, dtype=xp.float64))
    return width * sigma * xp.sqrt(weight / (2.0 - weight) * settled)


def shewhart_run_length(limit: Any, shift: Any = 0.0, spread: Any = 1.0) -> Any:
    """Mean samples until one lies beyond +-limit [samples].

    limit, shift [sigma]; spread: standard deviation over that in control; scalars or arrays that broadcast
    """
    within("limit", limit, 0.0, 35.0, "sigma")
    within("shift", shift, -1e3, 1e3, "sigma")
    within("spread", spread, 1e-3, 1e3)
    ndtr = special(limit, shift, spread).ndtr
    return 1.0 / (ndtr((shift - limit) / spread) + ndtr((-limit - shift) / spread))


def rules_run_length(
    rules: Iterable[int],
    shift: float = 0.0,
    spread: float = 1.0,
    family: Literal["western_electric", "nelson"] = "western_electric",
) -> float:
    """Mean samples until one of several run rules signals [samples], exact for independent normal samples.

    rules:  their numbers, any subset of those of the family
    shift:  of the mean [sigma]; spread: standard deviation over that in control
    raises  ValueError for numbers that are no rules of zones
    """
    from scipy.sparse import csc_array, identity
    from scipy.sparse.linalg import spsolve

    within("shift", shift, -8.0, 8.0, "sigma")
    within("spread", spread, 0.05, 20.0)
    chosen = tuple(sorted(set(rules)))
    unknown = [rule for rule in chosen if rule not in RULES[family]]
    if unknown or not chosen:
        known = ", ".join(map(str, RULES[family]))
        raise ValueError(f"{unknown or 'no rule'} cannot be computed as rules of {family}; choose among {known}")
    chain = _chain(tuple(zone for rule in chosen for zone in RULES[family][rule]))
    share = np.diff(special().ndtr((np.concatenate([[-np.inf], chain.edges, [np.inf]]) - shift) / spread))
    state, zone = np.nonzero(chain.following >= 0)
    count = len(chain.following)
    stay = csc_array((share[zone], (state, chain.following[state, zone])), shape=(count, count))
    return float(spsolve(identity(count, format="csc") - stay, np.ones(count))[0])


def ewma_run_length(weight: float, width: float, shift: float = 0.0) -> float:
    """Mean samples until an EWMA chart with settled limits signals, begun at its middle [samples] (Crowder 1987).

    weight: lambda, 0.01 to 1; width: L, 0.1 to 6; shift [sigma]
    """
    within("weight", weight, 0.01, 1.0)
    within("width", width, 0.1, 6.0)
    within("shift", shift, -8.0, 8.0, "sigma")
    limit = float(ewma_limit(weight, width))
    # the kernel is as wide as the weight: so are the nodes' steps, at most a quarter of it
    t, w = np.polynomial.legendre.leggauss(60 + math.ceil(8 * limit / weight))
    places = np.concatenate([[0.0], limit * t])
    step = (limit * t - (1 - weight) * places[:, None]) / weight - shift
    kernel = np.exp(-(step**2) / 2) / math.sqrt(2 * math.pi) * limit * w / weight
    inside = np.linalg.solve(np.eye(t.size) - kernel[1:], np.ones(t.size))
    return float(1.0 + kernel[0] @ inside)


def bad_wafers(run_length: Any, every: Any = 1, lag: Any = 0.0) -> Any:
    """Mean wafers made from a shift to the stop, the detecting one included.

    run_length: of the chart at the shift [samples]; every: wafers from sample to sample; lag: wafers made meanwhile
                until the measurement is known; scalars or arrays that broadcast
    """
    within("run_length", run_length, 1.0, unit="samples")
    within("every", every, 1, unit="wafers")
    within("lag", lag, 0.0, unit="wafers")
    return every * (run_length - 1.0) + (every + 1.0) / 2.0 + lag


@lru_cache(maxsize=64)
def _chain(zones: tuple[Zone, ...]) -> Chain:
    """The chain of some rules, its states found from the empty memory on."""
    edges = np.unique([edge for zone in zones for span in zone.spans for edge in span if math.isfinite(edge)])
    middles = np.concatenate([[edges[0] - 1], (edges[1:] + edges[:-1]) / 2, [edges[-1] + 1]])
    hits = [tuple(any(low < at < high for low, high in zone.spans) for zone in zones) for at in middles]
    empty = (0,) * len(zones)
    number, states, following = {empty: 0}, [empty], []
    for state in states:  # grows while it is walked
        row = []
        for hit in hits:
            after = _after(state, hit, zones)
            if after is not None and after not in number:
                number[after] = len(states)
                states.append(after)
            row.append(-1 if after is None else number[after])
        following.append(row)
    return Chain(np.array(following), edges)


def _after(state: tuple[int, ...], hit: tuple[bool, ...], zones: tuple[Zone, ...]) -> tuple[int, ...] | None:
    """Memory after a point: for each rule the last points as bits, none where they no longer matter; None: signal."""
    memory = []
    for bits, new, zone in zip(state, hit, zones, strict=True):
        seen = (bits << 1 | new) & ((1 << zone.of) - 1)
        if seen.bit_count() >= zone.needed:
            return None
        kept = seen & ((1 << (zone.of - 1)) - 1)
        # a point is forgotten if the rule cannot be met before it is too old: states that do the same become one
        while kept and kept.bit_count() + zone.of - kept.bit_length() < zone.needed:
            kept &= (1 << (kept.bit_length() - 1)) - 1
        memory.append(kept)
    return tuple(memory)
