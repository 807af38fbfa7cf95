"""Dispatch rules as the engine reads them: what a queue is kept sorted by, what is compared at dispatch."""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from twin.arrays import fields as f
from twin.line import Line, LineError, Toolgroup
from twin.line.own_rules import OwnRule, is_own, own_rule
from twin.line.toolgroups import Atcs

RANK = {
    "priority": f.RANK_PRIORITY, "fifo": f.RANK_FIFO, "lifo": f.RANK_LIFO, "edd": f.RANK_EDD, "cr": f.RANK_CR,
    "spt": f.RANK_SPT, "srpt": f.RANK_SRPT, "least_setup": f.RANK_LEAST_SETUP, "odd": f.RANK_ODD,
    "least_slack": f.RANK_LEAST_SLACK, "atcs": f.RANK_ATCS, "setup_campaign": f.RANK_SETUP_CAMPAIGN,
    "line_balance": f.RANK_LINE_BALANCE, "queue_limit": f.RANK_QUEUE_LIMIT, "fasfs": f.RANK_FASFS,
}  # fmt: skip
SORTABLE = {"priority", "lifo", "edd", "spt", "srpt", "odd", "least_slack", "queue_limit", "fasfs"}
ABOUT_SETUPS = {"least_setup", "setup_campaign"}


def own_rules(lines: Iterable[Line]) -> list[OwnRule]:
    """The functions that the lines' rules name, those of their phases too, each once, in order.

    raises LineError for one that is not there
    """
    groups = [
        group for line in lines for _, phase in line.phases() for group in phase.toolgroups.values()
    ]
    names = {rank: None for group in groups for rank in group.rule if is_own(rank)}
    try:
        return [own_rule(name) for name in names]
    except ValueError as error:
        raise LineError(str(error)) from None


def rank_columns(row: NDArray[np.int64], group: Toolgroup, own: list[OwnRule]) -> None:
    """Write a ranked rule into a toolgroup's row.

    A first rank that looks at nothing but the lot never changes while the lot waits: the queue is kept sorted by it.
    """
    codes = RANK | {rule.name: f.RANK_OWN + k for k, rule in enumerate(own)}
    sortable = SORTABLE | {rule.name for rule in own if rule.lot_only}
    ranks = [rank for rank in group.rule if rank not in ABOUT_SETUPS or group.setups]
    if "fifo" in ranks:
        ranks = ranks[: ranks.index("fifo")]  # the order of arrival leaves nothing undecided
    sort = ranks[0] if ranks and ranks[0] in sortable else None
    rest = ranks[1:] if sort else ranks
    row[f.G_SORT] = codes[sort] if sort else f.RANK_NONE
    row[f.G_FIRST] = not rest
    for k, rank in enumerate(rest):
        row[f.G_RANK + k] = codes[rank]
    row[f.G_RANKS] = len(rest)
    row[f.G_WEIGH] = ("atcs" in rest) * f.WEIGH_ATCS | ("setup_campaign" in rest) * f.WEIGH_CAMPAIGN
    atcs = group.atcs or Atcs()
    for column, scale in ((f.G_ATCS_TIME, atcs.k1), (f.G_ATCS_SETUP, atcs.k2)):
        row[column] = round(math.log2(math.e) / scale * 2**f.LOG_BITS)
    row[f.G_LOG_BITS] = f.LOG_BITS
    row[f.G_ATCS_DUE] = atcs.due == "step"
