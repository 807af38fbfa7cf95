"""Other engines that can run the same document, for `twin bench`: each only where it is installed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from .flow import Flow, Replication, flow_of

__all__ = ["PEERS", "Flow", "Peer", "Replication", "flow_of", "installed"]

PEERS = ("simpy", "cimba")


@dataclass(frozen=True)
class Peer:
    """An engine beside twin.

    run: one replication of a flow, (flow, seed) -> Replication, single-threaded; the first call may compile
    """

    name: str
    version: str
    run: Callable[[Flow, int], Replication]


def installed(name: str) -> Peer | None:
    """The peer of that name, or None where its package is not installed."""
    if find_spec(name) is None:
        return None
    version = str(import_module(name).__version__)
    return Peer(name, version, import_module(f"{__name__}.with_{name}").run)
