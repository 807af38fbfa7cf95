"""Why the mix brings no lot now: a cause of `twin why`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.arrays import fields as f
from twin.arrays.mix_fields import MX_KIND, MX_LEADER, MX_LIMIT, MX_WIP

if TYPE_CHECKING:
    from twin.study.sight import Sight


def ready_of_mix(sight: Sight, group: int) -> int | None:
    """A product of the mix whose next lot is always ready in front of a toolgroup, None without one."""
    mix, products = sight.arrays.mix, sight.arrays.product
    if not mix.size or mix[MX_KIND] != f.RELEASE_SATURATED or _came(sight) >= mix[MX_LIMIT]:
        return None
    leader = int(mix[MX_LEADER])
    return leader if sight.arrays.step[products[leader, f.P_STEP], f.S_GROUP] == group else None


def release_of_mix(sight: Sight) -> tuple[int | None, str]:
    """When the mix brings its next lot [tick], None where that hangs on others; and why it brings none now."""
    mix = sight.arrays.mix
    due = sight.comes(f.EV_RELEASE, sight.layout.product + int(mix[MX_LEADER]) * f.PRODUCT_FIELDS)
    came = _came(sight)
    if due is not None:
        return due, f"{came} of the mix have been released so far"
    if came >= mix[MX_LIMIT]:
        return None, f"no more orders are left: all {came} have been released"
    if mix[MX_KIND] == f.RELEASE_WIP:
        return None, f"all {int(mix[MX_WIP])} lots of the mix that may be in the line are in it"
    return None, "the next lot of the mix is always ready"


def _came(sight: Sight) -> int:
    """Lots of the mix that have come."""
    return int(sight.products[sight.arrays.product[:, f.P_KIND] == f.RELEASE_MIX, f.PR_SERIAL].sum())
