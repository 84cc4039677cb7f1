"""What a machine must have so that pods can be processes on it."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

SOURCE = str(Path(__file__).resolve().parent.parent.parent)
MEMORY = 5
"""GiB that Airflow and its platform want."""
PATIENCE = 60
CURE = "allow user namespaces (sysctl kernel.apparmor_restrict_unprivileged_userns=0; in a container, a seccomp profile with unshare and mount)"


def missing() -> str | None:
    """What this machine lacks, and how to have it, in one line; ``None`` where it lacks nothing. Tries it (a second)."""
    if sys.platform != "linux":
        return f"pods as processes need Linux, this is {sys.platform}"
    if importlib.util.find_spec("pyroute2") is None:
        return "pods as processes need the Python package pyroute2: pip install pyroute2"
    available = _available()
    if available < MEMORY:
        return f"pods as processes need {MEMORY} GiB of memory, {available:.1f} are available: end something that uses it"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([SOURCE, *filter(None, [os.environ.get("PYTHONPATH")])])}
    tried = subprocess.run([sys.executable, "-m", "sandbox.node.trial"], capture_output=True, text=True, env=environment, timeout=PATIENCE)
    if tried.returncode == 0:
        return None
    why = (tried.stdout.strip() or tried.stderr.strip() or f"it ended with {tried.returncode}").splitlines()[-1]
    return f"pods as processes do not start on this machine ({why}): {CURE}"


def _available() -> float:
    """Memory (GiB) that can be had without swapping."""
    match = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text())
    return int(match[1]) / 2**20 if match else 0
