"""A peer in a process of its own, so that no engine meets what another left in memory.

Cimba needs it: its compiled models work only in a process where Numba has compiled nothing before.
The process reads one JSON object a line, a flow and a seed, and answers each with a replication.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from subprocess import PIPE, Popen
from types import TracebackType

from .flow import Flow, Replication, Stage

SOURCES = Path(__file__).resolve().parents[3]


class PeerError(RuntimeError):
    """A peer that could not run a model."""


@dataclass
class Peer:
    """An engine beside twin; its process starts with the first run and ends with `close`."""

    name: str
    version: str
    _process: Popen[str] | None = field(default=None, repr=False)

    def run(self, flow: Flow, seed: int) -> Replication:
        """One replication of a flow, on one thread; the first may compile.

        raises PeerError
        """
        if self._process is None:
            path = os.pathsep.join(filter(None, [str(SOURCES), os.environ.get("PYTHONPATH")]))
            self._process = Popen(
                [sys.executable, "-c", f"from {__name__} import serve; serve({self.name!r})"],
                env={**os.environ, "PYTHONPATH": path}, stdin=PIPE, stdout=PIPE, encoding="utf-8",
            )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            print(json.dumps({"flow": asdict(flow), "seed": seed}), file=self._process.stdin, flush=True)
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise PeerError(f"{self.name} {self.version} stopped without an answer")
        told = json.loads(answer)
        if "error" in told:
            raise PeerError(f"{self.name} {self.version}: {told['error']}")
        return Replication(**told)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate()  # closes its input, which ends it
            self._process = None

    def __enter__(self) -> Peer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(name: str) -> None:
    """Answer what comes in on stdin until it ends."""
    answers, sys.stdout = sys.stdout, sys.stderr  # a peer that prints must not speak between the answers
    run = import_module(f"{__package__}.with_{name}").run
    for line in sys.stdin:
        asked = json.loads(line)
        stages = tuple(Stage(**stage) for stage in asked["flow"].pop("stages"))
        try:
            told = asdict(run(Flow(stages, **asked["flow"]), asked["seed"]))
        except Exception as error:  # whatever a peer raises is its answer
            told = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(told), file=answers, flush=True)
