"""What a picture of a comparison says: figures of the base, paired differences of each scenario, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from twin.results.cells import cell, places
from twin.results.comparison_sheets import unit_of
from twin.results.recovery import signed

if TYPE_CHECKING:
    from twin.results import Comparison, Figure
    from twin.results.paired import Difference

Tone = Literal["plain", "better", "worse", "faint", "bottleneck"]
LABELS = {"throughput": "Throughput", "cycle_time": "Cycle time", "wip": "WIP", "on_time": "On time"}
MOST_YIELDS = 2
"""Products whose yield a picture tells."""
TONES: dict[str, Tone] = {
    "better": "better", "worse": "worse", "higher": "plain", "lower": "plain", "set by the releases": "plain",
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """One line below a panel's name: what it is about, what is to be said, and how it is meant."""

    label: str
    text: str
    tone: Tone = "plain"


def keys_of(comparison: Comparison) -> list[str]:
    """The figures a picture tells, in the order of `LABELS`."""
    return [key for key in LABELS if any(key in found for found in comparison.of_line.values())]


def yields_of(comparison: Comparison) -> list[str]:
    """The products whose yield a picture tells: the first ones with dies."""
    found = {product: None for of in comparison.of_products.values() for product in of if "yield" in of[product]}
    return list(found)[:MOST_YIELDS]


def of_base(comparison: Comparison) -> list[Said]:
    """The base's own figures."""
    said = []
    for key in keys_of(comparison):
        found = next(found[key] for found in comparison.of_line.values() if key in found)
        said.append(_figure(LABELS[key], key, found))
    for product in yields_of(comparison):
        found = next(of[product]["yield"] for of in comparison.of_products.values() if "yield" in of.get(product, {}))
        said.append(_figure(f"Yield {product}", "yield", found))
    busy = _busy(comparison, None)
    return [*said, Said("Bottleneck", busy, "bottleneck")]


def of_scenario(comparison: Comparison, name: str) -> list[Said]:
    """A scenario's paired differences, where its bottleneck is, and when it was back to normal."""
    of_line = comparison.of_line[name]
    said = [_difference(LABELS[key], key, of_line.get(key)) for key in keys_of(comparison)]
    of_products = comparison.of_products[name]
    said += [
        _difference(f"Yield {product}", "yield", of_products.get(product, {}).get("yield"))
        for product in yields_of(comparison)
    ]
    return [*said, Said("Bottleneck", _busy(comparison, name), "bottleneck")]


def _figure(label: str, key: str, found: Difference) -> Said:
    """A figure of the base."""
    unit = unit_of(key, [found.base, found.scenario])
    text = cell(found.base, unit.factor, places([found.base], unit.factor))
    return Said(label, f"{text} {unit.name}".rstrip())


def _difference(label: str, key: str, found: Difference | None) -> Said:
    """A figure of a scenario, as its paired difference."""
    if found is None:
        return Said(label, "no data", "faint")
    if found.difference.mean == 0 and not found.difference.half:
        return Said(label, "the same in every replication", "faint")
    unit = unit_of(key, [found.base, found.scenario])
    name = "points" if found.base.unit == "share" else unit.name  # a difference of shares is no share
    text = f"{signed(found.difference, unit.factor)} {name}".rstrip()
    if found.shown and found.percent is not None and found.base.unit != "share":
        text += f" ({found.percent.mean:+.2g} %)"
    tone = TONES.get(found.verdict, "faint")
    return Said(label, f"{text}, {found.verdict}".replace("-", "\N{MINUS SIGN}"), tone)


def _busy(comparison: Comparison, name: str | None) -> str:
    """The bottleneck of the base, or where it went in a scenario, and how much it works."""
    if name is None:
        base = comparison.base.bottleneck
        used = None if base is None else comparison.base.toolgroup_figures[base]["utilisation"]
        return f"{_plain(base)}, {_percent(used)} utilised"
    went = comparison.bottlenecks[name]
    if went.base == went.scenario:
        before, after = went.utilisation.get(went.base or "", (None, None))
        return f"still {_plain(went.base)}, {_percent(before)} → {_percent(after)} utilised"
    after = went.utilisation.get(went.scenario or "", (None, None))[1]
    return f"{_plain(went.base)} → {_plain(went.scenario)}, {_percent(after)} utilised"


def _plain(name: str | None) -> str:
    return "none" if name is None else name.replace("_", " ")


def _percent(share: Figure | None) -> str:
    return "-" if share is None else f"{100 * share.mean:.1f} %"


def asked(comparison: Comparison, shown: Sequence[str]) -> str:
    """How the comparison was made, and how many of its scenarios are not in the picture."""
    from twin.results.report import span

    settings = comparison.base.settings
    count = settings.replications
    cut = f", the first {span(settings.warmup_s)} left out" if settings.warmup_s else ""
    parts = [f"{span(settings.horizon_s)} simulated{cut}"]
    parts.append(
        f"{count} replications on the same random numbers, differences with half of their paired 95 % interval"
        if count > 1 else "one replication, so no intervals"
    )  # fmt: skip
    left = len(comparison.scenarios) - len(shown)
    if left:
        parts.append(f"{left} more scenario{'' if left == 1 else 's'} not shown")
    return " · ".join(parts)
