"""The requests a control plane was sent meanwhile."""

from __future__ import annotations

import contextlib
import re
import subprocess
import time
from collections.abc import Iterator
from types import SimpleNamespace

from connectors.tools.tools import path
from sandbox.home import read_daemon
from sandbox.lifecycle import ask

COUNTED = re.compile(r"^apiserver_request_total\{(.*)\} (\S+)$", re.MULTILINE)
LABEL = re.compile(r'(\w+)="([^"]*)"')
BACKGROUND = {"", "leases", "events", "nodes", "tokenreviews", "subjectaccessreviews"}
"""Resources that are asked for whoever installs: discovery, elections, heartbeats, who may do what. Watches are left out with them."""


IDLE = 5
"""Seconds in which what the sandbox's own controllers ask is counted first: they look again and again, at an even pace."""


@contextlib.contextmanager
def requests() -> Iterator[SimpleNamespace]:
    """Counts the requests of the block, by the API servers' own counter: less what goes on without anybody."""
    idle, counted = _total(), SimpleNamespace(count=0)
    time.sleep(IDLE)
    before, started = _total(), time.monotonic()
    yield counted
    counted.count = round(_total() - before - (before - idle) * (time.monotonic() - started) / IDLE)


def _total() -> int:
    total = 0
    for cluster in ask(read_daemon(), "clusters"):
        words = [path("kubectl"), "--kubeconfig", cluster["kubeconfig"], "get", "--raw", "/metrics"]
        total += foreground(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    return total


def foreground(metrics: str) -> int:
    """
    The requests that count.

    + metrics: as an API server tells them
    """
    counted = [(dict(LABEL.findall(labels)), float(value)) for labels, value in COUNTED.findall(metrics)]
    return int(sum(value for labels, value in counted if labels["resource"] not in BACKGROUND and labels["verb"] != "WATCH"))
