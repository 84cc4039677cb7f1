"""Where the built programs are kept: one directory for each state of their sources."""

import hashlib
import os
import platform
import sys
from pathlib import Path

SOURCES = Path(__file__).parent
KUBERNETES = "v1.36.3"
FLAGS = [
    "-trimpath",
    "-buildvcs=false",
    "-ldflags",
    "-s -w"
    f" -X k8s.io/component-base/version.gitVersion={KUBERNETES}"
    " -X k8s.io/component-base/version.gitMajor=1"
    f" -X k8s.io/component-base/version.gitMinor={KUBERNETES.split('.')[1]}",
]


def cache_directory() -> Path:
    """The user's cache for programs and for Go."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "airflow-on-eks" / "programs"


def key() -> str:
    """What the sources, the flags and the machine's kind come to."""
    digest = hashlib.sha256(repr((FLAGS, sys.platform, platform.machine())).encode())
    for source in sorted([*SOURCES.glob("*.go"), SOURCES / "go.mod", SOURCES / "go.sum"]):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()[:16]


def built() -> Path | None:
    """The directory of the built programs, if they are."""
    directory = cache_directory() / key()
    return directory if directory.is_dir() else None
