"""The requests a control plane was sent meanwhile."""

from __future__ import annotations

import contextlib
import re
import subprocess
from collections.abc import Iterator
from types import SimpleNamespace

from connectors.tools import path
from sandbox.home import read_daemon
from sandbox.lifecycle import ask

COUNTED = re.compile(r"^apiserver_request_total\{(.*)\} (\S+)$", re.MULTILINE)
OTHERS = ('resource=""', 'resource="leases"', 'resource="tokenreviews"', 'resource="subjectaccessreviews"', 'resource="nodes"', 'verb="WATCH"')
"""What goes on whoever installs: discovery, elections, heartbeats, who may do what, controllers that watch."""


@contextlib.contextmanager
def requests() -> Iterator[SimpleNamespace]:
    """Counts the requests of the block, by the API server's own counter: all but what goes on without anybody."""
    counted, before = SimpleNamespace(count=0), _total()
    yield counted
    counted.count = _total() - before


def _total() -> int:
    total = 0
    for cluster in ask(read_daemon(), "clusters"):
        words = [path("kubectl"), "--kubeconfig", cluster["kubeconfig"], "get", "--raw", "/metrics"]
        metrics = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        total += sum(float(value) for labels, value in COUNTED.findall(metrics) if not any(other in labels for other in OTHERS))
    return int(total)
