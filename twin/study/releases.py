"""Why no lot enters the line now: the next release, a line that is full by its rule, orders that are all released."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.arrays import fields as f
from twin.arrays import mix_fields as m
from twin.results.why import Link
from twin.study.causes import Found, Node

if TYPE_CHECKING:
    from twin.study.causes import Causes
    from twin.study.sight import Ints, Sight


class Releases:
    """The releases of a world at one moment; products of a mix share one."""

    def __init__(self, sight: Sight, causes: Causes) -> None:
        self.sight, self.causes = sight, causes
        self.mix: Ints = sight.arrays.mix
        kinds = sight.arrays.product[:, f.P_KIND]
        self.mixed: list[int] = np.flatnonzero(kinds == f.RELEASE_MIX).tolist()

    def of(self, product: int) -> str:
        """What is released: a product, or the mix that it is of."""
        return "the mix" if product in self.mixed else self.sight.names.products[product]

    def _alike(self, product: int) -> list[int]:
        """The products that are released as one."""
        return self.mixed if product in self.mixed else [product]

    def _kind(self, product: int) -> int:
        """How lots of a product come, `RELEASE_*`; of a mix how its lots do."""
        kind = int(self.sight.arrays.product[product, f.P_KIND])
        return int(self.mix[m.MX_KIND]) if kind == f.RELEASE_MIX else kind

    def _lots(self, product: int) -> tuple[int, int]:
        """Lots released so far, and how many there are to be at most."""
        row, mixed = self.sight.arrays.product[product], product in self.mixed
        came = sum(int(self.sight.products[one, f.PR_SERIAL]) for one in self._alike(product))
        return came, int(self.mix[m.MX_LIMIT] if mixed else row[f.P_LIMIT])

    def always_ready(self, group: int) -> int | None:
        """The product of which a lot is always ready in front of a toolgroup, None without one."""
        sight = self.sight
        if sight.arrays.group[group, f.G_SATURATED] != 1:
            return None
        for product, row in enumerate(sight.arrays.product):
            if self._kind(product) != f.RELEASE_SATURATED or sight.arrays.step[row[f.P_STEP], f.S_GROUP] != group:
                continue
            starts = self.mix[m.MX_START] if product in self.mixed else row[f.P_START]
            came, most = self._lots(product)
            if starts < sight.now and came < most:
                return product
        return None

    def link(self, node: Node) -> Found:
        """Why no lot of a product enters the line now, and who keeps those that are in it."""
        sight, product = self.sight, node.number
        leader = int(self.mix[m.MX_LEADER]) if product in self.mixed else product
        due = sight.comes(f.EV_RELEASE, sight.layout.product + leader * f.PRODUCT_FIELDS)
        came, most = self._lots(product)
        there = sum(int(sight.products[one, f.PR_WIP]) for one in self._alike(product))
        kept = int(sight.arrays.product[product, f.P_WIP])
        after: list[Node] = []
        if due is not None:
            reason = f"the next lot is released at {self.causes.clock(due)}, number {came + 1}"
        elif self._kind(product) == f.RELEASE_WIP and there >= kept:
            many = f"all {kept} lots that may be in the line are"
            all_of = "the only lot that may be in the line is" if kept == 1 else many
            reason = f"{all_of} in it"
            after = self._where_most_are(product)
        elif self._kind(product) == f.RELEASE_SATURATED and came < most:
            reason = "a lot is always ready"
        else:
            reason = f"no more lots are ordered: all {came} have been released"
        return Link(self.causes.name(node), "waiting", None, reason, "release"), after

    def _where_most_are(self, product: int) -> list[Node]:
        """The toolgroup at which most of these lots are."""
        sight = self.sight
        places = sight.layout.product + np.array(self._alike(product)) * f.PRODUCT_FIELDS
        own = sight.in_line[np.isin(sight.memory[sight.in_line + f.LOT_PRODUCT], places)]
        groups = [group for group in (sight.goes_to(int(lot)) for lot in own) if group >= 0]
        if not groups:
            return []
        most = max(sorted(set(groups)), key=groups.count)
        return self.causes.to_blame(most) or [Node("delay", most)]
