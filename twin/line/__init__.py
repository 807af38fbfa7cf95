"""Line documents: what the engineer writes, checked whole and told in the engineer's words."""

from .arcs import Arc
from .carriers import Carrier
from .conveyor import Conveyor
from .crews import Crew, Tasks
from .downtime import Failure, Pm
from .faults import Fault, LineError
from .laws import Law
from .library import Model, library_folder, list_models
from .line import Line
from .network import Edge, Network
from .products import Product, Release, Start, WipLot
from .queue_limits import QueueLimit, SendBack
from .reader import read
from .routes import Batch, Cascade, Step
from .run import Run
from .schema import json_schema
from .setups import Change, Setups
from .template import template
from .toolgroups import RULES, Toolgroup
from .transients import Transient
from .transport import Transport
from .vehicles import Vehicles

__all__ = [
    "RULES", "Arc", "Batch", "Carrier", "Cascade", "Change", "Conveyor", "Crew", "Edge", "Failure", "Fault", "Law",
    "Line", "LineError", "Model", "Network", "Pm", "Product", "QueueLimit", "Release", "Run", "SendBack", "Setups",
    "Start", "Step", "Tasks", "Toolgroup", "Transient", "Transport", "Vehicles", "WipLot", "json_schema",
    "library_folder", "list_models", "read", "template",
]  # fmt: skip
