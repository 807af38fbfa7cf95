"""Other engines that can run the same document, for `twin bench`: each only where it is installed."""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec

from .flow import Flow, Replication, flow_of
from .process import Peer, PeerError

__all__ = ["PEERS", "Flow", "Peer", "PeerError", "Replication", "flow_of", "installed"]

PEERS = ("simpy", "cimba")


def installed(name: str) -> Peer | None:
    """The peer of that name, or None where its package is not installed."""
    return Peer(name, version(name)) if find_spec(name) is not None else None
