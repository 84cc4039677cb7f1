"""A sandbox of a benchmark's own, and pyinfra run on it as a person runs it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sandbox
from benchmarks.calls import Calls
from benchmarks.process import Measured, measure
from benchmarks.telling import telling
from sandbox.home import read_daemon

ROOT = Path(__file__).parent.parent
OUTPUT = ROOT / "build/benchmarks/output.log"
"""What the last run has printed."""
HOME = "AIRFLOW_ON_EKS_SANDBOX"
TOOLS = ("helm", "kubectl")
OURS_ALONE = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true"}


@dataclass(frozen=True)
class Run:
    """A finished run: what it took, and the calls AWS saw."""

    measured: Measured
    calls: Calls


class Account:
    """A sandbox that is up."""

    def __init__(self, directory: Path):
        self.directory = directory
        OUTPUT.parent.mkdir(parents=True, exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "KUBECONFIG"))}
        self.environment = {**kept, **OURS_ALONE, "TMPDIR": str(directory)}
        self.journal = Path(os.environ[HOME]) / "calls.jsonl"

    @property
    def process(self) -> int:
        """The sandbox's process."""
        return read_daemon().pid

    def run(self, verb: str, *flags: str, inventory: Path, project: Path = ROOT, told: str = "") -> Run:
        """
        A run of pyinfra that has to succeed.

        + verb: `install`, `verify`, `cleanup`
        + flags: of pyinfra, as `--dry`
        + inventory: its inventory
        + project: the directory of the project
        + told: what the person who waits is told besides
        """
        command = [sys.executable, "-m", "pyinfra", "-y", *flags, str(inventory), f"deploys/{verb}.py"]
        with self.journal.open() as journal, telling(" ".join([verb, *flags, told])):
            journal.seek(0, os.SEEK_END)
            measured = measure(command, project, self.environment, OUTPUT)
            return Run(measured, Calls([call for call in map(json.loads, journal) if call["service"] not in TOOLS]))


@contextlib.contextmanager
def account(time_scale: float) -> Iterator[Account]:
    """
    A new sandbox, ended however the benchmark ends.

    + time_scale: AWS's seconds in one of ours
    """
    directory = Path(tempfile.mkdtemp(prefix="aoe-bench-"))
    before = os.environ.get(HOME)
    os.environ[HOME] = str(directory / "home")
    try:
        with telling(f"a sandbox, time scale {time_scale:g}"):
            sandbox.up(time_scale=time_scale, pods="kwok")
        yield Account(directory)
    finally:
        sandbox.down()
        shutil.rmtree(directory, ignore_errors=True)
        del os.environ[HOME]
        if before is not None:
            os.environ[HOME] = before
