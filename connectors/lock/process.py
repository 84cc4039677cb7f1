"""A process, told apart from all others of its machine, so that a later run knows whether it has ended (Linux; elsewhere nobody knows)."""

from __future__ import annotations

import os
from pathlib import Path

LARGEST = 2**31
"""Numbers of processes are smaller."""


def here() -> dict:
    """This process: the machine's boot, the namespace of the process, its number and its start; empty where that cannot be told."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return {"boot": boot, "namespace": os.readlink("/proc/self/ns/pid"), "pid": os.getpid(), "start": _started(os.getpid())}
    except OSError:
        return {}


def ended(process: object) -> bool:
    """
    Whether a process of this machine runs no more; ``False`` unless that is certain.

    + process: as `here` told it there, or whatever else somebody wrote
    """
    now = here()
    if not now or not isinstance(process, dict) or any(process.get(name) != now[name] for name in ("boot", "namespace")):
        return False
    if type(process.get("pid")) is not int or not 0 < process["pid"] < LARGEST:
        return False
    try:
        os.kill(process["pid"], 0)
        return _started(process["pid"]) != process.get("start")
    except ProcessLookupError:
        return True
    except OSError:
        return False


def _started(pid: int) -> str | None:
    """When a process was started (ticks since boot), ``None`` for one that has ended and was not yet taken leave of. Source: proc_pid_stat(5)."""
    state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return None if state in "ZX" else fields[18]
