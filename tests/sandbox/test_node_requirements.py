"""A machine that cannot run pods as processes is found out first, in one line, and kwok plays the pods."""

import os
import subprocess
import sys

import pytest
from node_world import require_namespaces

from sandbox import preparation
from sandbox.node import requirements


def with_source():
    """Variables with which another Python finds the sandbox."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([requirements.SOURCE, os.environ.get("PYTHONPATH", "")])}


WITHOUT = """
import os, subprocess, sys
from pathlib import Path
from sandbox.node.machine import kernel
user, group = os.geteuid(), os.getegid()
kernel.unshare(kernel.NEW_USER)
kernel.map_user(0, user, 0, group)
Path("/proc/sys/user/max_user_namespaces").write_text("0")
from sandbox.node.requirements import missing
print(missing())
"""


def test_this_machine_lacks_nothing_or_says_what():
    lacking = requirements.missing()
    assert lacking is None or "\n" not in lacking


def test_without_user_namespaces_one_line_says_so_and_how_to_have_them():
    require_namespaces()
    said = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, env=with_source())
    assert said.stdout.count("\n") == 1, said.stderr
    assert said.stdout.startswith("pods as processes do not start on this machine (unshare: ") and "allow user namespaces" in said.stdout


@pytest.mark.parametrize(
    "lacks, says", [("_available", "need 5 GiB of memory, 1.5 are available"), ("pyroute2", "need the Python package pyroute2: pip install pyroute2")]
)
def test_what_is_missing_is_said_before_anything_is_tried(monkeypatch, lacks, says, capsys):
    monkeypatch.setattr(requirements.subprocess, "run", lambda *_, **__: pytest.fail("it was tried"))
    monkeypatch.setattr(requirements, "_available", lambda: 1.5)
    if lacks == "pyroute2":
        monkeypatch.setattr(requirements.importlib.util, "find_spec", lambda name: None)
    assert says in requirements.missing()
    assert not preparation.choose(preparation.PROCESSES)
    assert says in capsys.readouterr().err
