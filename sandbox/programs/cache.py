"""Where the built programs are kept: one directory for each state of their sources."""

import hashlib
import os
import platform
import sys
from pathlib import Path

from sandbox.programs.modules import CONTROL_PLANE, Module


def cache_directory(module: Module = CONTROL_PLANE) -> Path:
    """The user's cache for a module's programs and for Go."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "airflow-on-eks" / module.directory


def key(module: Module = CONTROL_PLANE) -> str:
    """What the sources, the flags and the machine's kind come to."""
    digest = hashlib.sha256(repr((module.flags, sys.platform, platform.machine())).encode())
    for source in sorted([*module.sources.glob("*.go"), module.sources / "go.mod", module.sources / "go.sum"]):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()[:16]


def built(module: Module = CONTROL_PLANE) -> Path | None:
    """The directory of the built programs, if they are."""
    directory = cache_directory(module) / key(module)
    return directory if directory.is_dir() else None
