"""Ending pyinfra in the middle of a run, with no chance to tidy up."""

import contextlib
import os
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

from roundtrip_world import LIMIT, OWNER, ROOT

SINGLE = ("vpc", "internet-gateway", "natgateway", "elastic-ip", "vpc-endpoint", "subnet", "route-table", "security-group", "launch-template", "role")
SINGLE += ("cluster", "nodegroup", "addon", "db", "file-system", "bucket", "key", "secret", "log-group", "subgrp", "pg")
"""What there is once under each name."""


def called(action):
    """Whether AWS has been asked for this action in the run."""
    return lambda calls, process: any(call["action"] == action for call in calls)


def helm_runs(calls, process):
    """Whether helm is at work for the run."""
    return any("helm" in words and "upgrade" in words for words in _children(process.pid))


def kubectl_deletes(calls, process):
    """Whether kubectl is removing something for the run."""
    return any("kubectl" in words and "delete" in words for words in _children(process.pid))


def killed(box, verb, when, **data):
    """Run a verb with some settings and end it, with whatever it has started, as soon as `when` is true."""
    before = len(box.calls)
    with (box.directory / f"killed-{verb}").open("wb") as told:
        process = subprocess.Popen(box.command(verb, **data), cwd=ROOT, env=box.environment, stdout=told, stderr=told, start_new_session=True)
        end = time.monotonic() + LIMIT
        while process.poll() is None and time.monotonic() < end:
            if when(box.calls[before:], process):
                break
            time.sleep(0.03)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert process.returncode == -signal.SIGKILL, Path(told.name).read_text()
    return box.calls[before:]


def doubled(box):
    """What is there more than once under one name."""
    things = [thing for thing in box.things() if thing["tags"].get(OWNER) and not thing["default"] and thing["type"] in SINGLE]
    names = Counter((thing["type"], thing["tags"].get("Name") or thing["id"]) for thing in things)
    return {name: number for name, number in names.items() if number > 1}


def counted(box, kind):
    return sum(thing["type"] == kind and not thing["default"] and bool(thing["tags"].get(OWNER)) for thing in box.things())


def _children(pid):
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            if int((process / "stat").read_text().rpartition(") ")[2].split()[1]) == pid:
                first, *words = (process / "cmdline").read_bytes().decode().split("\0")
                yield [Path(first).name, *words]
