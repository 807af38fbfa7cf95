"""What an event log shows of the shop floor: which activities share tools, how many, and what runs together.

* Activities done by the same resources (cosine of their hours by resource at least 0.8, average linkage) share a
  toolgroup.
* A toolgroup has as many tools as runs went on at once at most: a resource may watch several machines, and shifts
  relieve each other, so that the number of names says less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ALIKE = 0.8
TOGETHER = 0.5  # share of an activity's events in batches of two and more that makes it a batch step


@dataclass(frozen=True)
class Group:
    """A toolgroup as the log shows it.

    activities: those that run on it, in the order in which the cases come to them
    tools:      most runs at once; None where no activity takes any time
    resources:  names seen; multitasking: of those the ones with two runs at once, and most runs of one at once
    starts, ends: of its runs, batches counted once [s]   (run,) each, by start
    """

    name: str
    activities: tuple[str, ...]
    tools: int | None
    resources: int
    multitasking: int
    most_of_one: int
    starts: Floats
    ends: Floats

    @property
    def busy_s(self) -> float:
        """Sum of its runs [s]."""
        return float((self.ends - self.starts).sum())


@dataclass(frozen=True)
class Batches:
    """Lots that ran together: the same activity and resource, the same start and end.

    least, most: lots in a batch; runs: how many batches; mixed: lots of several products share one
    """

    least: int
    most: int
    runs: int
    mixed: bool


def find_batches(events: pd.DataFrame) -> dict[str, Batches]:
    """Activities of which more than half of the events ran together with others."""
    named = events[events["resource"].notna() & (events["end"] > events["start"])]
    runs = named.groupby(["activity", "resource", "start", "end"])[["case", "product"]].nunique()
    found = {}
    for activity, of in runs.groupby(level="activity"):
        sizes = of["case"]
        if sizes[sizes > 1].sum() > TOGETHER * (events["activity"] == activity).sum():
            mixed = bool((of["product"] > 1).any())
            found[str(activity)] = Batches(int(sizes.min()), int(sizes.max()), len(of), mixed)
    return found


def find_groups(events: pd.DataFrame, batches: dict[str, Batches]) -> list[Group]:
    """Toolgroups in the order in which the cases come to them, on average."""
    runs = single_runs(events, batches)
    parts = _named(events) or _alike(runs)
    rank = events.groupby("case").cumcount().groupby(events["activity"]).mean()
    found = []
    for name, activities in sorted(parts, key=lambda part: min(rank[activity] for activity in part[1])):
        ordered = sorted(activities, key=lambda activity: (rank[activity], activity))
        own = runs[runs["activity"].isin(ordered)].sort_values("start")
        found.append(_group(name or _joined(ordered), tuple(ordered), own))
    return found


def single_runs(events: pd.DataFrame, batches: dict[str, Batches]) -> pd.DataFrame:
    """The events, those of a batch once."""
    batched = events["activity"].isin(list(batches))
    again = events.duplicated(["activity", "resource", "start", "end"]) & events["resource"].notna()
    return events[~(batched & again)]


def _named(events: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """Toolgroups that the log names itself."""
    names = events.drop_duplicates("activity").set_index("activity")["toolgroup"]
    if (names == "").all():
        return []
    found: dict[str, list[str]] = {}
    for activity, name in names.items():
        found.setdefault(str(name or activity), []).append(str(activity))
    return list(found.items())


def _alike(runs: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """Activities whose hours lie with the same resources."""
    named = runs[runs["resource"].notna()]
    hours = (named["end"] - named["start"]).groupby([named["activity"], named["resource"]]).sum().unstack(fill_value=0)
    hours = hours[hours.sum(axis=1) > 0]
    alone = sorted(set(runs["activity"]) - set(hours.index))
    parts: list[list[str]] = [[str(activity)] for activity in alone]
    if len(hours) == 1:
        parts.append([str(hours.index[0])])
    elif len(hours) > 1:
        from scipy.cluster.hierarchy import fcluster, linkage

        labels = fcluster(linkage(hours.to_numpy(dtype=float), "average", "cosine"), 1 - ALIKE, "distance")
        parts += [[str(a) for a in hours.index[labels == label]] for label in np.unique(labels)]
    return [("", part) for part in parts]


def _joined(activities: Sequence[str]) -> str:
    """A name for a toolgroup of several activities."""
    if len(activities) <= 3:
        return " + ".join(activities)
    return f"{activities[0]} and {len(activities) - 1} more"


def _group(name: str, activities: tuple[str, ...], own: pd.DataFrame) -> Group:
    starts, ends = own["start"].to_numpy(dtype=float), own["end"].to_numpy(dtype=float)
    named = own[own["resource"].notna() & (own["end"] > own["start"])]
    each = [most_at_once(one["start"].to_numpy(), one["end"].to_numpy()) for _, one in named.groupby("resource")]
    most = most_at_once(starts, ends)
    return Group(
        name, activities, most or None, own["resource"].nunique(), sum(count > 1 for count in each),
        max(each, default=0), starts, ends,
    )  # fmt: skip


def most_at_once(starts: Floats, ends: Floats) -> int:
    """Most intervals that cover one moment; one that ends makes room for one that starts."""
    moments = np.concatenate([starts, ends])
    change = np.concatenate([np.ones(starts.size), -np.ones(ends.size)])
    order = np.lexsort((change, moments))
    return int(np.cumsum(change[order]).max(initial=0))
